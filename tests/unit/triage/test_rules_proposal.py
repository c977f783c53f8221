"""What the system proposes and why (D-02, P-9): hints in, a proposal out, nothing decided."""

from __future__ import annotations

import pytest

from services.triage.rules.directory import Directory
from services.triage.rules.hints import DeclaredFacts
from services.triage.rules.nodes import NodeEntry
from services.triage.rules.proposal import Proposal, propose_sorting
from services.triage.rules.terms import Category, Form, Outcome, Severity

pytestmark = pytest.mark.proves("D-02", "P-9", "C-02")


def _facts(**told: object) -> DeclaredFacts:
    known: dict[str, object] = {
        "form": Form.VISIT,
        "territory": "county",
        "headcount": 1,
        "urgent": False,
        "text": "反映一件事。",
    }
    return DeclaredFacts(**(known | told))  # type: ignore[arg-type]


def _propose(directory: Directory, **told: object) -> Proposal:
    return propose_sorting(facts=_facts(**told), directory=directory, nodes=())


def _codes(proposal: Proposal) -> set[str]:
    return {hint.code for hint in proposal.hints}


@pytest.mark.parametrize(
    ("told", "category"),
    [
        pytest.param({"text": "举报某人贪污。"}, Category.ACCUSATION, id="words of an accusation"),
        pytest.param(
            {"declared_category": Category.ACCUSATION}, Category.ACCUSATION, id="declared as one"
        ),
        pytest.param({"text": "建议增加早班车。"}, Category.SUGGESTION, id="words of a suggestion"),
        pytest.param(
            {"text": "建议增加早班车。", "declared_category": Category.CLAIM},
            Category.CLAIM,
            id="declared as a claim",
        ),
        pytest.param({"text": "拖欠工资。"}, Category.CLAIM, id="a claim by default"),
    ],
)
def test_the_category_is_hinted_at(
    directory: Directory, told: dict[str, object], category: Category
) -> None:
    assert _propose(directory, **told).category is category


def test_of_an_accusation_nothing_else_is_proposed(directory: Directory) -> None:
    proposal = _propose(directory, text="举报拖欠工资、受贿。", field="labour")

    assert proposal.outcome is Outcome.DISCIPLINE_TRANSFER
    assert (proposal.field, proposal.leader, proposal.lead_unit, proposal.severity) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("told", "severity", "outcome", "leader"),
    [
        pytest.param(
            {"text": "拖欠工资。"}, Severity.ORDINARY, Outcome.FORWARD, None, id="nothing special"
        ),
        pytest.param(
            {"text": "拖欠工资，几个部门互相推诿。"},
            Severity.COMPLEX,
            Outcome.LEADER_IN_CHARGE,
            "l_vice_head_labour",
            id="several departments in words",
        ),
        pytest.param(
            {"text": "拖欠工资。", "concerned_units": ("labour_bureau", "land_bureau")},
            Severity.COMPLEX,
            Outcome.LEADER_IN_CHARGE,
            "l_vice_head_labour",
            id="two units concerned",
        ),
        pytest.param(
            {"text": "拖欠工资多年。"},
            Severity.DIFFICULT,
            Outcome.PRINCIPAL_LEADER,
            "l_head",
            id="for years",
        ),
        pytest.param(
            {"text": "拖欠工资。", "headcount": 29},
            Severity.ORDINARY,
            Outcome.FORWARD,
            None,
            id="29 people",
        ),
        pytest.param(
            {"text": "拖欠工资。", "headcount": 30},
            Severity.MAJOR,
            Outcome.PRINCIPAL_LEADER,
            "l_head",
            id="30 people",
        ),
        pytest.param(
            {"text": "拖欠工资。", "urgent": True},
            Severity.MAJOR,
            Outcome.PRINCIPAL_LEADER,
            "l_head",
            id="urgent",
        ),
        pytest.param(
            {"text": "集体反映拖欠工资。"},
            Severity.MAJOR,
            Outcome.PRINCIPAL_LEADER,
            "l_head",
            id="a collective matter",
        ),
    ],
)
def test_severity_leads_to_the_route_and_the_leader(
    directory: Directory,
    told: dict[str, object],
    severity: Severity,
    outcome: Outcome,
    leader: str | None,
) -> None:
    proposal = _propose(directory, **told)

    assert (proposal.severity, proposal.outcome, proposal.leader) == (severity, outcome, leader)


