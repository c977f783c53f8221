"""What stands in the stores of a deployment, read table by table without asking any service."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import sqlalchemy
from sqlalchemy.orm import DeclarativeBase

import services.accountability.models
import services.intake.models
import services.reception.models
import services.supervision.models
import services.triage.models
from balian.ledger import Ledger
from shared.messaging.topology import NODE_OWNER, Topology, node_service

Row = Mapping[str, Any]
Tables = Mapping[str, list[Row]]

BASES: Final[Mapping[str, type[DeclarativeBase]]] = {
    "intake": services.intake.models.Base,
    "triage": services.triage.models.Base,
    "reception": services.reception.models.Base,
    "supervision": services.supervision.models.Base,
    "accountability": services.accountability.models.Base,
}


@dataclass(frozen=True)
class Stores:
    """Every row of every store, by service and table, as it stood when the bus was at rest."""

    tables: Mapping[str, Tables]
    nodes: tuple[str, ...]
    unheard: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By service that joined later: the events that were told before it could hear them."""

    def rows(self, service: str, table: str) -> list[Row]:
        """Give the rows of one table of one service."""
        return self.tables[service][table]

    @property
    def services(self) -> tuple[str, ...]:
        """Name every service that has a store."""
        return tuple(self.tables)

    @property
    def receptions(self) -> tuple[str, ...]:
        """Name the services of the reception nodes."""
        return tuple(node_service(node) for node in self.nodes)

    @cached_property
    def topology(self) -> Topology:
        """Give the map of who hears what."""
        return Topology(nodes=self.nodes)

    @cached_property
    def published(self) -> tuple[Row, ...]:
        """Give every recorded event of every service: its outbox row with its envelope read."""
        return tuple(
            {**row, "service": service, "envelope": json.loads(row["envelope"])}
            for service in self.services
            for row in self.rows(service, "outbox_messages")
        )

    @cached_property
    def _by_type(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.published:
            found[row["type"]].append(row)
        return found

    def events(self, wire_type: str, service: str | None = None) -> list[Row]:
        """List the recorded events of one type, of one service where one is named."""
        return [
            row for row in self._by_type.get(wire_type, ()) if service in (None, row["service"])
        ]

    def data_of(self, wire_type: str, service: str | None = None) -> Iterator[Mapping[str, Any]]:
        """Iterate over the data of the events of one type."""
        for row in self.events(wire_type, service):
            yield row["envelope"]["data"]

    @cached_property
    def ledger(self) -> Ledger:
        """Give the ledger, as the outboxes tell it."""
        return Ledger.of(row["envelope"] for row in self.published)

    def total(self, table: str) -> int:
        """Count the rows of a table over all stores that have it."""
        return sum(len(tables.get(table, ())) for tables in self.tables.values())


def grouped(rows: Iterable[Row], *columns: str) -> Mapping[tuple[Any, ...], list[Row]]:
    """Group rows by some of their columns."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[column] for column in columns)].append(row)
    return found


def more_than_once(values: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Iterate over the values that occur more than once, with how often."""
    for value, count in Counter(values).items():
        if count > 1:
            yield value, count


def read_stores(
    urls: Mapping[str, str], *, unheard: Mapping[str, frozenset[str]] | None = None
) -> Stores:
    """Read every table of every store; `urls` are by service name, nodes as `reception_<node>`."""
    tables = {service: _read(owner_of(service), url) for service, url in urls.items()}
    nodes = tuple(
        service.removeprefix(f"{NODE_OWNER}_") for service in urls if owner_of(service) != service
    )
    return Stores(tables=tables, nodes=nodes, unheard=unheard or {})


def owner_of(service: str) -> str:
    """Tell whose contracts and tables a service has."""
    return NODE_OWNER if service.startswith(f"{NODE_OWNER}_") else service


def _read(owner: str, url: str) -> dict[str, list[Row]]:
    base = BASES[owner]
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        if not url.startswith("sqlite"):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return {
            table.name: [
                dict(row) for row in connection.execute(sqlalchemy.select(table)).mappings()
            ]
            for table in base.metadata.sorted_tables
        }
