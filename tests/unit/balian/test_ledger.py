"""The ledger has one order, and without its random ids it is the same for every play."""

from pathlib import Path
from typing import Any

from balian.ledger import RANDOM_IDS, Ledger, read_ledger


def envelope(**changes: Any) -> dict[str, Any]:
    return {
        "event_id": "e1",
        "type": "petition_registered.v1",
        "occurred_at": "2026-06-01T01:10:00+00:00",
        "source": {"service": "intake", "node": ""},
        "petition_no": "XF-20260601-0001",
        "case_version": 1,
        "correlation_id": "c1",
        "causation_id": None,
        "actor": "clerk:wang",
        "data": {"petition_no": "XF-20260601-0001", "form": "visit"},
    } | changes


def test_events_stand_in_order_of_time_petition_type_source_and_data() -> None:
    later = envelope(occurred_at="2026-06-01T01:10:00.000001+00:00")
    other_petition = envelope(petition_no="XF-20260601-0002")
    no_petition = envelope(petition_no=None)
    other_type = envelope(type="visit_recorded.v1")
    other_source = envelope(source={"service": "triage", "node": ""})
    other_node = envelope(source={"service": "intake", "node": "county"})
    other_data = envelope(data={"petition_no": "XF-20260601-0001", "form": "zzz"})
    given = [
        later,
        other_petition,
        other_type,
        other_source,
        other_node,
        other_data,
        envelope(),
        no_petition,
    ]

    ledger = Ledger.of(given)

    wanted = [
        no_petition,
        envelope(),
        other_data,
        other_node,
        other_source,
        other_type,
        other_petition,
        later,
    ]
    assert list(ledger.events) == wanted
    assert Ledger.of(reversed(given)) == ledger


def test_where_something_runs_is_no_part_of_what_happened() -> None:
    opened = {"node": "county", "service": "reception_county", "territory": "county"}

    def told(**more: Any) -> Ledger:
        return Ledger.of([envelope(type="node_opened.v1", data={**opened, **more})])

    here, there = told(metrics="10.0.0.1:9464"), told(metrics="reception:9464")

    assert list(here.lines()) == list(there.lines()) == list(told().lines())
    assert here.of_type("node_opened.v1") == [opened]


def test_an_event_nobody_declares_is_kept_whole() -> None:
    (event,) = Ledger.of([envelope(type="of_tomorrow.v9", data={"metrics": "a:1"})]).events

    assert event["data"] == {"metrics": "a:1"}


def test_two_plays_differ_in_random_ids_alone() -> None:
    first = Ledger.of([envelope()])
    second = Ledger.of([envelope(event_id="e2", correlation_id="c2", causation_id="x")])

    assert list(first.lines()) != list(second.lines())
    assert first.without_random_ids() == second.without_random_ids()


def test_keys_of_the_data_stand_in_order() -> None:
    ledger = Ledger.of([envelope(data={"b": 1, "a": [{"d": 1, "c": 2}]})])

    assert '"data":{"a":[{"c":2,"d":1}],"b":1}' in next(ledger.lines())


def test_a_ledger_is_written_whole_and_read_again(tmp_path: Path) -> None:
    ledger = Ledger.of([envelope(), envelope(event_id="e2", type="visit_recorded.v1")])
    path = tmp_path / "out" / "ledger.jsonl"

    ledger.write(path)

    assert read_ledger(path) == ledger
    assert [file.name for file in path.parent.iterdir()] == ["ledger.jsonl"]


def test_the_random_ids_are_only_those_of_the_envelope() -> None:
    assert set(RANDOM_IDS) == {"event_id", "correlation_id", "causation_id"}


def test_events_of_a_type_are_found_by_their_data() -> None:
    ledger = Ledger.of([envelope(), envelope(type="visit_recorded.v1", data={"visit": 2})])

    assert ledger.of_type("visit_recorded.v1") == [{"visit": 2}]
