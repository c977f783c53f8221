"""A leader's case from routing to the archive, and every step out of order."""

from __future__ import annotations

import json
from datetime import date

import pytest

from services.supervision.models import FileEntry, IssuedDocument, Slip, SlipSet
from services.supervision.rules.archive import FiledDocument, seal_of
from shared.contracts.common import CaseNotFound, NotYourCase, SlipPost, StubIsKept, WrongStage
from shared.contracts.reception import DecidedStandard
from shared.contracts.supervision import (
    CaseArchivedV1,
    CaseClosedV1,
    CaseNotClosed,
    CaseOpenedV1,
    CaseState,
    EvaluationNotInvited,
    FileIncomplete,
    OpinionDeliveredV1,
    OpinionNotDelivered,
    ReportIncomplete,
    ResultNotReported,
    ResultReported,
    ResultReportedV1,
    SlipAcknowledgedV1,
    SlipNotFound,
    SlipReturned,
    SlipReturnedV1,
    SlipSetState,
    SlipsIssuedV1,
    SlipsOutstanding,
    SlipsRecalledV1,
    SlipState,
    StandardNotMet,
)
from shared.contracts.triage import AddresseeOverride
from shared.documents import content_hash, document_content
from shared.messaging.inbox import Handling
from tests.support.bench import at
from tests.support.supervision import (
    AUTHORISATION,
    CARD_ON,
    CO_UNIT,
    DUE_ON,
    NO,
    OTHER_UNIT,
    RECEIVING,
    SECRETARY,
    SIX_LEADERS,
    STATUTORY_ON,
    UNIT,
    County,
    directory,
    printing,
)


@pytest.mark.proves(
    "C-14", "C-16", "C-18", "D-19", "D-20", "T14", "T19", "T20", "T21", "T22", "I-5"
)
def test_a_case_goes_from_routing_to_the_sealed_file(stored_county: County) -> None:
    county = stored_county

    county.stands_decided()
    for slip in range(1, 7):
        county.acknowledges(slip, "officer:desk_1")
    county.bench.now = at("2026-07-01 10:00")
    county.reports()
    county.returns_all()
    county.bench.now = at("2026-07-06 10:00")
    opinion = county.delivers_opinion()
    county.closes()
    archive = county.archives()

    assert [event.type for event in county.bench.recorded] == [
        "case_opened.v1",
        "slips_issued.v1",
        *["slip_acknowledged.v1"] * 6,
        "result_reported.v1",
        *["slip_returned.v1"] * 7,
        "slips_recalled.v1",
        "opinion_delivered.v1",
        "case_closed.v1",
        "case_archived.v1",
    ]
    (opened,) = county.tells(CaseOpenedV1)
    assert (opened.accepted_on, opened.statutory_due_on) == (CARD_ON, STATUTORY_ON)
    (reported,) = county.tells(ResultReportedV1)
    assert reported.on_time
    assert [event.outstanding for event in county.tells(SlipReturnedV1)] == [6, 5, 4, 3, 2, 1, 0]
    assert len(county.tells(SlipsRecalledV1)) == 1
    (delivered,) = county.tells(OpinionDeliveredV1)
    assert delivered.review_until == date(2026, 8, 5)
    assert opinion.text is not None
    assert "请求复查的最后一日：2026年8月5日" in opinion.text
    assert "任何组织和个人不得打击报复信访人" in opinion.text
    case = county.case()
    assert case.state is CaseState.ARCHIVED
    assert case.seal == archive.seal == county.tells(CaseArchivedV1)[0].seal
    assert county.bench.rows(SlipSet)[0].state is SlipSetState.FILED
    assert not case.was_overdue


