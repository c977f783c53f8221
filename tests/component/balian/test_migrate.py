"""`balian migrate`: stores and keys made ready, once, twice or by two at once."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from balian.exit_codes import ExitCode
from shared.database.migrations import is_current
from shared.vault import Vault
from tests.support.bus.harness import ROOT
from tests.support.health import free_port
from tests.support.postgres import Postgres
from tests.support.schemas import reach

SERVICES = ("intake", "triage", "reception_county", "supervision", "accountability")


def started(*services: str, **settings: str) -> subprocess.Popen[str]:
    unset = {"AMQP_URI", "STORE_DIR", "STORE_URL", "KEYS_DIR", "NODE"}
    return subprocess.Popen(
        [sys.executable, "-m", "balian", "migrate", *services],
        cwd=ROOT,
        env={**{k: v for k, v in os.environ.items() if k not in unset}, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(*services: str, **settings: str) -> tuple[int, str]:
    process = started(*services, **settings)
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def owner_of(service: str) -> str:
    return service.partition("_")[0]


def test_every_store_and_every_key_is_made_once_and_then_left_alone(tmp_path: Path) -> None:
    stores = {
        "STORE_URL": f"sqlite:///{tmp_path}/{{service}}.sqlite3",
        "KEYS_DIR": f"{tmp_path}/keys_{{service}}",
    }
    for service in SERVICES:
        # As a volume is: there already, and empty.
        (tmp_path / f"keys_{service}").mkdir(mode=0o700)

    first = ended(*SERVICES, **stores)
    vaults = {service: Vault.open_existing(tmp_path / f"keys_{service}") for service in SERVICES}
    again = ended(*SERVICES, **stores)

    assert first[0] == again[0] == ExitCode.OK, first[1] + again[1]
    for service in SERVICES:
        assert is_current(owner_of(service), f"sqlite:///{tmp_path}/{service}.sqlite3")
        keys = tmp_path / f"keys_{service}"
        assert Vault.open_existing(keys) == vaults[service]
        assert {stat.S_IMODE(key.stat().st_mode) for key in keys.iterdir()} == {0o600}
        assert f"{service} is ready" in again[1]


def test_two_at_once_leave_one_schema_and_one_set_of_keys(
    postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.database()
    (tmp_path / "keys").mkdir(mode=0o700)
    settings = {"STORE_URL": url, "KEYS_DIR": str(tmp_path / "keys")}

    both = [started("supervision", **settings) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]

    assert [process.returncode for process in both] == [ExitCode.OK, ExitCode.OK], said
    assert is_current("supervision", url)
    Vault.open_existing(tmp_path / "keys")


def test_reception_is_the_one_of_the_node_in_the_environment(tmp_path: Path) -> None:
    code, said = ended("reception", STORE_DIR=str(tmp_path), NODE="sanchakou")

    assert code == ExitCode.OK, said
    assert is_current("reception", f"sqlite:///{tmp_path}/reception_sanchakou.sqlite3")


@pytest.mark.parametrize(
    ("services", "settings", "code", "named"),
    [
        pytest.param(("petitions",), {}, ExitCode.USAGE, "petitions", id="no such service"),
        pytest.param((), {}, ExitCode.USAGE, "SERVICE", id="no service"),
        pytest.param(
            ("intake",), {"STORE_DIR": ""}, ExitCode.BAD_INPUT, "STORE_URL", id="no store"
        ),
        pytest.param(
            ("intake",),
            {"STORE_PASSWORD_FILE": "/nowhere/store_{service}"},
            ExitCode.BAD_INPUT,
            "/nowhere/store_intake",
            id="no password",
        ),
        pytest.param(
            ("intake",), {"KEYS_DIR": "/proc/keys"}, ExitCode.BAD_INPUT, "/proc", id="no keys"
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_the_reason(
    tmp_path: Path, services: tuple[str, ...], settings: dict[str, str], code: int, named: str
) -> None:
    found, said = ended(*services, **{"STORE_DIR": str(tmp_path), **settings})

    assert found == code, said
    assert named in said
    assert "Traceback" not in said


def test_a_store_of_a_later_version_is_left_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/intake.sqlite3"
    assert ended("intake", STORE_DIR=str(tmp_path))[0] == ExitCode.OK
    reach(url, "9999")

    code, said = ended("intake", STORE_DIR=str(tmp_path))

    assert code == ExitCode.OK, said
    assert not is_current("intake", url)


def test_a_store_that_does_not_come_is_waited_for_and_then_said_to_be_away(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://intake:secret@127.0.0.1:{free_port()}/intake"
    settings = {"STORE_URL": url, "KEYS_DIR": str(tmp_path / "keys")}

    code, said = ended("intake", **settings, START_LIMIT="2")

    assert code == ExitCode.UNREACHABLE, said
    assert "waiting for the store of intake" in said
    assert "secret" not in said