@pytest.mark.parametrize(
    ("told", "outcome", "hint"),
    [
        pytest.param(
            {"text": "对法院判决不服。", "form": Form.LETTER},
            Outcome.FORWARD,
            "litigation_letter",
            id="a letter on a judgment",
        ),
        pytest.param(
            {"text": "对法院判决不服。"},
            Outcome.REDIRECT,
            "statutory_channel",
            id="a visit on a judgment",
        ),
        pytest.param(
            {"text": "不知能否劳动仲裁。"}, Outcome.REDIRECT, "statutory_channel", id="arbitration"
        ),
        pytest.param(
            {"text": "对行政处罚决定不服。"}, Outcome.REDIRECT, "statutory_channel", id="review"
        ),
        pytest.param(
            {"text": "申请查处违法建设。"},
            Outcome.FORWARD,
            "protective_duty",
            id="a protective duty",
        ),
    ],
)
def test_a_statutory_channel_is_proposed_without_a_severity(
    directory: Directory, told: dict[str, object], outcome: Outcome, hint: str
) -> None:
    proposal = _propose(directory, **told)

    assert proposal.outcome is outcome
    assert proposal.severity is None
    assert hint in _codes(proposal)


def test_an_ordinary_suggestion_is_answered_by_the_office(directory: Directory) -> None:
    proposal = _propose(directory, text="建议早点开门，也谈到判决。")

    assert (proposal.outcome, proposal.severity) == (Outcome.REPLY, Severity.ORDINARY)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        pytest.param({"field": "land"}, "land", id="the declared field"),
        pytest.param({"field": "space", "text": "欠薪"}, "labour", id="an unknown declared field"),
        pytest.param({"text": "征地补偿和宅基地，还有欠薪"}, "land", id="the most words"),
        pytest.param({"text": "物业乱收费"}, None, id="a field this county does not have"),
        pytest.param({"text": None}, None, id="the content may not be read"),
    ],
)
def test_the_field_is_declared_or_hinted_at(
    directory: Directory, told: dict[str, object], field: str | None
) -> None:
    assert _propose(directory, **told).field == field


def test_what_was_not_read_is_said(directory: Directory) -> None:
    assert "text_unread" in _codes(_propose(directory, text=None))


@pytest.mark.parametrize(
    ("told", "unit"),
    [
        pytest.param(
            {"concerned_units": ("qingyuan_office", "land_bureau"), "text": "欠薪"},
            "land_bureau",
            id="a concerned unit that can be responsible",
        ),
        pytest.param({"text": "欠薪"}, "labour_bureau", id="the unit of the field"),
        pytest.param(
            {"text": "征地", "territory": "sanchakou"},
            "township_sanchakou",
            id="the nearest unit of the field",
        ),
        pytest.param(
            {"text": "欠薪", "accused": frozenset({"labour_bureau"})},
            None,
            id="never the accused",
        ),
        pytest.param({"text": "欠薪", "concerned_units": ("gone",)}, "labour_bureau", id="gone"),
    ],
)
def test_the_unit_is_the_concerned_or_the_competent_one(
    directory: Directory, told: dict[str, object], unit: str | None
) -> None:
    assert _propose(directory, **told).lead_unit == unit


@pytest.mark.proves("T7", "L22-23")
@pytest.mark.parametrize(
    ("told", "objected", "unit"),
    [
        pytest.param(
            {"text": "征地", "territory": "sanchakou"},
            {"township_sanchakou"},
            "land_bureau",
            id="the next unit of the field",
        ),
        pytest.param(
            {"text": "征地", "territory": "sanchakou"},
            {"township_sanchakou", "land_bureau"},
            None,
            id="nobody where all of the field have objected",
        ),
        pytest.param(
            {"text": "征地", "concerned_units": ("labour_bureau", "land_bureau")},
            {"labour_bureau"},
            "land_bureau",
            id="not though the petitioner named it",
        ),
        pytest.param(
            {"text": "欠薪，几个部门互相推诿。"},
            {"labour_bureau"},
            None,
            id="not for a leader's table either",
        ),
    ],
)
def test_a_unit_whose_objection_was_agreed_to_is_not_proposed_again(
    directory: Directory, told: dict[str, object], objected: set[str], unit: str | None
) -> None:
    proposal = propose_sorting(
        facts=_facts(**told), directory=directory, nodes=(), objected=frozenset(objected)
    )

    assert proposal.lead_unit == unit
    assert "unit_objected" in _codes(proposal)
    assert "unit_objected" not in _codes(_propose(directory, **told))


def test_an_accused_leader_is_not_proposed(directory: Directory) -> None:
    proposal = _propose(
        directory,
        text="拖欠工资，几个部门互相推诿。",
        accused=frozenset({"l_vice_head_labour"}),
    )

    assert proposal.leader == "l_vice_head_land"


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"text": "几个部门互相推诿。"}, id="without a field"),
        pytest.param({"text": "教师多次反映。"}, id="without a portfolio"),
    ],
)
def test_no_leader_is_proposed_where_none_can_be_found(
    directory: Directory, told: dict[str, object]
) -> None:
    assert _propose(directory, **told).leader is None


def test_a_township_with_a_node_proposes_its_own_leader(directory: Directory) -> None:
    proposal = propose_sorting(
        facts=_facts(text="宅基地，几个部门互相推诿。", territory="sanchakou"),
        directory=directory,
        nodes=(NodeEntry(node="sanchakou", territory="sanchakou"),),
    )

    assert proposal.leader == "l_sck_vice_head"
