"""Alembic's way into the tables of intake."""

from services.intake.models import Base
from shared.database.migrations import run

run(Base)
