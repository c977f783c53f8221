"""Alembic's way into the tables of accountability."""

from services.accountability.models import Base
from shared.database.migrations import run

run(Base)
