"""A play remembers how its questions ended, and of a reply only what later lines need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from balian.casebook import CallLine, read_casebook
from balian.memory import QuestionMemory, Remembered, parts_of
from balian.references import resolve

REPLY = {
    "petition_no": "XF-20260601-0001",
    "text": "a petition's content",
    "cards": [{"card_no": "one", "kind": "a"}, {"card_no": "two", "kind": "b"}],
}


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        pytest.param([], {}, id="nothing is referred to"),
        pytest.param([("petition_no",)], {"petition_no": "XF-20260601-0001"}, id="a field"),
        pytest.param(
            [("cards", "1", "card_no")], {"cards": {"1": {"card_no": "two"}}}, id="in a list"
        ),
        pytest.param(
            [("cards", "1", "card_no"), ("cards",)], {"cards": REPLY["cards"]}, id="a whole list"
        ),
        pytest.param([("cards", "7", "card_no")], {}, id="what this reply has not"),
        pytest.param([()], REPLY, id="the whole reply"),
    ],
)
def test_only_the_parts_referred_to_are_kept(paths: list[tuple[str, ...]], kept: Any) -> None:
    assert parts_of(REPLY, paths) == kept


def test_a_reference_into_the_kept_parts_leads_where_it_led_before() -> None:
    kept = parts_of(REPLY, [("cards", "1", "card_no")])

    assert resolve("${it.cards.1.card_no}", {"it": kept}) == "two"


@pytest.fixture
def question(tmp_path: Path) -> CallLine:
    return _question(tmp_path, save="p1")


def _question(folder: Path, **more: Any) -> CallLine:
    (folder / "county.yaml").write_text(
        "office: {code: o, name: 局, address: 路, phone: '1'}\n"
        "territories: [{code: county, name: 县}]\n"
        "fields: [{code: labour, name: 工资}]\n"
        "leaders: [{code: l_head, name: 县长, title: 县长, organ: county}]\n"
        "units: [{code: u, name: 局, organ: county}]\n",
        encoding="utf-8",
    )
    at = "2026-06-01T09:00:00+08:00"
    lines = [
        {"casebook": 1, "directory": "county.yaml", "start": at},
        {"at": at, "as": "clerk:w", "call": "intake.find_petitions", "with": {}} | more,
    ]
    path = folder / "week.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    line = read_casebook(path).lines[0]
    assert isinstance(line, CallLine)
    return line


def test_what_was_kept_is_recalled_by_the_next_play(tmp_path: Path, question: CallLine) -> None:
    path = tmp_path / "memory.jsonl"
    QuestionMemory(path).keep(question, Remembered(reply={"petition_no": "XF"}))

    assert QuestionMemory(path).recall(question) == Remembered(reply={"petition_no": "XF"})


def test_a_line_that_reads_otherwise_is_asked_again(tmp_path: Path, question: CallLine) -> None:
    path = tmp_path / "memory.jsonl"
    QuestionMemory(path).keep(question, Remembered(refused="PetitionNotFound"))

    changed = _question(tmp_path, save="p2")

    assert QuestionMemory(path).recall(changed) is None


def test_a_line_cut_short_by_a_crash_is_asked_again(tmp_path: Path, question: CallLine) -> None:
    path = tmp_path / "memory.jsonl"
    memory = QuestionMemory(path)
    memory.keep(question, Remembered(refused="PetitionNotFound"))
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")

    assert QuestionMemory(path).recall(question) is None


def test_the_file_is_for_its_owner_alone(tmp_path: Path, question: CallLine) -> None:
    path = tmp_path / "memory.jsonl"
    QuestionMemory(path).keep(question, Remembered())

    assert path.stat().st_mode & 0o077 == 0


def test_without_a_directory_nothing_is_kept(question: CallLine) -> None:
    memory = QuestionMemory(None)
    memory.keep(question, Remembered())

    assert memory.recall(question) is None
