"""Alembic's way into the tables of {owner}."""

from services.{owner}.models import Base
from shared.database.migrations import run

run(Base)
