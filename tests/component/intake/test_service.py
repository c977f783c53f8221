"""Intake as a service: on the bus, with its migrated tables, as its contracts say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from balian.host import EmbeddedHost
from services.intake.models import Base
from services.intake.service import IntakeService
from shared.clock import ClockKind
from shared.contracts.base import MalformedRequest
from shared.contracts.common import DirectoryMissing
from shared.contracts.mechanism import NotAllowed
from shared.database.migrations import differences, upgrade
from tests.support.intake import WANG, Intake
from tests.support.postgres import Postgres

NOW = "2026-06-01T09:00:00+08:00"
CLERK = {"actor": "clerk:window_1", "now": NOW}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EmbeddedHost]:
    """Intake alone on the bus of this process."""
    with EmbeddedHost(
        tmp_path / "stores", clock=ClockKind.SIMULATED, services=[IntakeService]
    ) as running:
        yield running


def test_the_service_starts_alone_and_answers(host: EmbeddedHost) -> None:
    request = {
        "request_id": "window-1-000001",
        "form": "visit",
        "petitioners": [{"name": WANG.name}],
        "territory": "baihe",
        "summary": "反映路灯不亮",
        "text": "村口路灯坏了三个月。",
    }

    with pytest.raises(DirectoryMissing):
        host.call_raw("intake", "register_petition", request, CLERK)
    found = host.call_raw("intake", "find_petitions", {}, CLERK)
    with pytest.raises(MalformedRequest, match=r"form.*territory"):
        host.call_raw(
            "intake",
            "register_petition",
            {**request, "request_id": "window-1-000002", "form": "shout", "territory": "?"},
            CLERK,
        )
    with pytest.raises(NotAllowed):
        host.call_raw("intake", "find_petitions", {}, {"actor": "unit:land_bureau", "now": NOW})

    assert found == {"petitions": [], "next_after": None}


def test_the_migrations_say_what_the_models_say(tmp_path: Path) -> None:
    assert differences("intake", f"sqlite:///{tmp_path / 'store.sqlite3'}") == []


def test_the_migrations_say_so_on_postgresql_too(postgres: Postgres) -> None:
    assert differences("intake", postgres.database()) == []


def test_a_migrated_store_carries_a_registration(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade("intake", url)
    intake = Intake.at(url)
    intake.hear_directory()

    receipt = intake.register()

    assert intake.track(receipt.receipt_code).petition_no == receipt.petition_no
    assert {"petitions", "outbox_messages"} <= set(Base.metadata.tables)
    intake.bench.close()
