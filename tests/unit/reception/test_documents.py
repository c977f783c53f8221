"""What is printed: every notice protects the petitioner, and a missing name stays readable."""

from datetime import date

import pytest

from services.reception.documents import (
    CardPaper,
    Names,
    NoticePaper,
    RulingPaper,
    appointment_text,
    card_text,
    portfolio_of_posts,
    ruling_text,
)
from shared.contracts.fields import Amount
from shared.contracts.reception import (
    CardKind,
    CompletionStandard,
    ReceptionOutcome,
    StandardKind,
)
from shared.contracts.triage import DirectoryView, OfficeView

NO = "XF-20260601-0001"
EMPTY_DIRECTORY = Names(
    DirectoryView(
        version=1,
        office=OfficeView(
            code="petition_office", name="云岭县信访局", address="人民路1号", phone="0000-12345"
        ),
        territories=(),
        fields=(),
        leaders=(),
        units=(),
        authorisations=(),
    )
)


def card(kind: CardKind) -> str:
    paper = CardPaper(
        kind=kind,
        card_no=f"{NO}-CA-1-1",
        set_no=f"{NO}-CA-1",
        petition_no=NO,
        copy=0,
        addressee="l_gone",
        held_on=date(2026, 6, 5),
        place="县信访接待大厅",
        leader="l_gone",
        lead_unit="gone_bureau",
        co_units=(),
        issued_on=date(2026, 6, 1),
        petitioner=None,
        summary=None,
    )
    return card_text(paper, names=EMPTY_DIRECTORY)


@pytest.mark.proves("P-4", "L22-18¶4")
@pytest.mark.parametrize("kind", list(CardKind))
def test_a_card_without_names_is_still_readable_and_protects(kind: CardKind) -> None:
    text = card(kind)

    assert "不得打击报复信访人" in text
    assert "l_gone" in text
    assert "None" not in text


@pytest.mark.proves("P-4")
def test_a_notice_without_a_name_addresses_the_petitioner() -> None:
    text = appointment_text(
        NoticePaper(
            notice_no=f"{NO}-AN-1",
            petition_no=NO,
            held_on=date(2026, 6, 5),
            starts_at="08:30",
            place="县信访接待大厅",
            leader="l_gone",
            units=("gone_bureau",),
            notified_on=date(2026, 6, 3),
            petitioner=None,
        ),
        names=EMPTY_DIRECTORY,
    )

    assert "\n信访人：\n" in text
    assert "不得打击报复信访人" in text


@pytest.mark.proves("C-15", "D-14", "P-4")
@pytest.mark.parametrize(
    ("outcome", "contains", "lacks"),
    [
        pytest.param(
            ReceptionOutcome.DECISION,
            ("决定书", "2026年7月31日", "款项已支付（12户）；协议已签订"),
            "当场答复",
            id="a decision states time limit and standards",
        ),
        pytest.param(
            ReceptionOutcome.ANSWERED_ON_SPOT,
            ("当场答复书", "复查、复核"),
            "办结时限",
            id="an answer names the remedies and leaves nothing to do",
        ),
    ],
)
def test_the_outcome_is_printed_with_what_belongs_to_it(
    outcome: ReceptionOutcome, contains: tuple[str, ...], lacks: str
) -> None:
    text = ruling_text(
        RulingPaper(
            outcome=outcome,
            document_no=f"{NO}-DE-1",
            record_no=f"{NO}-MR-1",
            petition_no=NO,
            held_on=date(2026, 6, 5),
            words="予以支持",
            due_on=date(2026, 7, 31),
            standards=(
                CompletionStandard(
                    kind=StandardKind.PAYMENT_MADE,
                    amount=Amount(quantity=12, unit="households"),
                ),
                CompletionStandard(kind=StandardKind.AGREEMENT_SIGNED),
            ),
        )
    )

    assert all(part in text for part in (*contains, "予以支持", "不得打击报复信访人"))
    assert lacks not in text


@pytest.mark.proves("L22-18")
@pytest.mark.parametrize(
    ("posts", "portfolio"),
    [
        pytest.param(("county_head",), ("主持政府全面工作",), id="a principal leader"),
        pytest.param(("party_secretary", "other"), ("主持党委全面工作",), id="another post too"),
        pytest.param(("other",), (), id="a post that says nothing of its work"),
        pytest.param((), (), id="no post"),
    ],
)
def test_a_post_says_what_its_holder_is_in_charge_of(
    posts: tuple[str, ...], portfolio: tuple[str, ...]
) -> None:
    assert portfolio_of_posts(posts) == portfolio
