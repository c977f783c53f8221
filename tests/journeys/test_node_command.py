"""`balian node` as an operator meets it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from balian.commands.app import app
from balian.exit_codes import ExitCode
from balian.retiring import Remains
from tests.support.casebooks import CASEBOOKS

WHEN = ("--now", "2026-06-03T09:00:00+08:00")


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


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store directory in which a township has one petition on its way to the table."""
    directory = tmp_path_factory.mktemp("node") / "store"
    out = directory.parent
    ended = balian(
        "play",
        CASEBOOKS / "township_node.jsonl",
        *("--dir", directory, "--ledger", out / "l.jsonl", "--summary", out / "s.json"),
    )
    assert ended.exit_code == ExitCode.OK, ended.stderr
    return directory


@pytest.mark.proves("D-30")
def test_a_node_is_listed_retired_watched_and_drained(played: Path) -> None:
    before = balian("node", "list", "--dir", played, "--json", *WHEN)
    undrained = balian("node", "remains", "sanchakou", "--dir", played, *WHEN)
    retired = balian(
        "node", "retire", "sanchakou", "--reason", "乡镇撤并", "--dir", played, "--json", *WHEN
    )
    remains = balian("node", "remains", "sanchakou", "--dir", played, "--json", *WHEN)
    again = balian("node", "retire", "sanchakou", "--reason", "撤并", "--dir", played, *WHEN)
    after = balian("node", "list", "--dir", played, *WHEN)

    nodes = json.loads(before.stdout)
    assert [(node["node"], node["retired_at"]) for node in nodes] == [
        ("county", None),
        ("sanchakou", None),
    ]
    assert undrained.exit_code == ExitCode.NOT_AT_REST
    assert "尚未收到撤销通知，在办 1 件" in undrained.stderr
    assert retired.exit_code == ExitCode.OK, retired.stderr
    told = json.loads(retired.stdout)
    assert (told["parent"], told["sorted_to_it"]) == ("county", 1)
    assert (told["drained"], told["open"], told["handed_over"]) == (True, 0, 1)
    assert "deploy/retire sanchakou" in retired.stderr.replace("\n", "")
    assert json.loads(remains.stdout)["drained"] is True
    assert again.exit_code == ExitCode.NOT_AS_WRITTEN
    assert "该接访点已经撤销" in again.stderr
    assert "撤销于" in after.stdout


def test_what_may_not_be_retired_is_refused_in_words(played: Path) -> None:
    ended = balian("node", "retire", "county", "--reason", "撤并", "--dir", played, *WHEN)

    assert ended.exit_code == ExitCode.NOT_AS_WRITTEN
    assert "县接访点不能撤销" in ended.stderr
    assert "CountyNodeStays" in ended.stderr


def test_in_simulated_time_retiring_needs_a_moment(played: Path) -> None:
    ended = balian("node", "retire", "sanchakou", "--reason", "撤并", "--dir", played)

    assert ended.exit_code == ExitCode.USAGE
    assert "--now" in ended.stderr


NOTHING_LEFT = Remains(
    node="sanchakou",
    answers=True,
    heard_of_it=True,
    open=0,
    handed_over=3,
    on_the_way=0,
    not_taken_over=0,
    unsent=0,
    aside=0,
)


@pytest.mark.parametrize(
    ("remains", "drained"),
    [
        pytest.param(NOTHING_LEFT, True, id="nothing is left"),
        pytest.param(Remains(node="sanchakou", answers=False), False, id="it is silent"),
        *(
            pytest.param(
                Remains(**{**vars(NOTHING_LEFT), name: left}), False, id=f"{name} is {left}"
            )
            for name, left in (
                ("heard_of_it", False),
                ("open", 1),
                ("on_the_way", 1),
                ("not_taken_over", 1),
                ("unsent", 1),
                ("aside", 1),
            )
        ),
    ],
)
def test_a_node_is_drained_only_when_nothing_at_all_is_left(
    remains: Remains, drained: bool
) -> None:
    assert remains.is_drained is drained
    assert remains.dump()["drained"] is drained
