"""The directory of secrets: made once, completed when a node joins, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from balian.commands.app import app
from balian.exit_codes import ExitCode
from balian.provisioning.passwords import is_broker_hash_of
from balian.provisioning.secrets import CLUSTER_DEFINITIONS, DEFINITIONS, SecretMissing, SecretStore

FIXED = {
    "amqp_accountability",
    "amqp_desk",
    "amqp_intake",
    "amqp_operator",
    "amqp_reception_county",
    "amqp_supervision",
    "amqp_triage",
    "erlang_cookie",
    "grafana_admin",
    "grafana_key",
    "postgres_admin",
    "rabbitmq_admin",
    "rabbitmq_definitions.json",
    "rabbitmq_definitions_cluster.json",
    "store_accountability",
    "store_intake",
    "store_reception_county",
    "store_supervision",
    "store_triage",
}
OF_SANCHAKOU = {"amqp_reception_sanchakou", "store_reception_sanchakou"}


def contents(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in directory.iterdir()}


def definitions(directory: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((directory / DEFINITIONS).read_text())
    return read


def hashes(directory: Path) -> dict[str, str]:
    return {user["name"]: user["password_hash"] for user in definitions(directory)["users"]}


def run(*arguments: str) -> int:
    return CliRunner().invoke(app, ["secrets", *arguments]).exit_code


def test_everything_a_county_needs_is_made(tmp_path: Path) -> None:
    assert run(str(tmp_path / "secrets")) == ExitCode.OK

    made = contents(tmp_path / "secrets")
    assert set(made) == FIXED
    passwords = [text for name, text in made.items() if not name.startswith("rabbitmq_def")]
    assert len(set(passwords)) == len(passwords)
    assert all(len(text.strip()) >= 40 for text in passwords)


def test_the_directory_is_private_and_its_files_can_be_read_in_a_container(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"

    SecretStore(directory).complete()

    assert directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in directory.iterdir()} == {0o644}


def test_a_second_time_nothing_is_made_or_written(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.complete(["sanchakou"])
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.iterdir()}

    made = store.complete()

    assert made == []
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.iterdir()} == before


def test_a_node_that_joins_changes_nobody_elses_password(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.complete()
    before, hashed_before = contents(tmp_path), hashes(tmp_path)

    assert run(str(tmp_path), "--node", "sanchakou") == ExitCode.OK

    after, hashed_after = contents(tmp_path), hashes(tmp_path)
    kept = FIXED - {DEFINITIONS, CLUSTER_DEFINITIONS}
    assert set(after) == FIXED | OF_SANCHAKOU
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {name: hashed_after[name] for name in hashed_before} == hashed_before
    assert "reception_sanchakou" in hashed_after


def test_a_password_that_was_changed_by_hand_gets_a_new_hash(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.complete()
    (tmp_path / "amqp_triage").write_text("another\n")

    made = store.complete()

    assert made == [DEFINITIONS, CLUSTER_DEFINITIONS]
    assert is_broker_hash_of("another", hashes(tmp_path)["triage"])


def test_a_node_that_retires_is_gone_from_what_the_broker_loads_and_keeps_its_database(
    tmp_path: Path,
) -> None:
    SecretStore(tmp_path).complete(["sanchakou"])

    assert run(str(tmp_path), "--retire", "sanchakou") == ExitCode.OK

    assert set(contents(tmp_path)) == FIXED | {"store_reception_sanchakou"}
    assert "sanchakou" not in (tmp_path / DEFINITIONS).read_text()
    assert SecretStore(tmp_path).complete() == []


def test_the_countys_own_node_does_not_retire(tmp_path: Path) -> None:
    assert run(str(tmp_path), "--retire", "county") == ExitCode.BAD_INPUT
    assert set(contents(tmp_path)) == FIXED


@pytest.mark.parametrize("code", ["", "Sanchakou", "../up", "a" * 47, "1st"])
def test_what_is_no_code_of_a_node_is_refused(tmp_path: Path, code: str) -> None:
    assert run(str(tmp_path / "none"), "--node", code) == ExitCode.USAGE
    assert not (tmp_path / "none").exists()


def test_no_password_stands_in_what_the_broker_loads(tmp_path: Path) -> None:
    SecretStore(tmp_path).complete()
    loaded = (tmp_path / DEFINITIONS).read_text()

    for name in FIXED - {DEFINITIONS, CLUSTER_DEFINITIONS}:
        assert (tmp_path / name).read_text().strip() not in loaded


def test_every_hash_is_that_of_the_password_and_of_no_other(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.complete()

    hashed = hashes(tmp_path)

    assert all(is_broker_hash_of(store.broker_password(user), hashed[user]) for user in hashed)
    assert not is_broker_hash_of(store.broker_password("intake"), hashed["triage"])


def test_a_cluster_loads_everything_but_the_queues(tmp_path: Path) -> None:
    SecretStore(tmp_path).complete()
    cluster: Mapping[str, Any] = json.loads((tmp_path / CLUSTER_DEFINITIONS).read_text())
    whole = definitions(tmp_path)

    assert whole["queues"]
    assert whole["bindings"]
    assert cluster == {**whole, "queues": [], "bindings": []}


def test_the_queues_are_quorum_queues(tmp_path: Path) -> None:
    SecretStore(tmp_path).complete()

    queues = definitions(tmp_path)["queues"]

    assert {queue["arguments"]["x-queue-type"] for queue in queues} == {"quorum"}
    assert all(queue["durable"] for queue in queues)


@pytest.mark.parametrize("text", [None, "", " \n"], ids=["not there", "empty", "blank"])
def test_a_secret_that_cannot_be_had_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "amqp_intake").write_text(text)

    with pytest.raises(SecretMissing) as missing:
        SecretStore(tmp_path).broker_password("intake")

    assert "amqp_intake" in missing.value.what
