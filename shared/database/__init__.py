"""Stores: how a service declares its tables, opens its database and keeps a transaction."""

from shared.database.base import (
    NAMING_CONVENTION,
    declarative_base_for,
    mechanism,
    metadata_for,
    owner_of,
)
from shared.database.mechanism import (
    CommandOutcome,
    DeadlineState,
    InboxOutcome,
    Mechanism,
)
from shared.database.store import Store, StoreConflict, StoreLimits, StoreUnavailable
from shared.database.types import COLUMN_TYPES, Instant

__all__ = [
    "COLUMN_TYPES",
    "NAMING_CONVENTION",
    "CommandOutcome",
    "DeadlineState",
    "InboxOutcome",
    "Instant",
    "Mechanism",
    "Store",
    "StoreConflict",
    "StoreLimits",
    "StoreUnavailable",
    "declarative_base_for",
    "mechanism",
    "metadata_for",
    "owner_of",
]
