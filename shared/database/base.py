"""The declarative base of a service: one naming convention, one set of column types.

Constraint names are part of the schema: a migration can only drop what it can name, and the
two databases would each invent names of their own.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.database.mechanism import Mechanism, add_mechanism
from shared.database.types import COLUMN_TYPES

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata_for(owner: str) -> MetaData:
    """Make the metadata of a service's store, with the mechanism's tables in it.

    A checked `models.py` begins with::

        class Base(DeclarativeBase):
            metadata = metadata_for("intake")
            type_annotation_map = COLUMN_TYPES
    """
    metadata = MetaData(naming_convention=NAMING_CONVENTION, info={"owner": owner})
    metadata.info["mechanism"] = add_mechanism(metadata)
    return metadata


def declarative_base_for(owner: str) -> Any:
    """Make a declarative base in one call, for tests and scripts.

    mypy cannot follow a base class that a call returns; a service writes the class out as
    `metadata_for` shows.
    """
    members = {"metadata": metadata_for(owner), "type_annotation_map": COLUMN_TYPES}
    return type("Base", (DeclarativeBase,), members)


def mechanism(base: type[DeclarativeBase]) -> Mechanism:
    """Give the mechanism's tables of a service's base.

    Raises:
        TypeError: the base was not made with `metadata_for`.
    """
    tables = base.metadata.info.get("mechanism")
    if not isinstance(tables, Mechanism):
        msg = f"{base.__module__}.{base.__name__} was not made with metadata_for(owner)"
        raise TypeError(msg)
    return tables


def owner_of(base: type[DeclarativeBase]) -> str:
    """Name the service whose tables a base declares."""
    return str(base.metadata.info["owner"])
