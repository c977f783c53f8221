"""The checker finds nothing in stores that are whole, and each of its rules can find a harm."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.casebooks import SAMPLE, county_at, play
from tests.support.faults.checker import CHECKS, check
from tests.support.faults.findings import Expected, Finding, Harm
from tests.support.faults.stores import Stores, read_stores

Break = Callable[[dict[str, Any]], object]

AFTER_ALL = datetime(2030, 1, 1, tzinfo=UTC)


def drop(service: str, table: str, **which: Any) -> Break:
    """Take away the first row that matches."""

    def broken(tables: dict[str, Any]) -> None:
        rows = tables[service][table]
        rows.remove(_first(rows, which))

    return broken


def double(service: str, table: str, *fresh: str, **which: Any) -> Break:
    """Add the first row that matches once more, under other values of its own ids."""

    def broken(tables: dict[str, Any]) -> None:
        rows = tables[service][table]
        second = dict(_first(rows, which))
        for column in fresh:
            value = second[column]
            second[column] = value + 100_000 if isinstance(value, int) else f"{value}-again"
        rows.append(second)

    return broken


def change(service: str, table: str, which: dict[str, Any], **to: Any) -> Break:
    """Change the first row that matches; a function gives the new value from the old one."""

    def broken(tables: dict[str, Any]) -> None:
        row = _first(tables[service][table], which)
        for column, value in to.items():
            row[column] = value(row[column]) if callable(value) else value

    return broken


def _first(rows: list[dict[str, Any]], which: dict[str, Any]) -> dict[str, Any]:
    return next(
        row
        for row in rows
        if all(
            wanted(row[column]) if callable(wanted) else row[column] == wanted
            for column, wanted in which.items()
        )
    )


def _there(value: Any) -> bool:
    return value is not None and value is not False


def _untrue(envelope: str) -> str:
    return envelope.replace('"causation_id":"', '"causation_id":"never-')


def _cleared(tables: dict[str, Any]) -> None:
    tables["intake"]["visits"][0]["sealed_note"] = "canary-text"


def _no_seats(tables: dict[str, Any]) -> None:
    tables["reception_county"]["session_seats"].clear()


COUNTY = "reception_county"
PARKED = {
    "message_id": "m",
    "type": "deadline.slip_due",
    "petition_no": None,
    "reason": "deadline_failed",
    "settled_at": None,
}
EARLY = {"type": "case_opened.v1", "petition_no": None, "settled_at": None}
BREAKS: list[tuple[str, Harm, Break]] = [
    ("unsent", Harm.LOST, change("triage", "outbox_messages", {}, sent_at=None)),
    ("delivered", Harm.LOST, drop("supervision", "processed_messages")),
    (
        "delivered",
        Harm.PARKED,
        change("intake", "processed_messages", {}, outcome="parked"),
    ),
    (
        "handled_not_refused",
        Harm.VIOLATION,
        change("supervision", "processed_messages", {}, outcome="refused"),
    ),
    ("no_ghosts", Harm.DOUBLED, double("triage", "processed_messages", "message_id")),
    ("parked", Harm.PARKED, lambda tables: tables["triage"]["parked_messages"].append(PARKED)),
    ("early", Harm.LOST, lambda tables: tables["triage"]["early_messages"].append(EARLY)),
    ("caused", Harm.DOUBLED, change("triage", "outbox_messages", {}, envelope=_untrue)),
    ("told_once", Harm.DOUBLED, double("triage", "outbox_messages", "seq", "event_id")),
    ("versions", Harm.LOST, drop("supervision", "outbox_messages", type="case_opened.v1")),
    ("versions", Harm.DOUBLED, double("supervision", "outbox_messages", "case_version")),
    (
        "accepted",
        Harm.LOST,
        drop("intake", "commands", method="intake.register_petition", outcome="replied"),
    ),
    ("effect_once", Harm.LOST, drop("triage", "outbox_messages", type="petition_sorted.v1")),
    ("effect_once", Harm.DOUBLED, double("triage", "outbox_messages", type="petition_sorted.v1")),
    ("answered", Harm.LOST, change("intake", "commands", {"outcome": "replied"}, reply=None)),
    ("deadlines", Harm.LOST, change("triage", "deadlines", {}, state="pending")),
    ("deadlines", Harm.LOST, change("triage", "deadlines", {}, state="failed")),
    ("I-1", Harm.LOST, drop("intake", "petitions")),
    ("I-1", Harm.DOUBLED, double("intake", "petitions")),
    ("I-2", Harm.VIOLATION, change("intake", "petitions", {}, linked_to="XF-20990101-0001")),
    ("I-3 cards", Harm.LOST, drop(COUNTY, "cards", copy=0)),
    ("I-3 cards", Harm.DOUBLED, double(COUNTY, "cards", "card_no", copy=0)),
    ("I-3 slips", Harm.LOST, drop("supervision", "slips", is_copy=False)),
    ("I-3 slips", Harm.DOUBLED, double("supervision", "slips", "slip_no", is_copy=False)),
    ("I-4", Harm.VIOLATION, drop(COUNTY, "preliminary_opinions")),
    ("I-4", Harm.VIOLATION, change(COUNTY, "card_sets", {}, issued_at=AFTER_ALL)),
    ("I-4", Harm.VIOLATION, change(COUNTY, "appointments", {}, notified_at=AFTER_ALL)),
    ("I-4", Harm.VIOLATION, drop(COUNTY, "receptions", outcome="decision")),
    (
        "I-5",
        Harm.VIOLATION,
        lambda tables: [row.update(state="served") for row in tables["supervision"]["slips"]],
    ),
    (
        "I-6",
        Harm.DOUBLED,
        double("supervision", "case_entries", "entry_no", step="extended"),
    ),
    (
        "I-6",
        Harm.VIOLATION,
        change("supervision", "case_entries", {"step": "extended"}, facts={"days": 31}),
    ),
    (
        "I-7",
        Harm.VIOLATION,
        change("supervision", "cases", {"was_overdue": True}, was_overdue=False),
    ),
    ("I-7", Harm.DOUBLED, double("supervision", "outbox_messages", type="case_overdue.v1")),
    (
        "I-7",
        Harm.LOST,
        change("intake", "petition_standings", {"was_overdue": True}, was_overdue=False),
    ),
    ("I-8", Harm.LOST, drop("accountability", "grounds", kind="not_implemented_in_time")),
    ("I-8", Harm.LOST, lambda tables: tables["accountability"]["circulars"].clear()),
    (
        "I-9",
        Harm.VIOLATION,
        change("supervision", "promises", {}, made_on=lambda day: day + timedelta(days=60)),
    ),
    ("I-10", Harm.VIOLATION, _cleared),
    ("I-11", Harm.VIOLATION, _no_seats),
    ("I-12", Harm.LOST, drop("intake", "representatives")),
    (
        "I-13",
        Harm.VIOLATION,
        change("triage", "sorting_entries", {"outcome": "leader_in_charge"}, leader="l_nobody"),
    ),
    ("I-13", Harm.VIOLATION, change(COUNTY, "card_sets", {}, leader="l_nobody")),
    ("I-14", Harm.VIOLATION, change(COUNTY, "receptions", {}, lead_unit="")),
    (
        "I-15",
        Harm.VIOLATION,
        change("intake", "commands", {"method": "intake.evaluate_handling"}, actor="clerk:x"),
    ),
    ("I-15", Harm.LOST, drop("intake", "evaluations")),
    ("I-16", Harm.VIOLATION, change("intake", "petitions", {}, territory="elsewhere")),
    ("I-16", Harm.LOST, change("intake", "petition_contents", {}, version=7)),
    ("I-17", Harm.DOUBLED, double(COUNTY, "card_sets", "set_no", voided_at=None)),
    ("I-17", Harm.DOUBLED, double("supervision", "slip_sets", "set_no")),
    ("I-17", Harm.DOUBLED, double("accountability", "outbox_messages", type="circular_issued.v1")),
    ("sorted_or_waiting", Harm.LOST, drop("triage", "triaged_petitions")),
    ("sorted_or_waiting", Harm.LOST, drop("triage", "sorting_entries")),
    ("routed_to_cards", Harm.LOST, drop(COUNTY, "preparations")),
    ("routed_to_cards", Harm.LOST, drop(COUNTY, "card_sets", voided_at=None)),
    ("handed_over", Harm.LOST, change(COUNTY, "preparations", {}, state="handed_over")),
    ("decided_to_slips", Harm.LOST, drop("supervision", "slip_sets")),
    ("sorted_to_case", Harm.LOST, drop("supervision", "cases")),
    ("sorted_to_case", Harm.DOUBLED, double("supervision", "cases", "case_no")),
]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the store directory of a county after the sample's weeks."""
    directory = tmp_path_factory.mktemp("county")
    with county_at(directory) as host:
        play(SAMPLE, host)
    return directory


