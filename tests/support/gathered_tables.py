"""Tables to try gathered rows with, of which one refers to another whose name comes later."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database import COLUMN_TYPES, metadata_for


class Base(DeclarativeBase):
    """The base of these tables."""

    metadata = metadata_for("intake")
    type_annotation_map = COLUMN_TYPES


class Detail(Base):
    """A row that belongs to another."""

    __tablename__ = "details"

    detail_no: Mapped[int] = mapped_column(primary_key=True)
    matter: Mapped[str] = mapped_column(ForeignKey("matters.no"))
    text: Mapped[str | None]


class Matter(Base):
    """A row that others belong to."""

    __tablename__ = "matters"

    no: Mapped[str] = mapped_column(primary_key=True)
    is_open: Mapped[bool] = mapped_column("open", default=True)


class Untold(Base):
    """A row that cannot be told from its entry: nothing and the JSON of nothing are two things."""

    __tablename__ = "untold"

    no: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any] | None]
