"""The command line as people and scripts meet it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from balian.commands.app import app
from balian.connection import own_host
from balian.exit_codes import ExitCode
from balian.ledger import read_ledger
from balian.store_directory import MEMORY_NAME
from shared.clock import ClockKind
from tests.support.casebooks import CASEBOOKS, SAMPLE
from tests.support.hosts import START_LIMIT, host_up

MAIN_PATH = CASEBOOKS / "main_path.jsonl"
NOW = "2026-06-01T09:00:00+08:00"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its code, its data and its talk."""

    code: int
    data: str
    talk: str


@pytest.fixture(autouse=True)
def _log_goes_back_where_it_went() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def balian(*arguments: str | Path, said: str | None = None) -> Ended:
    ended = CliRunner().invoke(app, [str(argument) for argument in arguments], input=said)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def foreign(directory: Path) -> Path:
    directory.mkdir()
    (directory / "thesis.odt").write_text("years of work", encoding="utf-8")
    return directory


def failing_casebook(folder: Path) -> Path:
    """Write a casebook whose third line goes otherwise than it says."""
    lines = MAIN_PATH.read_text(encoding="utf-8").splitlines()[:2]
    wrong = json.loads(lines[1]) | {"refuse": "SessionsNotAhead"}
    wrong.pop("save")
    path = folder / "wrong.jsonl"
    header = json.loads(lines[0]) | {"directory": str(CASEBOOKS / "county.yaml")}
    path.write_text(
        "\n".join(json.dumps(line) for line in (header, wrong)) + "\n", encoding="utf-8"
    )
    return path


# --- play ----------------------------------------------------------------------------------------


def test_a_play_prints_one_object_and_writes_ledger_and_summary(tmp_path: Path) -> None:
    ledger, summary = tmp_path / "out" / "ledger.jsonl", tmp_path / "out" / "summary.json"

    ended = balian("play", MAIN_PATH, "--ledger", ledger, "--summary", summary, "--json")

    assert ended.code == ExitCode.OK
    figures = json.loads(ended.data)
    assert figures["cases_archived"] == 1
    assert json.loads(summary.read_text(encoding="utf-8")) == figures
    assert len(read_ledger(ledger).events) == figures["events"]
    assert "四卡" in ended.talk
    assert "2026-06-05 周五" in ended.talk


def test_a_play_without_json_keeps_stdout_empty(tmp_path: Path) -> None:
    ended = balian("play", MAIN_PATH, "--until-line", "2", "--dir", tmp_path / "store")

    assert ended.code == ExitCode.OK
    assert ended.data == ""


def test_a_line_that_goes_otherwise_ends_the_play_with_its_number(tmp_path: Path) -> None:
    ended = balian("play", failing_casebook(tmp_path), "--json")

    assert ended.code == ExitCode.NOT_AS_WRITTEN
    assert "wrong.jsonl line 2: reception_county.plan_sessions is accepted" in ended.talk
    assert "SessionsNotAhead [L22-18]" in ended.talk
    assert ended.data == ""


@pytest.mark.parametrize("content", ["", "no casebook\n", '{"casebook": 1}\n', "PK\x03\x04"])
def test_a_file_that_is_no_casebook_touches_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")

    ended = balian("play", file, "--dir", tmp_path / "store", "--fresh")

    assert ended.code == ExitCode.BAD_INPUT
    assert "is no casebook" in ended.talk
    assert not (tmp_path / "store").exists()


def test_fresh_empties_a_store_directory(tmp_path: Path) -> None:
    store = tmp_path / "store"
    balian("play", MAIN_PATH, "--dir", store, "--until-line", "4")

    ended = balian("play", MAIN_PATH, "--dir", store, "--until-line", "4", "--fresh", "--json")

    assert ended.code == ExitCode.OK
    assert json.loads(ended.data)["petitions"] == 1


def test_fresh_removes_nothing_that_is_not_ours(tmp_path: Path) -> None:
    directory = foreign(tmp_path / "home")

    ended = balian("play", MAIN_PATH, "--dir", directory, "--fresh")

    assert ended.code == ExitCode.NOT_OURS
    assert "thesis.odt" in ended.talk
    assert [file.name for file in directory.iterdir()] == ["thesis.odt"]


