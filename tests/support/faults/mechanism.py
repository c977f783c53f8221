"""What the mechanism promises, checked over all stores at once.

Every event has a cause that is on record, was sent, and reached each of its subscribers once; every
answered command is on record and had its effect once; every deadline that came has fired.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.documents import canonical_json
from tests.support.faults.findings import Checks, Expected, Finding, Harm
from tests.support.faults.stores import Stores, grouped, more_than_once

MECHANISM: Final = Checks()

EFFECT_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "intake.register_petition": ("petition_registered.v1", "visit_recorded.v1"),
    "intake.record_visit": ("visit_recorded.v1",),
    "intake.split_petition": ("petition_split.v1",),
    "intake.evaluate_handling": ("handling_evaluated.v1",),
    "triage.sort_petition": ("petition_sorted.v1",),
    "triage.decide_objection": ("objection_decided.v1",),
    "reception.publish_sessions": ("sessions_published.v1",),
    "reception.deliver_card": ("card_delivered.v1",),
    "reception.record_preliminary_opinion": ("preliminary_opinion_recorded.v1",),
    "reception.notify_appointment": ("appointment_notified.v1",),
    "reception.hold_reception": ("reception_held.v1",),
    "supervision.accept_transfer": ("transfer_accepted.v1",),
    "supervision.object_to_transfer": ("transfer_objected.v1",),
    "supervision.acknowledge_slip": ("slip_acknowledged.v1",),
    "supervision.return_slip": ("slip_returned.v1",),
    "supervision.report_result": ("result_reported.v1",),
    "supervision.grant_extension": ("extension_granted.v1",),
    "supervision.record_promise": ("promise_made.v1",),
    "supervision.deliver_opinion": ("opinion_delivered.v1",),
    "supervision.close_case": ("case_closed.v1",),
    "supervision.archive_case": ("case_archived.v1",),
    "accountability.answer_circular": ("circular_answered.v1",),
    "accountability.issue_circular": ("circular_issued.v1",),
}
"""What each of these commands records when it is carried out: one event of one of these types."""

MAY_TELL_NOTHING: Final = frozenset({"reception.publish_sessions"})
"""Of these a repetition in other words has nothing new to tell."""

_SETTLED: Final = ("handled", "refused")


@MECHANISM.of("unsent")
def every_event_was_sent(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find recorded events that never left their store."""
    for row in stores.published:
        if row["sent_at"] is None:
            yield Finding("unsent", Harm.LOST, f"{row['type']} of {row['service']} {_about(row)}")


