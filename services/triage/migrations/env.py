"""Alembic's way into the tables of triage."""

from services.triage.models import Base
from shared.database.migrations import run

run(Base)
