"""The invariants of procedure §3.3 as far as stores can show them, and what follows across stores.

Each check is registered under the invariant's number as the requirement gives it.
A check compares what several tables, or several stores, say of the same thing; that a unique
constraint already holds within one table is no reason to leave it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from shared.contracts.common import SlipPost
from shared.contracts.reception import CardKind
from tests.support.faults.findings import Checks, Expected, Finding, Harm
from tests.support.faults.stores import Row, Stores, grouped, more_than_once

PROCEDURE: Final = Checks()

_MOST_REPRESENTATIVES: Final = 5
_LONGEST_EXTENSION: Final = 30
_PRINCIPAL_POSTS: Final = frozenset(
    {"party_secretary", "county_head", "township_party_secretary", "township_head"}
)
_HAS_NO_CARDS: Final = frozenset({"awaiting_session", "handed_over"})
_LEADER_OUTCOMES: Final = frozenset({"leader_in_charge", "principal_leader"})
_CASE_OUTCOMES: Final = _LEADER_OUTCOMES | {"forward", "assign"}


@PROCEDURE.of("I-1")
def every_visit_is_registered(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find holes and repetitions in the register, and entries that were not announced once."""
    petitions = stores.rows("intake", "petitions")
    last = {row["on"]: row["last"] for row in _renamed(stores.rows("intake", "day_counts"))}
    for (day,), rows in grouped(petitions, "registered_on").items():
        numbers = sorted(row["day_number"] for row in rows)
        due = last.pop(day, 0)
        missing = set(range(1, due + 1)) - set(numbers)
        if missing:
            yield Finding("I-1", Harm.LOST, f"numbers {sorted(missing)} of {day}")
        for number, _count in more_than_once(numbers):
            yield Finding("I-1", Harm.DOUBLED, f"number {number} of {day}")
    for day in last:
        yield Finding("I-1", Harm.LOST, f"every petition of {day}")
    told = [data["petition_no"] for data in stores.data_of("petition_registered.v1")]
    registered = {row["petition_no"] for row in petitions}
    yield from _each_once("I-1", registered, told)
    visits = stores.rows("intake", "visits")
    yield from _twice("I-1", (row["visit_no"] for row in visits))
    yield from _absent("I-1", registered, {row["petition_no"] for row in visits})


@PROCEDURE.of("I-2")
def a_repeat_is_linked_to_an_earlier_petition(
    stores: Stores, _expected: Expected
) -> Iterator[Finding]:
    """Find links to petitions that are not there, or that came later."""
    petitions = {row["petition_no"]: row for row in stores.rows("intake", "petitions")}
    for number, row in petitions.items():
        earlier = petitions.get(row["linked_to"] or number)
        if earlier is None or earlier["registered_at"] > row["registered_at"]:
            yield Finding("I-2", Harm.VIOLATION, f"{number} is linked to {row['linked_to']}")
        elif row["linked_to"] == number:
            yield Finding("I-2", Harm.VIOLATION, f"{number} is linked to itself")
    for (number,), rows in grouped(stores.rows("intake", "visits"), "petition_no").items():
        positions = sorted(row["position"] for row in rows)
        if positions != list(range(1, len(positions) + 1)):
            yield Finding("I-2", Harm.VIOLATION, f"the visits of {number} count {positions}")


