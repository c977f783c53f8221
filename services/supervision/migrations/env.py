"""Alembic's way into the tables of supervision."""

from services.supervision.models import Base
from shared.database.migrations import run

run(Base)
