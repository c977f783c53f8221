"""Alembic's way into the tables of reception."""

from services.reception.models import Base
from shared.database.migrations import run

run(Base)