@PROCEDURE.of("I-3 cards")
def cards_are_of_exactly_four_kinds(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find card sets in which a kind is missing or there twice."""
    for reception in stores.receptions:
        cards = grouped(
            (row for row in stores.rows(reception, "cards") if row["copy"] == 0), "set_no"
        )
        for row in stores.rows(reception, "card_sets"):
            kinds = [card["kind"] for card in cards.get((row["set_no"],), [])]
            yield from _complete("I-3 cards", row["set_no"], kinds, set(CardKind))


@PROCEDURE.of("I-3 slips")
def slips_are_eight_with_distinct_posts(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find slip sets in which a post is missing or served twice."""
    slips = grouped(
        (row for row in stores.rows("supervision", "slips") if not row["is_copy"]), "set_no"
    )
    for row in stores.rows("supervision", "slip_sets"):
        posts = [slip["post"] for slip in slips.get((row["set_no"],), [])]
        yield from _complete("I-3 slips", row["set_no"], posts, set(SlipPost))


@PROCEDURE.of("I-4")
def the_steps_follow_in_order(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find meetings without cards, opinion and appointment before them, and slips before them."""
    held: dict[str, Row] = {}
    for reception in stores.receptions:
        sets = {row["set_no"]: row for row in stores.rows(reception, "card_sets")}
        opinions = {
            row["opinion_no"]: row for row in stores.rows(reception, "preliminary_opinions")
        }
        appointments = {
            row["appointment_no"]: row for row in stores.rows(reception, "appointments")
        }
        for row in opinions.values():
            cards = sets.get(row["set_no"])
            if cards is None or cards["issued_at"] > row["recorded_at"]:
                yield Finding("I-4", Harm.VIOLATION, f"{row['opinion_no']} without cards before")
        for row in appointments.values():
            opinion = opinions.get(row["opinion_no"])
            if opinion is None or opinion["recorded_at"] > row["notified_at"]:
                yield Finding(
                    "I-4", Harm.VIOLATION, f"{row['appointment_no']} without an opinion before"
                )
        for row in stores.rows(reception, "receptions"):
            held[row["petition_no"]] = row
            appointment = appointments.get(row["appointment_no"])
            if appointment is None or appointment["notified_at"] > row["held_at"]:
                yield Finding(
                    "I-4", Harm.VIOLATION, f"{row['record_no']} without an appointment before"
                )
    for row in stores.rows("supervision", "slip_sets"):
        meeting = held.get(row["petition_no"])
        if meeting is None or meeting["held_on"] > row["issued_on"]:
            yield Finding("I-4", Harm.VIOLATION, f"{row['set_no']} without a meeting before")


@PROCEDURE.of("I-5")
def nothing_is_archived_with_a_slip_out(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find archived cases of which a slip is neither kept, recalled nor lost and noted."""
    sets = {
        row["set_no"]: (row["petition_no"], row["case_no"])
        for row in stores.rows("supervision", "slip_sets")
    }
    archived = {
        (row["petition_no"], row["case_no"])
        for row in stores.rows("supervision", "cases")
        if row["archived_on"] is not None
    }
    for row in stores.rows("supervision", "slips"):
        is_in = row["state"] in ("recalled", "kept") or row["lost"] or row["is_copy"]
        if sets.get(row["set_no"]) in archived and not is_in:
            yield Finding("I-5", Harm.VIOLATION, f"{row['slip_no']} is {row['state']}")


@PROCEDURE.of("I-6")
def an_extension_is_one_and_short(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find cases extended twice, for more than 30 days, or after they were due."""
    entries = [
        row for row in stores.rows("supervision", "case_entries") if row["step"] == "extended"
    ]
    for (petition_no, case_no), rows in grouped(entries, "petition_no", "case_no").items():
        if len(rows) > 1:
            what = f"{petition_no}/{case_no} {len(rows)} times"
            yield Finding("I-6", Harm.DOUBLED, what)
        for row in rows:
            if row["facts"].get("days", 0) > _LONGEST_EXTENSION:
                yield Finding("I-6", Harm.VIOLATION, f"{petition_no}/{case_no} too long")
    extended = {(row["petition_no"], row["case_no"]): row["at"] for row in entries}
    for row in stores.rows("supervision", "cases"):
        key = (row["petition_no"], row["case_no"])
        if row["extended"] != (key in extended):
            yield Finding("I-6", Harm.VIOLATION, f"{key[0]}/{key[1]} without its entry")
    for row in stores.rows("supervision", "overdue_marks"):
        at = extended.get((row["petition_no"], row["case_no"]))
        if at is not None and row["marked_at"] < at:
            yield Finding("I-6", Harm.VIOLATION, f"{row['petition_no']} extended when overdue")


@PROCEDURE.of("I-7")
def overdue_is_never_taken_back(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find cases, sortings and standings that forgot that they were overdue."""
    marked = {
        (row["petition_no"], row["case_no"]) for row in stores.rows("supervision", "overdue_marks")
    }
    for row in stores.rows("supervision", "cases"):
        key = (row["petition_no"], row["case_no"])
        if (key in marked) != row["was_overdue"]:
            yield Finding("I-7", Harm.VIOLATION, f"{key[0]}/{key[1]} and its marks")
    marks = [
        (row["petition_no"], str(row["clock"]), row["due_on"].isoformat())
        for row in stores.rows("supervision", "overdue_marks")
    ]
    told = [
        (data["petition_no"], data["clock"], data["due_on"])
        for data in stores.data_of("case_overdue.v1")
    ]
    yield from _each_once("I-7", set(marks), told)
    late = {row["petition_no"] for row in stores.rows("supervision", "overdue_marks")}
    standings = {
        row["petition_no"]
        for row in stores.rows("intake", "petition_standings")
        if row["was_overdue"]
    }
    yield from _absent("I-7", late, standings)
    sorting = {
        row["petition_no"] for row in stores.rows("triage", "triaged_petitions") if row["overdue"]
    }
    told_late = {data["petition_no"] for data in stores.data_of("sorting_overdue.v1")}
    yield from _absent("I-7", told_late, sorting)
    yield from _absent("I-7", sorting, told_late)


@PROCEDURE.of("I-8")
def overdue_has_its_circular_and_its_promise(
    stores: Stores, _expected: Expected
) -> Iterator[Finding]:
    """Find overdue cases without a ground, slip cases without a proposal, and duties forgotten.

    A forwarded or assigned matter leaves its ground and no proposal (D-19).  The duty to explain
    is fulfilled by a promise, told as overdue after five working days, or still running.
    """
    grounds = {
        (row["petition_no"], row["occasion"]): row
        for row in stores.rows("accountability", "grounds")
    }
    circulars = {row["circular_no"] for row in stores.rows("accountability", "circulars")}
    for data in stores.data_of("case_overdue.v1"):
        what = f"{data['petition_no']} {data['clock']}"
        ground = grounds.get((data["petition_no"], f"{data['clock']}:{data['due_on']}"))
        if ground is None:
            yield Finding("I-8", Harm.LOST, f"the ground of {what}")
        elif data["route"] == "leader" and ground["circular_no"] not in circulars:
            yield Finding("I-8", Harm.LOST, f"the circular of {what}")
    promised = {
        (row["petition_no"], row["case_no"]) for row in stores.rows("supervision", "promises")
    }
    for row in stores.rows("supervision", "cases"):
        key = (row["petition_no"], row["case_no"])
        ended = row["result_reported_on"] or row["opinion_delivered_on"]
        if row["was_overdue"] and not (key in promised or row["explanation_owed"] or ended):
            yield Finding("I-8", Harm.LOST, f"the duty to explain {key[0]}")


@PROCEDURE.of("I-9")
def a_promise_is_of_a_day_to_come(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find promises of a day that was not ahead when they were made."""
    for row in stores.rows("supervision", "promises"):
        if row["promised_on"] <= row["made_on"]:
            yield Finding("I-9", Harm.VIOLATION, str(row["promise_no"]))


@PROCEDURE.of("I-10")
def no_text_stands_in_the_clear(stores: Stores, expected: Expected) -> Iterator[Finding]:
    """Find names, phones, petition texts and accusations that any table holds unsealed."""
    for service, tables in stores.tables.items():
        for table, rows in tables.items():
            text = repr(rows)
            for canary in expected.canaries:
                if canary in text:
                    yield Finding("I-10", Harm.VIOLATION, f"{service}.{table}")


@PROCEDURE.of("I-11")
def no_published_sitting_is_vacant(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find sittings on the notice board at which nobody sits, or nobody is named."""
    for reception in stores.receptions:
        seats = {row["session"] for row in stores.rows(reception, "session_seats")}
        notices = {row["session"] for row in stores.rows(reception, "session_notices")}
        for row in stores.rows(reception, "session_publications"):
            if row["session"] not in seats & notices:
                yield Finding("I-11", Harm.VIOLATION, f"{row['session']} of {reception}")


@PROCEDURE.of("I-12")
def representatives_are_five_at_most(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find lists of more than five, and lists whose people are not all there."""
    people = grouped(stores.rows("intake", "representatives"), "petition_no", "version")
    for row in stores.rows("intake", "representative_lists"):
        key = (row["petition_no"], row["version"])
        count = len(people.get(key, []))
        if count > _MOST_REPRESENTATIVES:
            yield Finding("I-12", Harm.VIOLATION, f"{key[0]} has {count}")
        if count != row["count"]:
            yield Finding("I-12", Harm.LOST, f"{key[0]} has {count} of {row['count']}")


@PROCEDURE.of("I-13")
def the_leader_comes_from_the_portfolio(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find sortings to a leader who holds neither portfolio nor post, nor deputises for who does.

    And find cards before another leader than the one that sorting named, unless it named a rota.
    """
    directories = {
        row["version"]: row["content"] for row in stores.rows("triage", "directory_versions")
    }
    for row in stores.rows("triage", "sorting_entries"):
        if row["outcome"] not in _LEADER_OUTCOMES:
            continue
        leaders = directories[row["directory_version"]]["leaders"]
        held = {one["code"] for one in leaders if _receives(one, row)}
        deputies = {one.get("deputy") for one in leaders if one["code"] in held}
        if row["leader"] not in held | deputies:
            yield Finding("I-13", Harm.VIOLATION, f"{row['petition_no']} before {row['leader']}")
    for reception in stores.receptions:
        routed = {row["routing_no"]: row["leader"] for row in stores.rows(reception, "routings")}
        by_rota = {
            row["routing_no"] for row in stores.rows(reception, "routings") if row["whoever_sits"]
        }
        for row in stores.rows(reception, "card_sets"):
            if row["routing_no"] in by_rota:
                continue
            if routed.get(row["routing_no"]) != row["leader"]:
                yield Finding("I-13", Harm.VIOLATION, f"{row['set_no']} before {row['leader']}")


@PROCEDURE.of("I-14")
def the_lead_unit_is_exactly_one(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find decisions and cases without a lead unit, or with one that is also a co-unit."""
    tables = [
        *(("lead_unit", row) for name in stores.receptions for row in _meetings(stores, name)),
        *(("unit", row) for row in stores.rows("supervision", "cases")),
    ]
    for column, row in tables:
        if not row[column] or row[column] in row["co_units"]:
            yield Finding("I-14", Harm.VIOLATION, str(row["petition_no"]))


@PROCEDURE.of("I-15")
def only_the_petitioner_evaluates_once(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find evaluations by someone else, and grades that no call gave."""
    commands = [
        row
        for row in stores.rows("intake", "commands")
        if row["method"] == "intake.evaluate_handling" and row["outcome"] == "replied"
    ]
    for row in commands:
        if not row["actor"].startswith("petitioner:"):
            yield Finding("I-15", Harm.VIOLATION, f"{row['request_id']} by {row['actor']}")
    evaluations = stores.rows("intake", "evaluations")
    if len(evaluations) != len(commands):
        harm = Harm.LOST if len(evaluations) < len(commands) else Harm.DOUBLED
        yield Finding("I-15", harm, f"{len(evaluations)} grades of {len(commands)} given")
    keys = ((row["petition_no"], str(row["party"])) for row in evaluations)
    yield from _twice("I-15", keys)


@PROCEDURE.of("I-16")
def the_register_only_grows(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find entries that differ from what was announced, and versions with holes."""
    petitions = {row["petition_no"]: row for row in stores.rows("intake", "petitions")}
    for data in stores.data_of("petition_registered.v1"):
        row = petitions.get(data["petition_no"])
        if row is None:
            yield Finding("I-16", Harm.LOST, f"the entry of {data['petition_no']}")
        elif (
            row["registered_on"].isoformat(),
            row["territory"],
            row["form"],
            row["headcount"],
        ) != (
            data["registered_on"],
            data["territory"],
            data["form"],
            data["headcount"],
        ):
            yield Finding("I-16", Harm.VIOLATION, f"the entry of {data['petition_no']} changed")
    for table in ("petition_contents", "representative_lists"):
        for (number,), rows in grouped(stores.rows("intake", table), "petition_no").items():
            versions = sorted(row["version"] for row in rows)
            if versions != list(range(1, len(versions) + 1)):
                yield Finding("I-16", Harm.LOST, f"{table} of {number}: {versions}")
    contents = {row["petition_no"] for row in stores.rows("intake", "petition_contents")}
    yield from _absent("I-16", petitions, contents)


@PROCEDURE.of("I-17")
def nothing_is_issued_twice(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find second cards, slips, circulars and papers of one cause."""
    for reception in stores.receptions:
        sets = stores.rows(reception, "card_sets")
        in_force = (row["petition_no"] for row in sets if row["voided_at"] is None)
        yield from _twice("I-17", in_force)
        yield from _twice("I-17", (row["petition_no"] for row in _meetings(stores, reception)))
        hours = (
            (row["session"], row["leader"], row["starts_at"])
            for row in stores.rows(reception, "docket_hours")
            if row["released_at"] is None
        )
        yield from _twice("I-17", hours)
    slips = stores.rows("supervision", "slip_sets")
    yield from _twice("I-17", ((row["petition_no"], row["case_no"]) for row in slips))
    grounds = stores.rows("accountability", "grounds")
    yield from _twice(
        "I-17", ((row["petition_no"], row["kind"], row["occasion"]) for row in grounds)
    )
    issued = [data["circular_no"] for data in stores.data_of("circular_issued.v1")]
    yield from _twice("I-17", issued)
    on_record = {
        row["circular_no"]
        for row in stores.rows("accountability", "circulars")
        if row["issued_on"] is not None
    }
    yield from _each_once("I-17", on_record, issued)
    proposed = [data["circular_no"] for data in stores.data_of("circular_proposed.v1")]
    circulars = {row["circular_no"] for row in stores.rows("accountability", "circulars")}
    yield from _absent("I-17", circulars, set(proposed))
    for service in stores.services:
        papers = stores.tables[service].get("issued_documents", [])
        yield from _twice("I-17", (row["document_no"] for row in papers))


@PROCEDURE.of("sorted_or_waiting")
def a_registered_petition_is_sorted_or_waits(
    stores: Stores, _expected: Expected
) -> Iterator[Finding]:
    """Find petitions that triage does not know, and sortings that were not announced once."""
    registered = {row["petition_no"] for row in stores.rows("intake", "petitions")}
    known = {row["petition_no"] for row in stores.rows("triage", "triaged_petitions")}
    yield from _absent("sorted_or_waiting", registered, known)
    standings = {row["petition_no"] for row in stores.rows("intake", "petition_standings")}
    yield from _absent("sorted_or_waiting", registered, standings)
    entries = stores.rows("triage", "sorting_entries")
    count = grouped(entries, "petition_no")
    for row in stores.rows("triage", "triaged_petitions"):
        found = len(count.get((row["petition_no"],), []))
        if found != row["sortings"]:
            harm = Harm.LOST if found < row["sortings"] else Harm.DOUBLED
            yield Finding("sorted_or_waiting", harm, f"sortings of {row['petition_no']}")
    told = grouped(stores.events("petition_sorted.v1"), "petition_no")
    for (number,), rows in count.items():
        if len(told.get((number,), [])) != len(rows):
            what = f"{number} is sorted {len(rows)} times and told {len(told.get((number,), []))}"
            yield Finding("sorted_or_waiting", Harm.LOST, what)


@PROCEDURE.of("routed_to_cards")
def a_routed_petition_has_its_cards(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find routed petitions that their node forgot, or that have no set of four live cards."""
    for reception, node in zip(stores.receptions, stores.nodes, strict=True):
        routed = [
            row["petition_no"] for row in stores.events("petition_routed.v1") if row["node"] == node
        ]
        preparations = {row["petition_no"]: row for row in stores.rows(reception, "preparations")}
        yield from _absent("routed_to_cards", set(routed), preparations)
        in_force = {
            row["petition_no"]
            for row in stores.rows(reception, "card_sets")
            if row["voided_at"] is None
        }
        for number, row in preparations.items():
            if row["state"] not in _HAS_NO_CARDS and number not in in_force:
                yield Finding("routed_to_cards", Harm.LOST, f"the cards of {number}")
        sets = {row["set_no"] for row in stores.rows(reception, "card_sets")}
        told = [
            row["envelope"]["data"]["set_no"] for row in stores.events("cards_issued.v1", reception)
        ]
        yield from _each_once("routed_to_cards", sets, told)


@PROCEDURE.of("handed_over")
def what_a_retired_node_gave_up_went_on(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find petitions that a node handed over and did not tell of, or that nobody took back."""
    taken = stores.rows("triage", "hand_overs")
    for reception, node in zip(stores.receptions, stores.nodes, strict=True):
        given = [row["petition_no"] for row in stores.rows(reception, "hand_overs")]
        left = {
            row["petition_no"]
            for row in stores.rows(reception, "preparations")
            if row["state"] == "handed_over"
        }
        yield from _absent("handed_over", left, set(given))
        told = [data["petition_no"] for data in stores.data_of("work_handed_over.v1", reception)]
        yield from _absent("handed_over", set(given), set(told))
        if len(told) > len(given):
            yield Finding("handed_over", Harm.DOUBLED, f"{len(told)} of {len(given)} at {node}")
        back = {row["petition_no"] for row in taken if row["node"] == node}
        yield from _absent("handed_over", set(given), back)


@PROCEDURE.of("decided_to_slips")
def a_decision_has_its_slips(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find decisions of a meeting without their one set of eight slips, and slips of none."""
    decided = {
        row["petition_no"]
        for name in stores.receptions
        for row in _meetings(stores, name)
        if row["outcome"] == "decision"
    }
    waiting = {
        row["petition_no"]
        for row in stores.rows("supervision", "cases")
        if row["state"] == "awaiting_authorisation"
    }
    sets = stores.rows("supervision", "slip_sets")
    issued = {row["petition_no"] for row in sets}
    yield from _absent("decided_to_slips", decided - waiting, issued)
    yield from _absent("decided_to_slips", issued, decided)
    told = [data["set_no"] for data in stores.data_of("slips_issued.v1")]
    yield from _each_once("decided_to_slips", {row["set_no"] for row in sets}, told)


@PROCEDURE.of("sorted_to_case")
def what_a_unit_handles_is_a_case(stores: Stores, _expected: Expected) -> Iterator[Finding]:
    """Find forwarded, assigned and routed petitions that supervision does not follow once each."""
    entries = stores.rows("triage", "sorting_entries")
    due = grouped((row for row in entries if row["outcome"] in _CASE_OUTCOMES), "petition_no")
    cases = grouped(stores.rows("supervision", "cases"), "petition_no")
    for (number,), rows in due.items():
        found = cases.get((number,), [])
        if len(found) < len(rows):
            yield Finding("sorted_to_case", Harm.LOST, f"{number}: {len(found)} cases")
        if len(found) > len(rows):
            yield Finding("sorted_to_case", Harm.DOUBLED, f"{number}: {len(found)} cases")
        if sum(row["is_current"] for row in found) != 1:
            yield Finding("sorted_to_case", Harm.VIOLATION, f"{number}: which is current")


def _receives(leader: Row, sorting: Row) -> bool:
    if sorting["outcome"] == "principal_leader":
        return not _PRINCIPAL_POSTS.isdisjoint(leader.get("posts") or ())
    return sorting["field"] in (leader.get("portfolio") or ())


def _meetings(stores: Stores, reception: str) -> list[Row]:
    return stores.rows(reception, "receptions")


def _renamed(rows: list[Row]) -> Iterator[Row]:
    """Give the day of a count under one name, whatever its column is called."""
    for row in rows:
        day = next(value for name, value in row.items() if name != "last")
        yield {"on": day, "last": row["last"]}


def _complete(rule: str, what: object, found: list[Any], due: set[Any]) -> Iterator[Finding]:
    for missing in sorted(due - set(found)):
        yield Finding(rule, Harm.LOST, f"{missing} of {what}")
    for extra, _count in more_than_once(found):
        yield Finding(rule, Harm.DOUBLED, f"{extra} of {what}")


def _each_once(rule: str, due: set[Any], found: list[Any]) -> Iterator[Finding]:
    yield from _absent(rule, due, found)
    yield from _twice(rule, found)


def _absent(rule: str, due: Any, among: Any) -> Iterator[Finding]:
    for missing in sorted(set(due) - set(among)):
        yield Finding(rule, Harm.LOST, f"{missing}")


def _twice(rule: str, values: Any) -> Iterator[Finding]:
    for value, count in more_than_once(values):
        yield Finding(rule, Harm.DOUBLED, f"{value} {count} times")
