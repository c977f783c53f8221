"""`balian trace` as an operator meets it: on a host of its own, and on a broker with a gap."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from balian.commands.app import app
from balian.deployments import OnBroker
from balian.exit_codes import ExitCode
from balian.host import NODES, bring_up_to_date, county_services
from shared.messaging.runner import Services
from shared.settings import Settings
from tests.support.casebooks import CASEBOOKS, play
from tests.support.log_lines import log_written
from tests.support.rabbitmq import RabbitMQ, running_rabbitmq
from tests.support.secrets import hits, secrets_of

NO = "XF-20260601-0001"
ACCUSATION = "XF-20260601-0002"
TOWNSHIP = CASEBOOKS / "township_node.jsonl"
SEALED = CASEBOOKS / "accusation_under_seal.jsonl"


@pytest.fixture(autouse=True)
def _log_goes_back_where_it_went() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level


def balian(*arguments: str | Path) -> Result:
    ended = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended


def _played(casebook: Path, directory: Path) -> Path:
    files = ("--ledger", directory.parent / "l.jsonl", "--summary", directory.parent / "s.json")
    ended = balian("play", casebook, "--dir", directory, *files)
    assert ended.exit_code == ExitCode.OK, ended.stderr
    return directory


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store directory in which a township has taken in one petition."""
    return _played(TOWNSHIP, tmp_path_factory.mktemp("township") / "store")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store directory in which an accusation has gone under seal."""
    return _played(SEALED, tmp_path_factory.mktemp("sealed") / "store")


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    with running_rabbitmq() as server:
        yield server


def _registration_reaches(services: Mapping[str, Any]) -> set[str]:
    """Follow the event of the registration by its id, and tell who has a record of it."""
    (registered,) = [
        event for event in services["intake"]["events"] if event["type"] == "petition_registered.v1"
    ]
    (call,) = [
        call
        for call in services["intake"]["calls"]
        if call["request_id"] == registered["causation_id"]
    ]
    assert call["method"] == "intake.register_petition"
    return {
        name
        for name, trace in services.items()
        for message in trace["messages"]
        if message["message_id"] == registered["event_id"] and message["outcome"] == "handled"
    }


def test_the_path_is_drawn_for_people_and_given_whole_to_programs(township: Path) -> None:
    drawn = balian("trace", NO, "--dir", township)
    told = json.loads(balian("trace", NO, "--dir", township, "--json").stdout)

    assert drawn.exit_code == ExitCode.OK, drawn.stderr
    lines = drawn.stdout.splitlines()
    assert NO in lines[0]
    register = next(n for n, line in enumerate(lines) if "intake.register_petition" in line)
    assert "发出 petition_registered.v1 已发出" in lines[register + 1]
    assert any("reception_sanchakou 收到 petition_routed.v1 已处理" in line for line in lines)
    assert any("supervision：期限 statutory_due" in line for line in lines)
    assert told["petition_no"] == NO
    assert told["missing"] == []
    assert _registration_reaches(told["services"]) == {"triage", "supervision"}
    assert {one["wait"] for one in told["waiting"]} == {"deadline"}


@pytest.mark.proves("P-1")
def test_who_traces_is_logged_and_what_a_petition_says_is_nowhere_in_a_trace(
    township: Path,
) -> None:
    with log_written() as log:
        told = balian("trace", NO, "--dir", township, "--json", "--as", "auditor:duty").stdout

    looked = log.lines("petition traced")
    assert {line["service"] for line in looked} == set(json.loads(told)["services"])
    assert {(line["actor"], line["petition_no"]) for line in looked} == {("auditor:duty", NO)}
    assert hits(secrets_of(TOWNSHIP), told) == set()
    assert hits(secrets_of(TOWNSHIP), log.text) == set()


@pytest.mark.proves("P-1", "X-1")
def test_an_accusation_has_left_nothing_at_any_node_nor_a_word_anywhere(sealed: Path) -> None:
    told = balian("trace", ACCUSATION, "--dir", sealed, "--json")

    services = json.loads(told.stdout)["services"]
    assert services["triage"]["events"], "it was sorted"
    for node in NODES:
        at_node = services[f"reception_{node}"]
        assert [at_node[kind] for kind in ("calls", "events", "messages", "deadlines")] == [
            [],
            [],
            [],
            [],
        ]
    assert hits(secrets_of(SEALED), told.stdout) == set()
    assert "l_vice_head_labour" not in told.stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["XF-20260601-0999"], "PetitionNotFound", id="an unknown number"),
        pytest.param(["not-a-number"], "MalformedRequest", id="no number"),
        pytest.param([NO, "--as", "clerk:window"], "NotAllowed", id="a clerk"),
        pytest.param([NO, "--as", "unit:labour_bureau"], "NotAllowed", id="a unit"),
    ],
)
def test_what_cannot_be_traced_is_refused_by_name(
    township: Path, arguments: list[str], error: str
) -> None:
    ended = balian("trace", *arguments, "--dir", township)

    assert ended.exit_code == ExitCode.NOT_AS_WRITTEN
    assert error in ended.stderr


def test_where_nobody_answers_at_all_it_ends_unreachable() -> None:
    ended = balian("trace", NO, "--bus", "amqp://nobody@127.0.0.1:1/none")

    assert ended.exit_code == ExitCode.UNREACHABLE


class County:
    """The five services on a broker, each of which can be stopped."""

    def __init__(self, uri: str, directory: Path) -> None:
        self.uri = uri
        self._running: dict[str, Services] = {}
        config = {
            "AMQP_URI": uri,
            "STORE_DIR": str(directory),
            "CLOCK": "simulated",
            "NODES": ",".join(NODES),
        }
        settings = Settings.from_mapping(config)
        for service_class in county_services(NODES):
            name = service_class.name  # type: ignore[attr-defined]
            owner = service_class.messaging.owner  # type: ignore[attr-defined]
            bring_up_to_date(owner, settings.store_url(name))
            self._running[name] = Services([service_class], config)
            self._running[name].start()

    def stop(self, name: str) -> None:
        """Stop one service."""
        self._running.pop(name).stop(grace=30.0)

    def close(self) -> None:
        """Stop what still runs."""
        with ExitStack() as stack:
            for name in list(self._running):
                stack.callback(self.stop, name)


@contextmanager
def county_on(uri: str, directory: Path) -> Iterator[County]:
    with closing(County(uri, directory)) as county:
        yield county


def test_on_a_broker_a_service_that_is_away_is_missing_and_the_rest_is_told(
    rabbitmq: RabbitMQ, tmp_path: Path
) -> None:
    uri = rabbitmq.uri(rabbitmq.vhost())
    with county_on(uri, tmp_path) as county:
        with closing(OnBroker(uri, nodes=NODES)) as deployment:
            play(TOWNSHIP, deployment)
        whole = balian("trace", NO, "--bus", uri, "--json")
        county.stop("triage")
        county.stop("supervision")
        partial = balian("trace", NO, "--bus", uri, "--json")
        county.stop("intake")
        unknown = balian("trace", "XF-20260601-0999", "--bus", uri)

    told = json.loads(whole.stdout)
    assert told["missing"] == []
    assert _registration_reaches(told["services"]) == {"triage", "supervision"}
    assert told["services"]["reception_sanchakou"]["node"] == "sanchakou"
    assert partial.exit_code == ExitCode.OK, partial.stderr
    left = json.loads(partial.stdout)
    assert sorted(left["missing"]) == ["supervision", "triage"]
    assert "supervision" in partial.stderr
    assert left["services"]["reception_sanchakou"] == told["services"]["reception_sanchakou"]
    assert unknown.exit_code == ExitCode.UNREACHABLE, "the register may know it"