@MECHANISM.of("delivered")
def every_event_reached_every_subscriber(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find events that a subscriber has no record of, or has set aside."""
    records = {
        (service, row["message_id"], row["consumer"]): row["outcome"]
        for service in stores.services
        for row in stores.rows(service, "processed_messages")
    }
    for row in stores.published:
        for consumer in stores.topology.subscribers(row["type"], row["node"]):
            if row["event_id"] in stores.unheard.get(consumer, ()):
                continue
            outcome = records.get((consumer, row["event_id"], consumer))
            what = f"{row['type']} {_about(row)} at {consumer}"
            if outcome is None:
                yield Finding("delivered", Harm.LOST, what)
            elif outcome == "parked":
                yield Finding("delivered", Harm.PARKED, what)
            elif outcome not in _SETTLED:
                yield Finding("delivered", Harm.LOST, f"{what} is still {outcome}")


@MECHANISM.of("handled_not_refused")
def no_event_was_refused(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find events that a handler refused: what one service did, another would not have."""
    for service in stores.services:
        for row in stores.rows(service, "processed_messages"):
            if row["outcome"] == "refused":
                what = f"{row['type']} {row['petition_no']} at {service}: {row['error']}"
                yield Finding("handled_not_refused", Harm.VIOLATION, what)


@MECHANISM.of("no_ghosts")
def every_handled_message_was_published(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find effects of messages that no store has recorded as its own."""
    known = {row["event_id"] for row in stores.published}
    for service in stores.services:
        for row in stores.rows(service, "processed_messages"):
            if row["message_id"] not in known:
                yield Finding("no_ghosts", Harm.DOUBLED, f"{row['type']} handled at {service}")


@MECHANISM.of("parked")
def nothing_is_parked_but_the_poison(stores: Stores, expected: Expected) -> Iterator[Finding]:
    """Find messages and deadlines set aside that were not sent as poison."""
    parked = [
        (service, row)
        for service in stores.services
        for row in stores.rows(service, "parked_messages")
        if row["settled_at"] is None
    ]
    sound = {row["event_id"] for row in stores.published}
    for service, row in parked:
        if row["message_id"] in sound or row["type"].startswith("deadline."):
            what = f"{row['type']} {row['petition_no']} at {service}: {row['reason']}"
            yield Finding("parked", Harm.PARKED, what)
    if len(parked) > expected.poison:
        what = f"{len(parked)} are parked, {expected.poison} were sent as poison"
        yield Finding("parked", Harm.PARKED, what)
    elif len(parked) < expected.poison:
        what = f"{len(parked)} are parked of {expected.poison} sent as poison"
        yield Finding("parked", Harm.LOST, what)


@MECHANISM.of("early")
def nothing_waits_for_a_predecessor(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find messages stored early whose predecessor has not come."""
    for service in stores.services:
        for row in stores.rows(service, "early_messages"):
            if row["settled_at"] is None:
                what = f"{row['type']} {row['petition_no']} at {service} waits"
                yield Finding("early", Harm.LOST, what)


@MECHANISM.of("caused")
def every_event_has_its_cause_on_record(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find events whose cause was rolled back: news of what did not happen."""
    causes = {service: _causes(stores, service) for service in stores.services}
    for row in stores.published:
        cause = row["envelope"]["causation_id"]
        if cause is not None and cause not in causes[row["service"]]:
            what = f"{row['type']} {_about(row)} of {row['service']}"
            yield Finding("caused", Harm.DOUBLED, what)


@MECHANISM.of("told_once")
def nothing_is_told_twice(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find events of the same content from the same cause."""
    told = (
        (
            row["service"],
            row["type"],
            row["petition_no"],
            row["envelope"]["causation_id"],
            canonical_json(row["envelope"]["data"]),
        )
        for row in stores.published
    )
    for (service, wire_type, petition_no, *_rest), count in more_than_once(told):
        what = f"{wire_type} {petition_no} of {service} {count} times"
        yield Finding("told_once", Harm.DOUBLED, what)


@MECHANISM.of("versions")
def versions_count_without_gap(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find holes and repetitions in how a source counts its events of a petition."""
    for service in stores.services:
        outbox = stores.rows(service, "outbox_messages")
        last = {row["petition_no"]: row["version"] for row in stores.rows(service, "case_versions")}
        for (petition_no,), rows in grouped(outbox, "petition_no").items():
            found = Counter(row["case_version"] for row in rows)
            due = last.pop(petition_no or "", 0)
            missing = set(range(1, due + 1)) - set(found)
            if missing:
                what = f"{petition_no} of {service}: {sorted(missing)}"
                yield Finding("versions", Harm.LOST, what)
            if len(rows) > due:
                yield Finding("versions", Harm.DOUBLED, f"{petition_no} of {service}")
        for petition_no in last:
            yield Finding("versions", Harm.LOST, f"every event of {petition_no} of {service}")


@MECHANISM.of("accepted")
def every_answered_command_is_on_record(stores: Stores, expected: Expected) -> Iterator[Finding]:
    """Find commands a caller was answered that the store does not know."""
    replied = {
        (service, row["request_id"])
        for service in stores.services
        for row in stores.rows(service, "commands")
        if row["outcome"] == "replied"
    }
    for service, request_id, wire_name in sorted(expected.accepted):
        if (service, request_id) not in replied:
            yield Finding("accepted", Harm.LOST, f"{wire_name} {request_id} at {service}")


@MECHANISM.of("effect_once")
def every_command_had_its_effect_once(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find commands carried out whose event is missing, or there more than once."""
    effects: Counter[tuple[str, str, str]] = Counter(
        (row["service"], row["envelope"]["causation_id"] or "", row["type"])
        for row in stores.published
    )
    for service in stores.services:
        for row in stores.rows(service, "commands"):
            types = EFFECT_OF.get(row["method"])
            if types is None or row["outcome"] != "replied":
                continue
            count = sum(effects[service, row["request_id"], wire_type] for wire_type in types)
            what = f"{row['method']} {row['request_id']}: {count} {types[0]}"
            if count == 0 and row["method"] not in MAY_TELL_NOTHING:
                yield Finding("effect_once", Harm.LOST, what)
            elif count > 1 and row["method"] not in MAY_TELL_NOTHING:
                yield Finding("effect_once", Harm.DOUBLED, what)


@MECHANISM.of("answered")
def every_carried_out_command_has_its_answer(
    stores: Stores, _expected: Expected
) -> Iterator[Finding]:
    """Find commands on record as replied without the reply that a repetition would get."""
    for service in stores.services:
        for row in stores.rows(service, "commands"):
            if row["outcome"] == "replied" and row["reply"] is None:
                yield Finding("answered", Harm.LOST, f"{row['method']} {row['request_id']}")


@MECHANISM.of("deadlines")
def every_deadline_that_came_has_fired(stores: Stores, expected: Expected) -> Iterator[Finding]:
    """Find deadlines that were swept over, failed, or were set twice."""
    for service in stores.services:
        rows = stores.rows(service, "deadlines")
        for row in rows:
            what = f"{row['kind']} {row['subject']} of {service}"
            if row["state"] == "failed":
                yield Finding("deadlines", Harm.LOST, f"{what} failed")
            elif (
                row["state"] == "pending"
                and expected.swept_until is not None
                and row["fires_at"] <= expected.swept_until
            ):
                yield Finding("deadlines", Harm.LOST, f"{what} has not fired")
        pending = ((row["kind"], row["subject"]) for row in rows if row["state"] == "pending")
        for (kind, subject), _count in more_than_once(pending):
            yield Finding("deadlines", Harm.DOUBLED, f"{kind} {subject} of {service} runs twice")


def _causes(stores: Stores, service: str) -> set[str]:
    return {
        *(
            row["request_id"]
            for row in stores.rows(service, "commands")
            if row["outcome"] == "replied"
        ),
        *(
            row["message_id"]
            for row in stores.rows(service, "processed_messages")
            if row["outcome"] == "handled"
        ),
        *(
            f"deadline:{row['deadline_no']}"
            for row in stores.rows(service, "deadlines")
            if row["state"] == "fired"
        ),
    }


def _about(row: Mapping[str, Any]) -> str:
    return f"{row['petition_no'] or '-'} #{row['case_version']}"


def absorbed(counts: Mapping[tuple[str, str], float]) -> dict[str, int]:
    """Sum duplicate deliveries and repeated commands by service, from their metrics."""
    found: dict[str, int] = defaultdict(int)
    for (service, outcome), count in counts.items():
        if outcome in ("duplicate", "repeated"):
            found[service] += int(count)
    return dict(found)