@pytest.fixture(scope="module")
def whole(county: Path) -> Stores:
    return read_stores(urls_of(county))


def urls_of(directory: Path) -> dict[str, str]:
    return {file.stem: f"sqlite:///{file}" for file in directory.glob("*.sqlite3")}


def _expected(stores: Stores) -> Expected:
    accepted = frozenset(
        (service, row["request_id"], row["method"])
        for service in stores.services
        for row in stores.rows(service, "commands")
        if row["outcome"] == "replied"
    )
    ended = max(row["occurred_at"] for row in stores.ledger.events)
    return Expected(
        accepted=accepted,
        swept_until=datetime.fromisoformat(ended),
        canaries=("canary-text",),
    )


def test_stores_that_are_whole_have_no_finding(whole: Stores) -> None:
    assert str(check(whole, _expected(whole))) == "clean"
    assert whole.nodes == ("county", "sanchakou")


@pytest.mark.parametrize(
    ("rule", "harm", "broken"),
    BREAKS,
    ids=[f"{rule}-{harm}-{place}" for place, (rule, harm, _) in enumerate(BREAKS)],
)
def test_every_rule_can_find_a_harm(whole: Stores, rule: str, harm: Harm, broken: Break) -> None:
    expected = _expected(whole)
    tables: dict[str, Any] = copy.deepcopy(dict(whole.tables))
    broken(tables)

    found = list(CHECKS[rule](Stores(tables=tables, nodes=whole.nodes), expected))

    assert harm in {finding.harm for finding in found}, found
    assert {finding.rule for finding in found} == {rule}


def test_no_rule_is_without_a_harm_that_it_finds() -> None:
    assert {rule for rule, _, _ in BREAKS} == set(CHECKS)


def test_a_row_that_is_missing_in_the_file_is_found(county: Path, tmp_path: Path) -> None:
    for file in county.glob("*.sqlite3"):
        with (
            closing(sqlite3.connect(file)) as store,
            closing(sqlite3.connect(tmp_path / file.name)) as copied,
        ):
            store.backup(copied)
    with closing(sqlite3.connect(tmp_path / "supervision.sqlite3")) as store:
        one = "SELECT slip_no FROM slips WHERE NOT is_copy LIMIT 1"
        store.execute(f"DELETE FROM slips WHERE slip_no IN ({one})")  # noqa: S608 - our own words.
        store.commit()

    verdict = check(read_stores(urls_of(tmp_path)))

    assert {finding.rule for finding in verdict.findings} == {"I-3 slips"}
    assert verdict.count(Harm.LOST) == 1
    assert not verdict.is_clean
    assert isinstance(verdict.findings[0], Finding)