@pytest.mark.proves("C-14", "C-15", "D-06", "D-18", "I-3", "X-5")
def test_a_decision_issues_eight_slips_to_eight_distinct_posts(county: County) -> None:
    county.stands_decided(co_units=(CO_UNIT,))

    (issued,) = county.tells(SlipsIssuedV1)
    assert [slip.post for slip in issued.slips] == list(SlipPost)
    assert [slip.document.no for slip in issued.slips] == [
        f"{NO}-SL-1-{number}" for number in range(1, 9)
    ]
    assert [slip.holder for slip in issued.slips] == [
        "l_secretary",
        "l_deputy_secretary",
        "l_head",
        RECEIVING,
        "l_discipline",
        "l_organization",
        UNIT,
        "petition_office",
    ]
    assert [(copy.holder, copy.document.no) for copy in issued.copies] == [
        (CO_UNIT, f"{NO}-SL-1-9")
    ]
    assert issued.due_on == DUE_ON
    assert issued.authorisation == AUTHORISATION
    assert county.case().state is CaseState.IN_HANDLING


@pytest.mark.proves("D-19", "I-17")
def test_a_decision_told_again_issues_no_second_set(county: County) -> None:
    county.stands_decided()

    again = county.decides()

    assert again is Handling.HANDLED
    assert len(county.bench.rows(SlipSet)) == 1
    assert len(county.bench.rows(Slip)) == 8
    assert len(county.tells(SlipsIssuedV1)) == 1


@pytest.mark.proves("D-06", "I-10")
def test_a_recorded_substitute_gets_the_slip_of_the_post(county: County) -> None:
    county.hears(directory())
    county.routes(
        overrides=(AddresseeOverride(post=SlipPost.DISCIPLINE_SECRETARY, holder="l_secretary"),)
    )
    county.decides()

    (issued,) = county.tells(SlipsIssuedV1)

    assert issued.slips[4].holder == "l_secretary"
    assert "l_discipline" not in {slip.holder for slip in issued.slips}
    assert len({slip.post for slip in issued.slips}) == 8


@pytest.mark.proves("D-21")
def test_a_decision_accepts_a_case_whose_card_was_not_heard_of(county: County) -> None:
    county.hears(directory())
    county.routes()

    county.decides()
    county.delivers_card(on=date(2026, 6, 9))

    (opened,) = county.tells(CaseOpenedV1)
    assert (opened.accepted_on, opened.statutory_due_on) == (CARD_ON, STATUTORY_ON)


@pytest.mark.proves("D-21")
def test_only_the_lead_units_card_accepts_a_case(county: County) -> None:
    county.routes(co_units=(CO_UNIT,))

    county.delivers_card(CO_UNIT)
    assert county.case().state is CaseState.ROUTED
    county.delivers_card()
    county.delivers_card(on=date(2026, 6, 4))

    case = county.case()
    assert (case.state, case.accepted_on) == (CaseState.ACCEPTED, CARD_ON)
    assert len(county.tells(CaseOpenedV1)) == 1


@pytest.mark.parametrize("told_first", ["delivers_card", "decides", "answers_on_spot"])
def test_what_comes_before_the_routing_waits_for_it(county: County, told_first: str) -> None:
    county.hears(directory())

    early = getattr(county, told_first)()
    county.routes()

    assert early is Handling.EARLY
    assert county.case().accepted_on == CARD_ON


@pytest.mark.proves("X-5")
def test_slips_are_never_due_after_the_statutory_date(county: County) -> None:
    county.stands_decided(due_on=date(2026, 9, 30))

    (issued,) = county.tells(SlipsIssuedV1)
    assert issued.due_on == STATUTORY_ON
    assert county.case().due_on == STATUTORY_ON


@pytest.mark.proves("C-15")
def test_a_decision_without_a_standard_issues_nothing(county: County) -> None:
    county.hears(directory())
    county.routes()

    told = county.decides(standards=())

    assert told is Handling.REFUSED
    assert county.bench.rows(SlipSet) == []


@pytest.mark.proves("C-14", "D-18")
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(None, id="no directory has come"),
        pytest.param({"authorised": False}, id="the committee has not authorised"),
        pytest.param(
            {"without": ["l_organization"]}, id="nobody heads the organization department"
        ),
    ],
)
def test_slips_wait_for_an_authorisation_and_every_post(
    county: County, first: dict[str, object] | None
) -> None:
    if first is not None:
        county.hears(directory(**first))  # type: ignore[arg-type]  # one row each.
    county.routes()
    county.decides()
    waiting = county.case().state

    county.hears(directory(version=2), now=at("2026-06-09 09:00"))

    assert waiting is CaseState.AWAITING_AUTHORISATION
    assert county.case().state is CaseState.IN_HANDLING
    assert len(county.tells(SlipsIssuedV1)) == 1


