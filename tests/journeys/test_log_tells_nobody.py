"""A petition with a canary in every field: none of them is in the log, at any level, of anyone."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.base import MalformedRequest, Refusal
from tests.support.casebooks import CASEBOOKS, county_at, play
from tests.support.log_lines import WrittenLog, log_written

SAMPLES = Path(__file__).resolve().parents[1] / "contracts" / "samples" / "intake"
NOW = "2026-06-20T09:00:00+08:00"
CLERK = {"actor": "clerk:window", "now": NOW}
CANARY = "金丝雀某某"
DIGITS = "1991234567"
"""What a phone and an identity number of a canary begin with."""


def _canaried(value: Any, name: str = "") -> Any:
    """Put a canary wherever a person's words or marks stand, and keep every form."""
    match value:
        case dict():
            return {key: _canaried(one, key) for key, one in value.items()}
        case list():
            return [_canaried(one, name) for one in value]
        case str() if name in {"name", "summary", "text", "address"}:
            return f"{CANARY}{value}"
        case str() if name == "phone":
            return f"{DIGITS}1"
        case str() if name == "id_number":
            return f"9999{DIGITS}0011"
        case _:
            return value


def _petition() -> dict[str, Any]:
    sample = json.loads((SAMPLES / "RegisterPetition.json").read_text(encoding="utf-8"))
    petition: dict[str, Any] = _canaried(sample)
    del petition["repeat_of"]
    # A form that the sample's own date would make a petition of the future.
    return {**petition, "received_on": "2026-06-20", "territory": "county", "concerned_units": []}


def _broken(petition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Spoil each field in turn, so that what is wrong with it is a canary."""
    for number, name in enumerate(petition):
        for spoilt in ([CANARY], {CANARY: DIGITS}, f"{CANARY} {DIGITS}" * 4000):
            broken = copy.deepcopy(petition)
            broken["request_id"] = f"window-1-broken-{number:04d}"
            broken[name] = spoilt
            yield broken
    yield {**petition, CANARY: DIGITS}


def _hits(log: WrittenLog) -> list[str]:
    return [line for line in log.text.splitlines() if CANARY in line or DIGITS in line]


@pytest.mark.proves("P-1", "P-2")
def test_no_canary_of_a_petition_is_in_any_line(tmp_path: Path) -> None:
    with log_written() as log, county_at(tmp_path / "store") as county:
        play(CASEBOOKS / "registering.jsonl", county)
        registered = county.call_raw("intake", "register_petition", _petition(), CLERK)
        number = {"petition_no": registered["petition_no"]}
        officer = {**CLERK, "actor": "officer:desk"}
        shown = county.call_raw("intake", "get_petition", number, officer)
        for broken in _broken(_petition()):
            with pytest.raises(MalformedRequest):
                county.call_raw("intake", "register_petition", broken, CLERK)
        with pytest.raises(Refusal):
            county.call_raw("intake", "register_petition", _petition(), {**CLERK, "actor": CANARY})

    answered = log.lines("call answered")
    assert CANARY in json.dumps(shown, ensure_ascii=False), "the canaries were there to be told"
    assert sum(line["outcome"] == "rejected" for line in answered) >= len(_petition())
    assert registered["petition_no"] in {line.get("petition_no") for line in answered}
    assert {line["logger"].partition(".")[0] for line in log.lines()} >= {"shared", "nameko"}
    assert _hits(log) == []
