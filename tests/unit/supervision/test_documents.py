"""The papers of supervision say in Chinese what their readers must know."""

from __future__ import annotations

from datetime import date

import pytest

from services.supervision.documents import (
    Names,
    OpinionPaper,
    Printing,
    SlipPaper,
    extension_text,
    opinion_text,
    promise_text,
    slip_text,
)
from services.supervision.rules.opinions import review_due
from shared.calendar import fixed_due, standard_calendar
from shared.contracts.common import SlipPost
from shared.contracts.reception import DecidedAmount, DecidedStandard, StandardKind
from shared.contracts.supervision import OpinionOutcome
from shared.contracts.triage import (
    DirectoryView,
    LeaderView,
    OfficeView,
    TerritoryView,
    UnitKind,
    UnitView,
)

NO_RETALIATION = "任何组织和个人不得打击报复信访人"


def unit(code: str, name: str, *, parent: str | None = None) -> UnitView:
    return UnitView(
        code=code,
        name=name,
        kind=UnitKind.GOVERNMENT,
        organ="county",
        fields=(),
        parent=parent,
        address=None,
        phone=None,
    )


NAMES = Names(
    DirectoryView(
        version=1,
        office=OfficeView(
            code="petition_office", name="县信访局", address="人民路1号", phone="123"
        ),
        territories=(TerritoryView(code="county", name="云岭县", parent=None),),
        fields=(),
        leaders=(
            LeaderView(
                code="l_secretary",
                name="某某",
                title="县委书记",
                organ="county",
                posts=("party_secretary",),
                portfolio=(),
                deputy=None,
            ),
        ),
        units=(
            unit("labour_bureau", "县人社局"),
            unit("labour_brigade", "劳动监察大队", parent="labour_bureau"),
        ),
        authorisations=(),
    )
)
PRINTING = Printing(names=NAMES, petitioner="张某", summary="拖欠工资")
UNNAMED = Printing(names=NAMES, petitioner=None, summary=None)


def slip(post: SlipPost, holder: str, *, is_copy: bool = False) -> SlipPaper:
    return SlipPaper(
        slip_no="XF-20260601-0001-SL-1-1",
        set_no="XF-20260601-0001-SL-1",
        petition_no="XF-20260601-0001",
        position=1,
        post=post,
        holder=holder,
        is_copy=is_copy,
        unit="labour_bureau",
        co_units=("labour_brigade",),
        leader="l_secretary",
        decision_no="XF-20260601-0001-DE-1",
        standards=(
            DecidedStandard(
                kind=StandardKind.PAYMENT_MADE, amount=DecidedAmount(quantity=23, unit="cny")
            ),
            DecidedStandard(kind=StandardKind.EXPLANATION_GIVEN),
        ),
        due_on=date(2026, 7, 3),
        authorisation="云委信〔2026〕1号",
        issued_on=date(2026, 6, 5),
    )


@pytest.mark.proves("C-14", "C-15", "D-12", "D-18")
@pytest.mark.parametrize(
    ("paper", "says"),
    [
        (slip(SlipPost.PARTY_SECRETARY, "l_secretary"), "送：书记　县委书记某某"),
        (slip(SlipPost.RESPONSIBLE_UNIT, "labour_bureau"), "向以上六位领导报告处理结果"),
        (slip(SlipPost.PETITION_OFFICE_STUB, "petition_office"), "不送达，不撤回"),
        (
            slip(SlipPost.RESPONSIBLE_UNIT, "labour_brigade", is_copy=True),
            "送：协办单位　劳动监察大队",
        ),
        (slip(SlipPost.COUNTY_HEAD, "l_gone"), "送：县（乡镇）长　l_gone"),
    ],
)
def test_a_slip_tells_its_addressee_what_is_asked(paper: SlipPaper, says: str) -> None:
    text = slip_text(paper, printing=PRINTING)

    assert says in text
    assert "1. 款项已支付：23元" in text
    assert "2. 政策已书面说明" in text
    assert "云委信〔2026〕1号" in text
    assert "办结时限：2026年7月3日" in text
    assert "张某" in text
    assert NO_RETALIATION in text


@pytest.mark.proves("L22-32", "P-4", "P-5")
@pytest.mark.parametrize(
    ("unit_code", "reviewer"),
    [
        pytest.param("labour_brigade", "复查机关：县人社局", id="the unit above"),
        pytest.param("labour_bureau", "复查机关：云岭县人民政府", id="the government of the organ"),
        pytest.param("gone", "复查机关：gone的上一级机关", id="a unit that has left"),
    ],
)
def test_an_opinion_names_basis_remedy_reviewer_and_date(unit_code: str, reviewer: str) -> None:
    paper = OpinionPaper(
        opinion_no="XF-20260601-0001-HO-1",
        petition_no="XF-20260601-0001",
        unit=unit_code,
        outcome=OpinionOutcome.NOT_SUPPORTED,
        claim="发放工资",
        facts="已查明",
        opinion="不予支持",
        legal_basis="《保障农民工工资支付条例》",
        review=review_due(standard_calendar(), delivered_on=date(2026, 7, 6)),
    )

    text = opinion_text(paper, printing=PRINTING)

    assert reviewer in text
    assert "法律法规依据：《保障农民工工资支付条例》" in text
    assert "请求复查的最后一日：2026年8月5日" in text
    assert NO_RETALIATION in text


@pytest.mark.proves("P-4", "L22-34")
def test_an_extension_notice_gives_the_reasons_and_the_day() -> None:
    text = extension_text(
        document_no="XF-20260601-0001-EX-1",
        unit="labour_bureau",
        reason="案情复杂",
        due=fixed_due(on=date(2026, 8, 31), article="L22-34"),
        printing=UNNAMED,
        issued_on=date(2026, 7, 1),
    )

    assert text.splitlines()[2] == "信访人："
    assert "延期理由：案情复杂" in text
    assert "2026年8月31日" in text
    assert NO_RETALIATION in text


@pytest.mark.proves("P-4", "C-17")
def test_a_promise_notice_explains_and_names_the_day() -> None:
    text = promise_text(
        document_no="XF-20260601-0001-PM-1",
        unit="petition_office",
        explanation="账户冻结",
        promised_on=date(2026, 7, 20),
        printing=PRINTING,
        issued_on=date(2026, 7, 6),
    )

    assert "情况说明：账户冻结" in text
    assert "承诺办结时间：2026年7月20日" in text
    assert "县信访局" in text
    assert NO_RETALIATION in text