@pytest.mark.proves("C-14", "D-18")
def test_an_authorisation_dated_ahead_issues_the_slips_as_its_day_begins(
    stored_county: County,
) -> None:
    county = stored_county
    county.hears(directory(authorised_on=date(2026, 6, 10)))
    county.routes()
    county.decides()

    county.passes_to("2026-06-09 23:59")
    waiting = county.case().state
    county.passes_to("2026-06-10 00:00")
    county.hears(directory(version=2), now=at("2026-06-11 09:00"))
    county.passes_to("2026-06-20 09:00")

    assert waiting is CaseState.AWAITING_AUTHORISATION
    assert county.case().state is CaseState.IN_HANDLING
    (issued,) = county.tells(SlipsIssuedV1)
    assert issued.authorisation == AUTHORISATION
    (slip_set,) = county.bench.rows(SlipSet)
    assert slip_set.issued_on == date(2026, 6, 10)


@pytest.mark.proves("C-14", "D-18")
@pytest.mark.parametrize(
    ("second", "issued_on"),
    [
        pytest.param({"authorised": False}, None, id="taken back: the slips wait on"),
        pytest.param(
            {"authorised_on": date(2026, 6, 12)}, date(2026, 6, 12), id="put off to a later day"
        ),
        pytest.param(
            {"authorised_on": date(2026, 6, 8)}, date(2026, 6, 9), id="in force by now: at once"
        ),
        pytest.param(
            {"authorised_on": date(2026, 6, 10), "without": ("l_discipline",)},
            None,
            id="in force on its day, and a post is vacant then",
        ),
    ],
)
def test_a_newer_directory_decides_when_the_authorisation_begins(
    county: County, second: dict[str, object], issued_on: date | None
) -> None:
    county.hears(directory(authorised_on=date(2026, 6, 10)))
    county.routes()
    county.decides()

    county.hears(directory(version=2, **second), now=at("2026-06-09 09:00"))  # type: ignore[arg-type]  # one row each.
    county.passes_to("2026-06-20 09:00")

    assert [row.issued_on for row in county.bench.rows(SlipSet)] == (
        [issued_on] if issued_on else []
    )
    assert len(county.tells(SlipsIssuedV1)) == len(county.bench.rows(SlipSet))


@pytest.mark.proves("D-18", "D-23")
def test_slips_that_waited_past_their_day_are_not_late_before_they_are_served(
    county: County,
) -> None:
    county.hears(directory(authorised=False))
    county.routes()
    county.decides(due_on=date(2026, 6, 8))
    county.passes_to("2026-06-15 09:00")
    assert not county.case().was_overdue

    county.hears(directory(version=2), now=at("2026-06-15 09:00"))
    county.passes_to("2026-06-15 23:59")
    assert not county.case().was_overdue
    county.passes_to("2026-06-16 00:00")

    assert county.case().was_overdue


def test_an_older_directory_that_comes_late_is_not_used(county: County) -> None:
    county.hears(directory(version=3))
    county.hears(directory(version=2, authorised=False))
    county.hears(directory(version=3, authorised=False))

    county.routes()
    county.decides()

    assert county.case().state is CaseState.IN_HANDLING


@pytest.mark.proves("D-18")
def test_an_addressee_signs_for_their_own_slip_only(county: County) -> None:
    county.stands_decided()

    own = county.acknowledges(1, f"leader:{SECRETARY}")
    again = county.acknowledges(1, f"leader:{SECRETARY}")
    unit = county.acknowledges(7, f"unit:{UNIT}")

    assert own.state is again.state is unit.state is SlipState.ACKNOWLEDGED
    assert len(county.tells(SlipAcknowledgedV1)) == 2
    with pytest.raises(NotYourCase):
        county.acknowledges(2, f"leader:{SECRETARY}")
    with pytest.raises(NotYourCase):
        county.acknowledges(7, f"unit:{OTHER_UNIT}")
    with pytest.raises(StubIsKept):
        county.acknowledges(8, "officer:desk_1")
    with pytest.raises(SlipNotFound):
        county.acknowledges(10, "officer:desk_1")


