"""The column types that every store uses, and what a Python annotation becomes in a table."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Date, DateTime, Enum, Integer, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine


class NaiveInstantStored(TypeError):
    """Raised when an instant without a time zone is about to be stored; pass it in UTC."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC and read back in UTC on every database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the column a time zone where the database knows them."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC.

        Raises:
            NaiveInstantStored: the instant has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant without a time zone cannot be stored"
            raise NaiveInstantStored(msg)
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy passes it.
    ) -> datetime | None:
        """Read an instant back, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ROW_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A number the database counts up; SQLite counts only a column that is plainly INTEGER."""


def values_of(members: type[enum.Enum]) -> list[str]:
    """List what an enum's members are called on the wire, which is what a column holds."""
    return [str(member.value) for member in members]


COLUMN_TYPES: Final[Mapping[Any, Any]] = {
    datetime: Instant(),
    date: Date(),
    dict[str, Any]: JSON(),
    list[str]: JSON(),
    list[Any]: JSON(),
    # Text, not a database enum: a new member is then no change of a type in PostgreSQL.
    enum.Enum: Enum(enum.Enum, native_enum=False, length=64, values_callable=values_of),
}
"""What an annotation such as `Mapped[datetime]` becomes, in every service alike."""
