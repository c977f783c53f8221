"""The county that is measured: its services as a deployment runs them, each with its own store."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import psycopg
import yaml

from bench.load import RPC_EXCHANGE, Callers, CallFailed, Target, no_error
from bench.processes import PYTHON, ROOT, Processes
from shared.clock import ClockKind
from shared.contracts.base import Request
from shared.contracts.flows import LISTENS
from shared.contracts.intake import IntakeForm, Person, PetitionRegisteredV1, RegisterPetition

_DIRECTORY: Final = ROOT / "samples" / "county.yaml"
NODE: Final = "county"
_BALIAN: Final = (PYTHON, "-m", "balian")
_HEARD_WITHIN: Final = 30.0
_DRAINED_WITHIN: Final = 120.0
_LOOK: Final = 0.01
_numbers: Final = itertools.count(1)

SERVICES: Final = ("intake", "triage", "supervision", "accountability", f"reception_{NODE}")

CLERK: Final = {"nameko.actor": "clerk:window_1", "nameko.roles": "clerk"}
OPERATOR: Final = {"nameko.actor": "operator:bench", "nameko.roles": "operator"}


@dataclass
class County:
    """Services by name, started when they are needed.

    Args:
        uri: the bus.
        stores: the stores, ``{service}`` standing for the name of the service.
        processes: who starts them.
        keys: the directory of everybody's keys.
        clock: whether time is the machine's or told by each call.
    """

    uri: str
    stores: str
    processes: Processes
    keys: Path
    clock: ClockKind = ClockKind.SYSTEM

    @property
    def hearers(self) -> tuple[str, ...]:
        """Name the queues that get each registered petition."""
        return tuple(
            f"{service}.{PetitionRegisteredV1.wire_type}"
            for service, events in LISTENS.items()
            if PetitionRegisteredV1 in events
        )

    @cached_property
    def intake(self) -> str:
        """Start intake, which then knows the sample county's directory; gives its process's name.

        Nobody else runs: what intake publishes waits in the queues of those who hear it, so that
        nobody's work but its own is measured.
        """
        self.migrate()
        self.start("triage", "intake")
        self.tell_directory()
        self.processes.stop("triage")
        return "intake"

    def tell_directory(self) -> None:
        """Give triage the sample county's directory, and wait until intake has heard of it.

        Raises:
            CallFailed: it is refused, or intake does not hear of it.
        """
        directory = sample_directory()
        with Callers(self.uri) as callers:
            callers.call(
                target("triage.put_directory", lambda: {**directory, **_request()}, OPERATOR)
            )
            ends = time.monotonic() + _HEARD_WITHIN
            while True:
                try:
                    callers.call(registrations())
                except CallFailed:
                    # Intake has not heard of the directory yet.
                    if time.monotonic() > ends:
                        raise
                    time.sleep(_LOOK)
                else:
                    break

    def migrate(self, *services: str) -> None:
        """Make the stores and keys of services, of all where none is named.

        Raises:
            ProcessFailed: they cannot be made.
        """
        named = services or SERVICES
        self.processes.run("migrate", (*_BALIAN, "migrate", *named), environment=self._environment)

    def start(self, *services: str) -> None:
        """Start services, all at once.

        Raises:
            ProcessFailed: one of them does not start.
        """
        for service in services:
            self.processes.launch(
                service, (*_BALIAN, "run", service), environment=self._environment
            )
        for service in services:
            self.processes.await_ready(service, when="takes calls.")

    def store(self, service: str) -> str:
        """Give the address of a service's store."""
        return self.stores.format(service=service)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "AMQP_URI": self.uri,
            "STORE_URL": self.stores,
            "KEYS_DIR": str(self.keys / "{service}"),
            "NODES": NODE,
            "CLOCK": self.clock.value,
        }


def target(
    method: str, mapping: Callable[[], Mapping[str, Any]], headers: Mapping[str, str]
) -> Target:
    """Give the target of calls to one method, such as ``intake.register_petition``."""
    return Target(
        exchange=RPC_EXCHANGE,
        routing_key=method,
        body=lambda: {"args": [], "kwargs": {"request": mapping()}},
        check=no_error,
        headers=headers,
    )


def registrations() -> Target:
    """Give the target of registrations, each of another person."""
    return target("intake.register_petition", a_petition, CLERK)


def a_petition() -> Mapping[str, Any]:
    """Make up one more petition, as a clerk enters it at the window."""
    number = next(_numbers)
    request: Request[Any] = RegisterPetition(
        request_id=str(uuid.uuid4()),
        form=IntakeForm.VISIT,
        territory=NODE,
        petitioners=(
            Person(
                name=f"测试{number}",
                phone=f"199{number:08d}",
                address=f"云岭县云岭镇虚构路{number}号",
                id_number=f"9999011980{number:08d}",
            ),
        ),
        summary="工程款拖欠致三个月工资未发",
        text="我们在白河镇工地干活，三个月工资共二十三万元没有发，多次去要都没有结果。",
        field="labour",
        concerned_units=(),
    )
    return request.dump()


def await_relayed(store: str) -> None:
    """Wait until everything in a store's outbox has been relayed; a peer's has the same name.

    Raises:
        CallFailed: it is not relayed in time.
    """
    ends = time.monotonic() + _DRAINED_WITHIN
    with connected_to(store) as connection:
        while connection.execute(
            "SELECT 1 FROM outbox_messages WHERE sent_at IS NULL LIMIT 1"
        ).fetchone():
            if time.monotonic() > ends:
                msg = "the outbox is not relayed"
                raise CallFailed(msg)
            time.sleep(_LOOK)


def connected_to(store: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a plain connection to a store that is named as SQLAlchemy names it."""
    return psycopg.connect(store.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def sample_directory() -> Mapping[str, Any]:
    """Read the sample county's directory, as the request that puts it carries it."""
    read = yaml.safe_load(_DIRECTORY.read_text(encoding="utf-8"))
    # YAML knows dates and JSON does not.
    written: Mapping[str, Any] = json.loads(json.dumps(read, default=str))
    return written


def _request() -> dict[str, str]:
    return {"request_id": str(uuid.uuid4())}