@pytest.mark.proves("C-16", "D-18")
def test_no_slip_comes_back_before_the_result(county: County) -> None:
    county.stands_decided()

    with pytest.raises(ResultNotReported):
        county.returns(1)
    with pytest.raises(StubIsKept):
        county.returns(8)

    assert all(slip.state is not SlipState.RECALLED for slip in county.bench.rows(Slip))


@pytest.mark.proves("C-16", "D-18")
def test_a_slip_comes_back_once_with_the_instruction_or_as_a_note_of_its_loss(
    county: County,
) -> None:
    county.stands_decided()
    county.reports()

    signed = county.returns(1, instruction="已阅，抓好落实。")
    lost = county.returns(2, lost=True, instruction="原件遗失，经核对补记。")

    assert signed.instruction == "已阅，抓好落实。"
    assert lost.state is SlipState.RECALLED
    assert "lost_slip_note" in {entry.item for entry in county.bench.rows(FileEntry)}
    with pytest.raises(SlipReturned):
        county.returns(1)
    with pytest.raises(SlipReturned):
        county.acknowledges(1, "officer:desk_1")
    stored = {slip.slip_no: slip for slip in county.bench.rows(Slip)}
    assert "已阅" not in (stored[f"{NO}-SL-1-1"].instruction_sealed or "")


@pytest.mark.proves("C-16")
def test_the_copies_of_co_units_come_back_too(county: County) -> None:
    county.stands_decided(co_units=(CO_UNIT,))
    county.reports()
    county.returns_all()
    county.delivers_opinion()

    with pytest.raises(SlipsOutstanding):
        county.closes()
    county.returns(9)

    assert len(county.tells(SlipsRecalledV1)) == 1
    assert county.closes().state is CaseState.CLOSED


@pytest.mark.proves("C-15", "C-16", "T19")
def test_a_report_reaches_all_six_leaders_and_shows_every_standard(county: County) -> None:
    county.stands_decided()

    with pytest.raises(NotYourCase):
        county.reports(actor=f"unit:{OTHER_UNIT}")
    with pytest.raises(ReportIncomplete):
        county.reports(to=SIX_LEADERS[:5])
    with pytest.raises(StandardNotMet):
        county.reports(standards=(1,))
    assert county.tells(ResultReportedV1) == []
    county.reports()

    with pytest.raises(ResultReported):
        county.reports()
    assert len(county.tells(ResultReportedV1)) == 1


@pytest.mark.proves("T19")
def test_no_result_is_reported_before_the_decision(county: County) -> None:
    with pytest.raises(CaseNotFound):
        county.reports()
    county.routes()
    county.delivers_card()

    with pytest.raises(WrongStage):
        county.reports()


@pytest.mark.proves("C-16", "T21")
def test_a_case_closes_only_when_everything_is_in(county: County) -> None:
    county.stands_decided()
    with pytest.raises(ResultNotReported):
        county.closes()
    county.reports()
    with pytest.raises(SlipsOutstanding):
        county.closes()
    county.returns_all()
    with pytest.raises(OpinionNotDelivered):
        county.closes()
    county.delivers_opinion()
    with pytest.raises(EvaluationNotInvited):
        county.closes(invited=False)

    county.closes()

    assert len(county.tells(CaseClosedV1)) == 1
    with pytest.raises(WrongStage):
        county.closes()


@pytest.mark.proves("C-16", "I-5", "T22")
def test_no_file_is_archived_with_a_slip_out_open_or_incomplete(county: County) -> None:
    county.stands_decided()
    with pytest.raises(SlipsOutstanding):
        county.archives()
    county.reports()
    county.returns_all()
    with pytest.raises(CaseNotClosed):
        county.archives()
    assert county.tells(CaseArchivedV1) == []


