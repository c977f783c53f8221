"""A node that is retired: what it hands over, what it refuses, and what still reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.contracts import reception
from shared.contracts.base import Refusal
from shared.contracts.fields import NumbersUsed
from shared.contracts.triage import NodeRetiredV1
from shared.messaging.inbox import Handling
from tests.support.bench import at

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.reception import NodeBench

NO = "XF-20260601-0001"
OTHER_NO = "XF-20260601-0002"
MET_NO = "XF-20260601-0003"
MAYOR = "l_mayor_sanchakou"
FRIDAY = "sanchakou-20260605"
RETIRED_AT = at("2026-06-04 09:00")
HERE: dict[str, Any] = {"leader": MAYOR, "leader_in_charge": MAYOR, "organ": "sanchakou"}


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest) -> Iterator[NodeBench]:
    """A township's node with its directory and two published Fridays, on each kind of store."""
    from tests.support.reception import NodeBench  # noqa: PLC0415 - see the conftest.

    url = "sqlite://"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    made = NodeBench.at(url, "sanchakou")
    made.opens()
    yield made
    made.bench.close()


def retires(node: NodeBench, *, code: str = "sanchakou", event_id: str | None = None) -> Handling:
    """Hear that a node was retired."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    event = NodeRetiredV1(node=code, parent="county", retired_at=RETIRED_AT)
    return node.bench.event(usecases.on_node_retired, event, now=RETIRED_AT, event_id=event_id)


def announces(node: NodeBench, local: str) -> None:
    """Start the node, and let the sweep that follows tell of it."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.bench.engine.run(partial(usecases.announce, node=node.node))
    node.bench.sweep(at(local))


def starts_for_opening(node: NodeBench, opening: str, local: str) -> None:
    """Start the node for an opening of that name."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    node.node = replace(node.node, opening=opening)
    node.bench.deadline_handlers.update(usecases.deadlines_of(node.node))
    node.bench.start_engine()
    announces(node, local)


def open_work(node: NodeBench) -> reception.OpenWork:
    """Ask what is open."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.

    return node.bench.query(usecases.get_open_work, reception.GetOpenWork())


def hand_over_of(node: NodeBench, number: str = NO) -> reception.HandOverView:
    """Ask how a petition left."""
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.
    from tests.support.reception import case_facts  # noqa: PLC0415 - see the conftest.

    return node.bench.query(
        partial(usecases.get_hand_over, node=node.node),
        reception.GetHandOver(petition_no=number),
        facts=case_facts(),
    )


def handed_over(node: NodeBench) -> list[reception.WorkHandedOverV1]:
    return node.bench.recorded_of(reception.WorkHandedOverV1)


def types_recorded(node: NodeBench) -> list[str]:
    return [envelope.type for envelope in node.bench.recorded]


@pytest.mark.proves("D-30", "C-09", "D-21", "P-5")
def test_an_appointed_petition_goes_with_its_cards_void_and_its_petitioner_told(
    town: NodeBench,
) -> None:
    town.hears_routing(**HERE)
    town.delivers()
    town.records_opinion(consulting=MAYOR)
    appointment = town.notifies()

    retires(town)

    (left,) = handed_over(town)
    assert left.stood_at is reception.PreparationState.APPOINTED
    assert (left.node, left.routing_version) == ("sanchakou", 1)
    assert left.accepted_on == date(2026, 6, 3)
    assert [(used.kind, used.last) for used in left.numbers] == [
        ("AN", 1),
        ("CA", 1),
        ("HN", 1),
        ("PO", 1),
    ]
    assert [voided.set_no for voided in town.bench.recorded_of(reception.CardsVoidedV1)] == [
        f"{NO}-CA-1"
    ]
    shown = hand_over_of(town)
    assert (shown.document, shown.appointment_no) == (left.document, appointment.document.no)
    assert shown.text is not None
    assert "2026年6月5日（星期五）08:30" in shown.text
    assert "张某某：" in shown.text


