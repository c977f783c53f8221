"""The form of a line: an allow-list of names and values, whoever writes it."""

from __future__ import annotations

import json
import logging
import uuid
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.log_lines import WITHHELD, JsonLines, shown
from shared.logs import Log, about, configure_logging
from tests.support.log_lines import log_written

PERSONAL = "刘某某 13800000000"
AN_ID = "1d7d2f0e-6c1b-4c55-9a51-1f0a6a3c2b10"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("method", "register_petition", "register_petition", id="a code"),
        pytest.param("petition_no", "XF-20260601-0001", "XF-20260601-0001", id="a number"),
        pytest.param("count", 3, 3, id="a figure"),
        pytest.param("seconds", 0.25, 0.25, id="seconds"),
        pytest.param("seconds", float("nan"), WITHHELD, id="no figure"),
        pytest.param("message_id", AN_ID, AN_ID, id="an id of our own"),
        pytest.param("message_id", "deadline:7", "deadline:7", id="a deadline"),
        pytest.param("error", "ValueError", "ValueError", id="the class of an error"),
        pytest.param("error", "could not decode 刘", WITHHELD, id="words"),
        pytest.param("reason", "two words", WITHHELD, id="a sentence"),
        pytest.param("reason", "x" * 201, WITHHELD, id="too long for a code"),
        pytest.param("petition_no", {"name": "x"}, WITHHELD, id="a mapping"),
        pytest.param("petition_no", ["x"], WITHHELD, id="a list"),
        pytest.param("petition_no", "liu-13800000000", WITHHELD, id="no petition's number"),
        pytest.param("kind", b"x", WITHHELD, id="bytes"),
        pytest.param(
            "kind", datetime(2026, 6, 1, tzinfo=UTC), "2026-06-01T00:00:00+00:00", id="an instant"
        ),
        pytest.param(
            "trace", ["shared/logs.py:7 f", PERSONAL], ["shared/logs.py:7 f", WITHHELD], id="places"
        ),
    ],
)
@pytest.mark.proves("P-1")
def test_a_value_is_shown_only_if_it_looks_like_what_a_log_may_hold(
    name: str, value: object, told: object
) -> None:
    assert shown(name, value) == told


@pytest.mark.proves("P-1")
def test_an_id_somebody_else_made_is_told_apart_and_not_shown() -> None:
    one, same, other = (shown("message_id", text) for text in (PERSONAL, PERSONAL, "13800000000"))

    assert one == same != other
    assert str(one).startswith("sha256:")


@pytest.mark.proves("P-1")
def test_a_library_tells_its_own_words_and_nothing_put_together_at_run_time() -> None:
    library = logging.getLogger("some.library")

    with log_written() as log:
        library.warning("cannot decode %s", PERSONAL)
        library.warning(f"cannot decode {PERSONAL}")
        library.warning("cannot decode " + PERSONAL)
        library.error(ValueError(PERSONAL))
        library.warning("a line", extra={"petitioner": PERSONAL})

    assert [line["text"] for line in log.lines()] == [
        "cannot decode %s",
        WITHHELD,
        WITHHELD,
        WITHHELD,
        "a line",
    ]
    assert PERSONAL not in log.text
    assert "13800000000" not in log.text


def test_a_line_of_a_file_nobody_can_read_is_withheld() -> None:
    record = logging.LogRecord("x", logging.INFO, "/no/such/file.py", 1, "a text", None, None)

    assert json.loads(JsonLines().format(record))["text"] == WITHHELD


def test_what_a_block_is_about_stands_in_every_line_of_it_and_in_no_other() -> None:
    ours, library = Log("shared.test"), logging.getLogger("some.library")

    with log_written() as log:
        with about(service="intake", correlation_id="c-1", node=None):
            ours.info("one")
            with about(correlation_id="c-2", petition_no="XF-20260601-0001"):
                library.warning("two")
            ours.info("three", correlation_id="c-3")
        ours.info("four")

    told = [_without(line, "at", "level", "logger") for line in log.lines()]
    assert told == [
        {"text": "one", "service": "intake", "correlation_id": "c-1"},
        {
            "text": "two",
            "service": "intake",
            "correlation_id": "c-2",
            "petition_no": "XF-20260601-0001",
        },
        {"text": "three", "service": "intake", "correlation_id": "c-3"},
        {"text": "four"},
    ]


def test_a_line_below_the_level_is_not_even_put_together() -> None:
    with log_written(logging.WARNING) as log:
        Log("shared.test").info("one", kind="x")

    assert log.text == ""


@pytest.mark.proves("P-1")
def test_a_warning_is_a_line_too_and_tells_its_class_and_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers, root.level
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    try:
        configure_logging("INFO")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            configure_logging("INFO")
            warnings.warn(PERSONAL, UserWarning, stacklevel=1)
    finally:
        root.handlers, root.level = before

    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["level"], line["error"]) == ("warning", "UserWarning")
    assert Path(__file__).name in line["trace"][0]


def test_ids_made_here_are_known_as_such() -> None:
    made = str(uuid.uuid4())

    assert shown("message_id", made) == made


def _without(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}