@pytest.mark.proves("T22")
def test_a_file_without_its_receipt_and_meeting_is_not_archived(county: County) -> None:
    county.hears(directory())
    county.routes()
    county.delivers_card()
    county.decides()
    county.reports()
    county.returns_all()
    county.delivers_opinion()
    county.closes()

    with pytest.raises(FileIncomplete) as refused:
        county.archives()

    assert "receipt, card, preliminary_opinion, appointment, meeting_record" in str(refused.value)
    county.registers()
    county.prepares()
    assert county.archives().seal


@pytest.mark.proves("P-6", "ARC-37", "T22")
def test_the_seal_covers_every_document_and_stands_for_good(county: County) -> None:
    county.stands_decided()
    county.reports()
    county.returns_all()
    county.delivers_opinion()
    county.closes()

    first = county.archives()
    county.issues_circular()
    again = county.archives()

    assert again == first
    assert len(county.tells(CaseArchivedV1)) == 1
    assert first.seal == seal_of(
        petition_no=NO,
        documents=[FiledDocument(no=one.no, sha256=one.sha256) for one in first.documents],
    )
    assert [one.no for one in first.documents] == sorted(one.no for one in first.documents)
    assert len(county.case().documents) == len(first.documents) + 1


@pytest.mark.proves("P-6")
def test_a_papers_hash_can_be_computed_from_its_kept_content(county: County) -> None:
    county.stands_decided()

    for issued in county.bench.rows(IssuedDocument):
        opened = county.bench.vault.open(
            issued.content_sealed, context=f"issued_documents|{issued.document_no}|content_sealed"
        )
        content = json.loads(opened)
        assert issued.sha256 == content_hash(
            document_content(no=issued.document_no, content=content)
        )


@pytest.mark.proves("D-14")
def test_an_answer_on_the_spot_leaves_only_the_opinion(county: County) -> None:
    county.registers()
    county.routes()
    county.delivers_card()
    county.prepares()
    county.answers_on_spot()
    county.bench.now = at("2026-06-08 09:00")

    with pytest.raises(WrongStage):
        county.reports()
    with pytest.raises(OpinionNotDelivered):
        county.closes()
    county.delivers_opinion()
    county.closes()

    assert county.archives().seal
    assert county.bench.rows(SlipSet) == []


def test_a_meeting_told_twice_keeps_its_first_outcome(county: County) -> None:
    county.stands_decided()

    county.answers_on_spot()

    assert county.case().state is CaseState.IN_HANDLING


@pytest.mark.proves("C-18", "D-12")
def test_leaders_and_units_see_their_own_slips_with_texts(county: County) -> None:
    county.stands_decided(co_units=(CO_UNIT,))

    office = county.slip_set()
    secretary = county.slip_set(f"leader:{SECRETARY}")
    co_unit = county.slip_set(f"unit:{CO_UNIT}")

    assert len(office.slips) == 8
    assert [slip.post for slip in secretary.slips] == [SlipPost.PARTY_SECRETARY]
    assert (len(co_unit.slips), len(co_unit.copies)) == (0, 1)
    text = secretary.slips[0].text or ""
    assert AUTHORISATION in text
    assert printing().petitioner_zh in text
    assert "1. 款项已支付：230000元" in text
    with pytest.raises(NotYourCase):
        county.slip_set(f"unit:{OTHER_UNIT}")


def test_a_case_is_shown_to_its_parties_only(county: County) -> None:
    county.stands_decided()

    for actor in (f"unit:{UNIT}", f"leader:{RECEIVING}", f"leader:{SECRETARY}", "auditor:a1"):
        shown = county.case(actor)
        assert shown.standards[1] == DecidedStandard.load({"kind": "explanation_given"})
    with pytest.raises(NotYourCase):
        county.case(f"unit:{OTHER_UNIT}")
    with pytest.raises(NotYourCase):
        county.case("leader:l_vice_head_land")


def test_slips_are_not_found_before_the_decision(county: County) -> None:
    with pytest.raises(CaseNotFound):
        county.slip_set()
    county.routes()

    with pytest.raises(SlipNotFound):
        county.slip_set()