@pytest.mark.proves("D-30", "C-13")
def test_what_met_its_leader_stays_with_the_node_and_all_else_goes(town: NodeBench) -> None:
    town.hears_routing(MET_NO, **HERE)
    town.records_opinion(MET_NO, consulting=MAYOR)
    town.notifies(MET_NO)
    town.attends(number=MET_NO)
    town.holds(MET_NO, actor=f"leader:{MAYOR}")
    town.hears_routing(NO, **HERE)
    town.hears_routing(OTHER_NO, **(HERE | {"leader": "l_absent"}))
    before = open_work(town)

    retires(town)

    assert (before.open, before.handed_over, before.received) == (2, 0, 1)
    after = open_work(town)
    assert (after.open, after.handed_over, after.received) == (0, 2, 1)
    assert after.retired_at == RETIRED_AT
    assert [left.petition_no for left in handed_over(town)] == [NO, OTHER_NO]
    assert handed_over(town)[1].document is None
    assert town.shows_reception(MET_NO).outcome is reception.ReceptionOutcome.DECISION


@pytest.mark.proves("D-30", "I-17")
def test_the_news_delivered_twice_hands_over_once(town: NodeBench) -> None:
    town.hears_routing(**HERE)

    first, second = (retires(town, event_id="retired-1") for _ in range(2))
    third = retires(town)

    assert (first, second, third) == (Handling.HANDLED, Handling.DUPLICATE, Handling.HANDLED)
    assert len(handed_over(town)) == 1


@pytest.mark.proves("D-30", "P-5")
def test_a_petition_still_in_the_queue_is_handed_over_as_it_arrives(town: NodeBench) -> None:
    retires(town)

    town.hears_routing(**HERE)

    (left,) = handed_over(town)
    assert left.stood_at is reception.PreparationState.AWAITING_SESSION
    assert left.document is None
    assert town.bench.recorded_of(reception.CardsIssuedV1) == []
    assert open_work(town).open == 0


@pytest.mark.proves("D-30")
def test_the_retirement_of_another_node_changes_nothing_here(town: NodeBench) -> None:
    town.hears_routing(**HERE)

    retires(town, code="baihe")

    assert handed_over(town) == []
    assert open_work(town).retired_at is None


@pytest.mark.proves("D-30")
def test_a_retired_node_begins_nothing_new(town: NodeBench) -> None:
    town.hears_routing(**HERE)
    retires(town)

    attempts: list[tuple[Callable[[], object], type[Refusal]]] = [
        (partial(town.plans, "2026-06-26", "2026-06-26"), reception.NodeRetired),
        (town.publishes, reception.NodeRetired),
        (town.plans_docket, reception.NodeRetired),
        (town.issues_cards, reception.PetitionHandedOver),
        (partial(town.records_opinion, consulting=MAYOR), reception.PetitionHandedOver),
        (town.notifies, reception.PetitionHandedOver),
        (partial(town.attends, now=at("2026-06-05 09:00")), reception.PetitionHandedOver),
        (partial(town.holds, actor=f"leader:{MAYOR}"), reception.PetitionHandedOver),
        (town.delivers, reception.CardVoid),
    ]
    for attempt, refused in attempts:
        with pytest.raises(refused):
            attempt()

    assert open_work(town).open == 0


@pytest.mark.proves("D-30", "L22-18")
def test_published_sessions_of_a_retired_node_leave_the_board(town: NodeBench) -> None:
    retires(town)

    (withdrawn,) = town.bench.recorded_of(reception.SessionsWithdrawnV1)
    assert withdrawn.sessions == (FRIDAY, "sanchakou-20260612")


@pytest.mark.proves("D-30")
def test_a_node_that_announces_itself_later_is_open_again(town: NodeBench) -> None:
    town.hears_routing(**HERE)
    retires(town)

    announces(town, "2026-06-04 10:00")
    town.plans("2026-06-26", "2026-06-26", now=at("2026-06-04 11:00"))
    town.hears_routing(case_version=3, now=at("2026-06-04 12:00"), **HERE)

    assert open_work(town).retired_at is None
    cards = town.bench.recorded_of(reception.CardsIssuedV1)
    assert [issued.set_no for issued in cards] == [f"{NO}-CA-1", f"{NO}-CA-2"]
    assert len(handed_over(town)) == 1


@pytest.mark.proves("D-30")
def test_a_retired_node_whose_metrics_moved_stays_retired(town: NodeBench) -> None:
    announces(town, "2026-06-02 10:00")
    retires(town)

    town.node = replace(town.node, metrics="elsewhere:9464")
    announces(town, "2026-06-04 10:00")

    assert open_work(town).retired_at is not None