def test_fresh_keeps_a_store_directory_with_one_file_of_somebody_else(tmp_path: Path) -> None:
    store = tmp_path / "store"
    balian("play", MAIN_PATH, "--dir", store, "--until-line", "2")
    (store / "thesis.odt").write_text("years of work", encoding="utf-8")
    before = sorted(file.name for file in store.iterdir())

    ended = balian("play", MAIN_PATH, "--dir", store, "--fresh")

    assert ended.code == ExitCode.NOT_OURS
    assert sorted(file.name for file in store.iterdir()) == before


def test_no_store_is_made_among_the_files_of_somebody_else(tmp_path: Path) -> None:
    ended = balian("play", MAIN_PATH, "--dir", foreign(tmp_path / "home"))

    assert ended.code == ExitCode.NOT_OURS


def test_fresh_and_bus_contradict_each_other() -> None:
    ended = balian("play", MAIN_PATH, "--bus", "amqp://nowhere", "--fresh")

    assert ended.code == ExitCode.USAGE


def test_a_directory_keeps_the_clock_it_began_with(tmp_path: Path) -> None:
    (tmp_path / MEMORY_NAME).write_text('{"clock": "system", "nodes": []}', encoding="utf-8")

    ended = balian("play", MAIN_PATH, "--dir", tmp_path)

    assert ended.code == ExitCode.BAD_INPUT
    assert "keeps the system clock" in ended.talk


# --- up, and calls on its socket -----------------------------------------------------------------


