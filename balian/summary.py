"""What a played casebook came to, counted from the ledger and from what the services report.

Nothing here knows a particular casebook: every figure is a count of events, or of work left over.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from balian.ledger import Ledger

CARDS_IN_A_SET: Final = 4
SLIPS_IN_A_SET: Final = 8


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    """What the services still hold after the last line, summed over all of them."""

    parked: int
    unsent: int
    early: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of one play; the names are the keys of the JSON object."""

    casebook: str
    title: str
    played_lines: int
    petitions: int
    visits: int
    by_form: Mapping[str, int]
    by_outcome: Mapping[str, int]
    card_sets: int
    card_sets_of_four: int
    meetings: int
    answered_on_spot: int
    decisions: int
    absences: int
    slip_sets: int
    slip_sets_of_eight_posts: int
    slip_sets_recalled: int
    extensions: int
    overdue_cases: int
    promises_made: int
    promises_broken: int
    circulars_proposed: int
    circulars_approved: int
    circulars_rejected: int
    circulars_issued: int
    cases_opened: int
    cases_open: int
    cases_closed: int
    cases_archived: int
    refusals: int
    refusals_by_name: Mapping[str, int]
    events: int
    events_by_type: Mapping[str, int]
    messages_parked: int
    outbox_unsent: int
    early_waiting: int
    nodes: Sequence[str]
    duration_seconds: float

    def as_mapping(self) -> dict[str, Any]:
        """Give the summary as plain values."""
        return dataclasses.asdict(self)

    def as_json(self) -> str:
        """Give the summary as one JSON object."""
        return json.dumps(self.as_mapping(), ensure_ascii=False, indent=2)


def summarise(
    *,
    casebook: str,
    title: str,
    ledger: Ledger,
    left_over: LeftOver,
    played_lines: int,
    refusals: Iterable[str],
    duration_seconds: float,
) -> Summary:
    """Count what a play came to.

    Args:
        casebook: the file's name.
        title: what the casebook calls itself.
        ledger: every event published.
        left_over: what the services still hold.
        played_lines: how many lines were played, the header not counted.
        refusals: the error names of the refused calls.
        duration_seconds: how long it took.
    """
    by_type = Counter(str(event["type"]) for event in ledger.events)
    refused = Counter(refusals)
    registered = ledger.of_type("petition_registered.v1")
    revisits = ledger.of_type("visit_recorded.v1")
    cards = ledger.of_type("cards_issued.v1")
    slips = ledger.of_type("slips_issued.v1")
    opened = _petitions(ledger, "case_opened.v1")
    closed = _petitions(ledger, "case_closed.v1")
    return Summary(
        casebook=casebook,
        title=title,
        played_lines=played_lines,
        petitions=len(registered),
        visits=len(registered) + len(revisits),
        by_form=_counts(data["form"] for data in registered),
        by_outcome=_counts(data["outcome"] for data in ledger.of_type("petition_sorted.v1")),
        card_sets=len(cards),
        card_sets_of_four=sum(_is_full_card_set(data) for data in cards),
        meetings=by_type["reception_held.v1"],
        answered_on_spot=by_type["answered_on_spot.v1"],
        decisions=by_type["decision_made.v1"],
        absences=by_type["party_absent.v1"],
        slip_sets=len(slips),
        slip_sets_of_eight_posts=sum(_is_full_slip_set(data) for data in slips),
        slip_sets_recalled=by_type["slips_recalled.v1"],
        extensions=by_type["extension_granted.v1"],
        overdue_cases=len(_petitions(ledger, "case_overdue.v1")),
        promises_made=by_type["promise_made.v1"],
        promises_broken=by_type["promise_broken.v1"],
        circulars_proposed=by_type["circular_proposed.v1"],
        circulars_approved=by_type["circular_approved.v1"],
        circulars_rejected=by_type["circular_rejected.v1"],
        circulars_issued=by_type["circular_issued.v1"],
        cases_opened=len(opened),
        cases_open=len(opened - closed),
        cases_closed=len(closed),
        cases_archived=len(_petitions(ledger, "case_archived.v1")),
        refusals=refused.total(),
        refusals_by_name=_counts(refused.elements()),
        events=len(ledger.events),
        events_by_type=_counts(by_type.elements()),
        messages_parked=left_over.parked,
        outbox_unsent=left_over.unsent,
        early_waiting=left_over.early,
        nodes=sorted({data["node"] for data in ledger.of_type("node_opened.v1")}),
        duration_seconds=round(duration_seconds, 1),
    )


def _petitions(ledger: Ledger, wire_type: str) -> set[str]:
    return {data["petition_no"] for data in ledger.of_type(wire_type)}


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _is_full_card_set(data: Mapping[str, Any]) -> bool:
    cards = data["cards"]
    return len(cards) == CARDS_IN_A_SET == len({card["kind"] for card in cards})


def _is_full_slip_set(data: Mapping[str, Any]) -> bool:
    slips = data["slips"]
    return len(slips) == SLIPS_IN_A_SET == len({slip["post"] for slip in slips})