@pytest.mark.proves("D-30")
def test_a_retired_node_opens_again_as_it_was_for_a_new_opening_and_not_for_a_restart(
    town: NodeBench,
) -> None:
    starts_for_opening(town, "first", "2026-06-02 10:00")
    opened = town.bench.recorded_of(reception.NodeOpenedV1)
    retires(town)

    starts_for_opening(town, "first", "2026-06-04 10:00")
    after_restart = open_work(town).retired_at
    starts_for_opening(town, "second", "2026-06-04 11:00")
    starts_for_opening(town, "second", "2026-06-04 12:00")

    assert after_restart == RETIRED_AT
    assert open_work(town).retired_at is None
    assert town.bench.recorded_of(reception.NodeOpenedV1) == [*opened, opened[-1]]


@pytest.mark.proves("D-30")
def test_an_opening_that_began_while_the_node_was_open_does_not_undo_its_retirement(
    town: NodeBench,
) -> None:
    starts_for_opening(town, "first", "2026-06-02 10:00")
    starts_for_opening(town, "second", "2026-06-02 11:00")
    retires(town)

    starts_for_opening(town, "second", "2026-06-04 10:00")

    assert open_work(town).retired_at == RETIRED_AT


@pytest.mark.proves("D-30")
def test_news_of_an_earlier_life_does_not_retire_a_node_that_opened_since(
    town: NodeBench,
) -> None:
    announces(town, "2026-06-04 10:00")
    town.hears_routing(**HERE)

    retires(town)

    assert handed_over(town) == []


@pytest.mark.proves("D-30", "D-21", "I-17")
def test_the_node_that_takes_over_counts_on_and_keeps_the_first_acceptance(
    town: NodeBench,
) -> None:
    town.hears_routing(
        accepted_on=date(2026, 5, 20),
        handed_over_by="baihe",
        numbers=(NumbersUsed(kind="CA", last=2), NumbersUsed(kind="PO", last=1)),
        **HERE,
    )

    opinion = town.records_opinion(consulting=MAYOR)
    town.notifies()
    town.attends()
    town.holds(actor=f"leader:{MAYOR}", due_on=date(2026, 7, 17))

    (issued,) = town.bench.recorded_of(reception.CardsIssuedV1)
    assert issued.set_no == f"{NO}-CA-3"
    assert opinion.document.no == f"{NO}-PO-2"
    (decided,) = town.bench.recorded_of(reception.DecisionMadeV1)
    assert decided.accepted_on == date(2026, 5, 20)


@pytest.mark.proves("P-8", "D-10")
def test_a_petition_taken_in_without_a_session_says_so(town: NodeBench) -> None:
    town.hears_routing(**(HERE | {"leader": "l_absent"}))
    town.hears_routing(OTHER_NO, **HERE)

    awaited = town.bench.recorded_of(reception.SessionAwaitedV1)
    assert [(one.petition_no, one.leader) for one in awaited] == [(NO, "l_absent")]


@pytest.mark.proves("D-30")
def test_nothing_is_shown_of_what_was_not_handed_over(town: NodeBench) -> None:
    with pytest.raises(reception.NothingHandedOver):
        hand_over_of(town)


@pytest.mark.proves("D-30", "L22-18")
def test_a_retired_neighbour_and_its_sessions_leave_the_board_until_it_opens_again(
    town: NodeBench,
) -> None:
    from services.reception import usecases  # noqa: PLC0415 - see the conftest.
    from tests.support.reception import names  # noqa: PLC0415 - see the conftest.

    def opens(local: str) -> None:
        told = reception.NodeOpenedV1(
            node="baihe", service="reception_baihe", territory="baihe", regime="county"
        )
        town.bench.event(usecases.on_node_opened, told, now=at(local))

    def on_the_board() -> tuple[list[str], list[str]]:
        board = town.bench.query(
            partial(usecases.notice_board, node=town.node),
            reception.NoticeBoard(from_on=date(2026, 6, 1), node="baihe"),
            facts=names(),
        )
        return [point.node for point in board.points], [line.session for line in board.lines]

    session = reception.PublishedSession(
        session="baihe-20260612",
        on=date(2026, 6, 12),
        starts_at="08:30",
        ends_at="11:30",
        leaders=(MAYOR,),
    )
    opens("2026-05-21 09:00")
    town.bench.event(
        usecases.on_sessions_published,
        reception.SessionsPublishedV1(node="baihe", sessions=(session,), documents=()),
        now=at("2026-05-21 10:00"),
    )
    before = on_the_board()

    retires(town, code="baihe")
    retired = on_the_board()
    opens("2026-06-05 09:00")

    assert before == (["baihe"], ["baihe-20260612"])
    assert retired == ([], [])
    assert on_the_board() == (["baihe"], [])
