"""The log: known fields only, and of an exception its class and place, never its words."""

from __future__ import annotations

import json
import logging

import pytest

from shared.logs import JsonLines, Log, UnknownLogField

PERSONAL = "刘某某 13800000000"


def _written(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    line: dict[str, object] = json.loads(JsonLines().format(caplog.records[-1]))
    return line


@pytest.mark.proves("P-1")
def test_a_field_nobody_declared_is_refused() -> None:
    with pytest.raises(UnknownLogField, match="petitioner"):
        Log("balian.test").info("registered", petitioner=PERSONAL)


def test_a_line_is_json_with_its_fields(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    Log("balian.test").info("call answered", method="track", outcome="replied")

    line = _written(caplog)
    assert (line["text"], line["method"], line["level"]) == ("call answered", "track", "info")


@pytest.mark.proves("P-1")
def test_what_a_library_says_shows_neither_arguments_nor_the_words_of_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise ValueError(PERSONAL)

    try:
        fail()
    except ValueError:
        logging.getLogger("kombu").exception("cannot decode %s", PERSONAL)

    text = JsonLines().format(caplog.records[-1])
    assert PERSONAL not in text
    assert "13800000000" not in text
    assert json.loads(text)["error"] == "ValueError"
    assert any("test_logs.py" in place for place in json.loads(text)["trace"])
