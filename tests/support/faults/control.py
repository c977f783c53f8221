"""The negative control: two services as nameko's own documentation would write them.

The front takes a registration and tells of it; the back listens and keeps what it hears.
There is no outbox, no inbox and no request id: what the harness finds here it must find.
It is run as a program, ``python control.py front`` or ``back``, in the services' own image.
"""

# ruff: noqa: E402 - everything is imported green.

from __future__ import annotations

import os

os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"

import eventlet

eventlet.monkey_patch()

import sys
from collections.abc import Mapping
from typing import Any

import sqlalchemy
from nameko.events import EventDispatcher, event_handler
from nameko.rpc import rpc
from nameko.runners import ServiceRunner

FRONT = "control_front"
BACK = "control_back"

TABLES = (
    "CREATE TABLE IF NOT EXISTS registrations (entry serial PRIMARY KEY, number text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS received (entry serial PRIMARY KEY, number text NOT NULL)",
)

_engine = sqlalchemy.create_engine(os.environ.get("CONTROL_STORE", "sqlite://"), pool_size=12)


def _insert(table: str, number: str) -> None:
    with _engine.begin() as connection:
        statement = f"INSERT INTO {table} (number) VALUES (:number)"  # noqa: S608 - our own names.
        connection.execute(sqlalchemy.text(statement), {"number": number})


class Front:
    """Registers and tells."""

    name = FRONT

    dispatch = EventDispatcher()

    @rpc  # type: ignore[untyped-decorator]  # nameko has no types.
    def register(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Keep a registration, then tell of it."""
        _insert("registrations", request["number"])
        self.dispatch("registered", {"number": request["number"]})
        return {"number": request["number"]}


class Back:
    """Listens and keeps."""

    name = BACK

    @event_handler(FRONT, "registered")  # type: ignore[untyped-decorator]  # nor here.
    def on_registered(self, event: Mapping[str, Any]) -> None:
        """Keep what was heard."""
        _insert("received", event["number"])


def main() -> None:
    """Run one of the two until it dies."""
    service = {"front": Front, "back": Back}[sys.argv[1]]
    runner = ServiceRunner({"AMQP_URI": os.environ["CONTROL_AMQP"]})
    runner.add_service(service)
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main()