def test_a_running_host_takes_calls_and_plays_and_stops_when_asked(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with host_up(store) as host:
        played = balian("play", MAIN_PATH, "--dir", store, "--until-line", "6", "--json")
        called = balian("call", "triage.list_nodes", "--dir", store, "--now", NOW)
        second = balian("up", "--dir", store)
        emptied = balian("play", MAIN_PATH, "--dir", store, "--fresh")
        parked = balian("parked", "list", "--dir", store, "--json")
        host.send_signal(signal.SIGTERM)
        code = host.wait(timeout=START_LIMIT)

    assert json.loads(played.data)["petitions"] == 1
    nodes = json.loads(called.data)["nodes"]
    assert [node["node"] for node in nodes] == ["county", "sanchakou"]
    assert (second.code, emptied.code) == (ExitCode.DIRECTORY_IN_USE, ExitCode.DIRECTORY_IN_USE)
    assert json.loads(parked.data) == []
    assert code == ExitCode.OK
    assert not (store / "balian.sock").exists()


def test_a_host_that_dies_is_told_and_its_directory_can_be_used_again(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with host_up(store) as host:
        os.kill(host.pid, signal.SIGKILL)
        host.wait(timeout=START_LIMIT)
        ended = balian("call", "triage.list_nodes", "--dir", store, "--now", NOW)

    assert ended.code == ExitCode.OK


def test_nobody_on_the_bus_is_told() -> None:
    begun = time.monotonic()

    ended = balian("call", "triage.list_nodes", "--bus", "amqp://guest:guest@127.0.0.1:1//")

    assert ended.code == ExitCode.UNREACHABLE
    assert "--bus" in ended.talk
    assert time.monotonic() - begun < START_LIMIT


# --- call ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_text", "place"),
    [
        pytest.param('{"petition_no": ', "line 1, column 17", id="cut short"),
        pytest.param('{"petition_no": "XF"\n "purpose"}', "line 2, column 2", id="no comma"),
        pytest.param("petition_no=XF", "line 1, column 1", id="no JSON"),
        pytest.param('{"a": 1, "a": 2}', "twice", id="a key twice"),
    ],
)
def test_malformed_json_names_the_place_and_sends_nothing(
    tmp_path: Path, request_text: str, place: str
) -> None:
    store = tmp_path / "store"

    ended = balian("call", "intake.get_petition", request_text, "--dir", store)

    assert ended.code == ExitCode.BAD_INPUT
    assert place in ended.talk
    assert ended.data == ""
    assert not store.exists()


def test_a_request_can_come_from_stdin_so_that_no_history_keeps_it(tmp_path: Path) -> None:
    petition = {"form": "visit", "territory": "county", "summary": "s", "text": "t"}

    ended = balian(
        "call",
        "intake.register_petition",
        "-",
        "--as",
        "clerk:window",
        "--dir",
        tmp_path / "store",
        said=json.dumps(petition),
    )

    assert ended.code == ExitCode.NOT_AS_WRITTEN
    assert "[D-30]" in ended.talk or "[C-07]" in ended.talk


def test_a_refusal_shows_label_name_and_rule(tmp_path: Path) -> None:
    arguments = ["--as", "unit:labour_bureau", "--dir", str(tmp_path / "store")]

    ended = balian("call", "supervision.close_case", "{}", *arguments)

    assert ended.code == ExitCode.NOT_AS_WRITTEN
    assert "您没有办理此项操作的权限" in ended.talk
    assert "NotAllowed [P-1]" in ended.talk
    assert "Traceback" not in ended.talk


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["call", "intake.shred"], id="an unknown method"),
        pytest.param(["call", "desk.show"], id="an unknown service"),
        pytest.param(["call", "intake.find_petitions", "{}", "--as", "clerk"], id="no name"),
        pytest.param(
            ["call", "intake.find_petitions", "{}", "--as", "wizard:w"], id="no such role"
        ),
        pytest.param(["call"], id="nothing to call"),
        pytest.param(["play", "x", "--colour"], id="an unknown option"),
        pytest.param(["dance"], id="an unknown command"),
        pytest.param(["up", "--clock", "sundial"], id="an unknown clock"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    ended = balian(*arguments)

    assert ended.code == ExitCode.USAGE
    assert "Traceback" not in ended.talk


# --- doctor --------------------------------------------------------------------------------------


def test_doctor_finds_enough_for_the_embedded_host_here(tmp_path: Path) -> None:
    ended = balian("doctor", "--json", "--dir", tmp_path)

    findings: dict[str, Any] = json.loads(ended.data)
    assert ended.code == ExitCode.OK
    assert findings["enough"] is True
    assert {found["subject"] for found in findings["findings"]} >= {"Python", "RabbitMQ", "keys"}


def test_doctor_tells_keys_that_others_can_read(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "index.key"
    key.parent.mkdir()
    key.write_text("secret", encoding="utf-8")
    key.chmod(0o644)

    ended = balian("doctor", "--json", "--dir", tmp_path)

    assert ended.code == ExitCode.MACHINE_LACKS
    assert "chmod 600" in ended.data


def test_doctor_talks_to_people_too(tmp_path: Path) -> None:
    ended = balian("doctor", "--dir", tmp_path)

    assert "RabbitMQ" in ended.data


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    ended = balian(
        "play", MAIN_PATH, "--until-line", "2", "--ledger", tmp_path / "file" / "ledger.jsonl"
    )

    assert ended.code == ExitCode.BAD_INPUT
    assert str(tmp_path / "file") in ended.talk


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_play_that_is_stopped_goes_on_where_it_was(tmp_path: Path, number: int) -> None:
    store = tmp_path / "store"
    command = [sys.executable, "-m", "balian", "play", str(SAMPLE), "--dir", str(store)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()

    process.send_signal(number)
    talk = process.communicate(timeout=START_LIMIT)[1]
    ended = balian("play", SAMPLE, "--dir", store, "--until-line", "30", "--json")

    assert process.returncode == ExitCode.INTERRUPTED
    assert "stopped as asked" in talk
    assert "Traceback" not in talk
    assert ended.code == ExitCode.OK


# --- parked --------------------------------------------------------------------------------------


@pytest.mark.proves("P-6")
def test_a_parked_message_is_listed_shown_and_not_replayed_when_nobody_can_read_it(
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    with own_host(store, clock=ClockKind.SIMULATED) as host:
        host._messagings["triage"].park_unreadable(
            queue="triage.petition_registered.v1",
            reason="unreadable",
            body=b'{"name": "nobody may see this',
            message_id="m-1",
        )

    listed = balian("parked", "list", "--dir", store, "--json")
    shown = balian("parked", "show", "1", "--service", "triage", "--dir", store)
    told = balian("parked", "list", "--service", "triage", "--dir", store)
    replayed = balian("parked", "replay", "1", "--service", "triage", "--dir", store)
    nowhere = balian("parked", "show", "1", "--service", "desk", "--dir", store)

    [message] = json.loads(listed.data)
    assert (message["service"], message["reason"]) == ("triage", "unreadable")
    assert "nobody may see this" not in shown.data
    assert json.loads(shown.data)["message"]["parked_no"] == 1
    assert "triage" in told.data
    assert replayed.code == ExitCode.NOT_AS_WRITTEN
    assert "ReplayUnreadable" in replayed.talk
    assert nowhere.code == ExitCode.USAGE
