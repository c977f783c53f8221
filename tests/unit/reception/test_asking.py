"""What is asked of intake and triage, for whom, and what of the answer may be printed."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest

from services.reception.usecases.asking import (
    CaseFacts,
    facts_for_appointment,
    facts_for_card_set,
    facts_for_publishing,
)
from shared.contracts.base import Query, Reply
from shared.contracts.common import PetitionCategory
from shared.contracts.intake import GetPetition, IntakeForm, PetitionView, Stage
from shared.contracts.reception import GetCardSet, NotifyAppointment, PublishSessions
from shared.contracts.triage import DirectoryView, GetDirectory, OfficeView
from shared.messaging.context import Caller, actor_named

NO = "XF-20260601-0001"
R = TypeVar("R", bound=Reply)


class OtherServices:
    """Intake and triage as their contracts describe them, with what was asked of them."""

    def __init__(self, **petition: Any) -> None:
        self.asked: list[Query[Any]] = []
        self._petition = petition

    def ask(self, request: Query[R], /) -> R:
        self.asked.append(request)
        match request:
            case GetPetition():
                return self._view()  # type: ignore[return-value]
            case GetDirectory():
                office = OfficeView(code="petition_office", name="信访局", address="1号", phone="1")
                return DirectoryView(  # type: ignore[return-value]
                    version=1,
                    office=office,
                    territories=(),
                    fields=(),
                    leaders=(),
                    units=(),
                    authorisations=(),
                )
            case _:
                raise AssertionError(request)

    def _view(self) -> PetitionView:
        usual: dict[str, Any] = {
            "petition_no": NO,
            "form": IntakeForm.VISIT,
            "stage": Stage.ROUTED,
            "territory": "county",
            "registered_on": date(2026, 6, 1),
            "received_on": date(2026, 6, 1),
            "headcount": 1,
            "group": False,
            "representatives_count": 0,
            "urgent": False,
            "linked_to": None,
            "declared_category": PetitionCategory.CLAIM,
            "visits": (),
            "sealed": False,
            "petitioner": "张某某",
            "summary": "拖欠工资",
        }
        return PetitionView(**(usual | self._petition))


def caller(actor: str) -> Caller:
    return Caller(
        actor=actor_named(actor), now=datetime(2026, 6, 1, tzinfo=UTC), correlation_id="c-1"
    )


def cards_facts(services: OtherServices, actor: str = "officer:desk_1") -> CaseFacts:
    return facts_for_card_set(services, GetCardSet(petition_no=NO), caller(actor))


@pytest.mark.proves("D-12", "X-1", "P-1")
@pytest.mark.parametrize(
    ("petition", "named"),
    [
        pytest.param({}, True, id="a claim"),
        pytest.param({"declared_category": None}, True, id="nobody called it an accusation"),
        pytest.param({"declared_category": PetitionCategory.ACCUSATION}, False, id="an accusation"),
        pytest.param({"sealed": True}, False, id="still sealed"),
    ],
)
def test_petitioner_and_matter_are_printed_of_a_claim_only(
    petition: dict[str, Any], *, named: bool
) -> None:
    facts = cards_facts(OtherServices(**petition))

    assert (facts.petitioner == "张某某", facts.summary == "拖欠工资") == (named, named)


@pytest.mark.proves("P-1")
def test_the_purpose_of_reading_is_told_with_the_question() -> None:
    services = OtherServices()

    cards_facts(services, "unit:labour_bureau")
    facts_for_appointment(
        services,
        NotifyAppointment(request_id="request-1", petition_no=NO),
        caller("clerk:window_1"),
    )

    asked = [each.purpose for each in services.asked if isinstance(each, GetPetition)]
    assert asked == ["领导接待日四卡", "约访通知"]


@pytest.mark.proves("P-1")
def test_for_an_auditor_no_petition_is_opened() -> None:
    services = OtherServices()

    facts = cards_facts(services, "auditor:audit_1")

    assert (facts.petitioner, facts.summary) == (None, None)
    assert services.asked == [GetDirectory()]


@pytest.mark.proves("P-2")
def test_publishing_asks_for_names_and_for_no_petition() -> None:
    services = OtherServices()

    names = facts_for_publishing(
        services,
        PublishSessions(
            request_id="request-1", from_on=date(2026, 6, 1), until_on=date(2026, 6, 30)
        ),
        caller("officer:desk_1"),
    )

    assert names.office.name == "信访局"
    assert services.asked == [GetDirectory()]
