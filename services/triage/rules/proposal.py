"""What the system proposes for a petition, and why; it decides nothing (D-02, P-9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.triage.rules.addressees import is_unit_accused, who_stands_in
from services.triage.rules.channels import channel_of
from services.triage.rules.directory import Directory
from services.triage.rules.hints import (
    DeclaredFacts,
    Hint,
    category_hint,
    channel_hint,
    field_hint,
    hints,
    severity_hint,
)
from services.triage.rules.leaders import which_principal, who_receives
from services.triage.rules.nodes import NodeEntry, ReceivingPlace, places_that_may_receive
from services.triage.rules.terms import (
    LEADER_ROUTES,
    Category,
    Channel,
    Form,
    Outcome,
    Severity,
    UnitKind,
)
from shared.decisions import decides

_NEVER_RESPONSIBLE: Final = frozenset(
    {UnitKind.OUTSIDE, UnitKind.DISCIPLINE, UnitKind.PETITION_OFFICE, UnitKind.ARBITRATION}
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The proposed sorting; None where the facts suggest nothing."""

    category: Category
    severity: Severity | None
    outcome: Outcome
    field: str | None
    leader: str | None
    lead_unit: str | None
    hints: tuple[Hint, ...]


@decides("D-02", "P-9", "C-02", "T7", "L22-23")
def propose_sorting(
    *,
    facts: DeclaredFacts,
    directory: Directory,
    nodes: tuple[NodeEntry, ...],
    objected: frozenset[str] = frozenset(),
) -> Proposal:
    """Propose category, severity, route, leader and unit from declared facts and a table of words.

    For an accusation neither field, unit nor leader is proposed: nothing of it is spread.
    `objected` are the units whose objection to this petition was agreed to, at any time: it was
    found not to be theirs, so none of them is proposed again, on whatever way.  A person may
    still name one at a leader's table, or after the common superior has decided (art. 24).

    Reference: D-02; P-9; 《信访工作条例》, art. 23¶3.
    """
    category, why_category = category_hint(facts)
    unread = hints((facts.text is None, "text_unread", "无权查看内容，仅根据登记要素提出建议。"))
    if category is Category.ACCUSATION:
        sealed = Hint(code="sealed_transfer", text="检举控告类事项应当密封转送纪检监察机关。")
        return Proposal(
            category=category,
            severity=None,
            outcome=Outcome.DISCIPLINE_TRANSFER,
            field=None,
            leader=None,
            lead_unit=None,
            hints=(why_category, sealed, *unread),
        )
    field, field_hints = field_hint(facts, directory)
    severity, severity_hints = severity_hint(facts)
    channel = channel_of(category=category, named=channel_hint(facts))
    by_law = channel is not Channel.PETITION_PROCEDURE
    outcome, outcome_hint = (
        _way_by_law(channel, facts.form) if by_law else _way_by_severity(category, severity)
    )
    lead_unit, unit_hints = _lead_unit(facts, field, directory, objected)
    places = places_that_may_receive(
        territory=facts.territory,
        lead_unit=lead_unit,
        nodes=nodes,
        accused=facts.accused,
        directory=directory,
    )
    leader = _leader(facts, outcome, field, places, directory)
    return Proposal(
        category=category,
        severity=None if by_law else severity,
        outcome=outcome,
        field=field,
        leader=leader,
        lead_unit=lead_unit,
        hints=(
            why_category,
            *field_hints,
            *(() if by_law else severity_hints),
            outcome_hint,
            *unit_hints,
            *hints((leader is not None, "portfolio", "按照领导分工和“谁主管、谁接访”确定。")),
            *unread,
        ),
    )


def _way_by_law(channel: Channel, form: Form) -> tuple[Outcome, Hint]:
    if channel is Channel.LITIGATION and form is Form.LETTER:
        return Outcome.FORWARD, Hint(code="litigation_letter", text="涉法涉诉信件，转送政法部门。")
    if channel is Channel.PROTECTIVE_DUTY:
        return Outcome.FORWARD, Hint(
            code="protective_duty", text="属于申请履行法定职责，转送有权机关。"
        )
    return Outcome.REDIRECT, Hint(
        code="statutory_channel", text="可能应当通过其他法定途径解决，请核实后告知。"
    )


def _way_by_severity(category: Category, severity: Severity) -> tuple[Outcome, Hint]:
    if severity in {Severity.MAJOR, Severity.DIFFICULT}:
        return Outcome.PRINCIPAL_LEADER, Hint(
            code="route_principal", text="疑难重大事项，由主要领导接访。"
        )
    if severity is Severity.COMPLEX:
        return Outcome.LEADER_IN_CHARGE, Hint(
            code="route_in_charge", text="较为复杂事项，由分管领导接访。"
        )
    if category is Category.SUGGESTION:
        return Outcome.REPLY, Hint(code="reply_suggestion", text="一般建议，由信访部门答复。")
    return Outcome.FORWARD, Hint(code="route_office", text="信访部门能够处理，转办或者交办。")


def _lead_unit(
    facts: DeclaredFacts, field: str | None, directory: Directory, objected: frozenset[str]
) -> tuple[str | None, tuple[Hint, ...]]:
    left_out = hints(
        (bool(objected), "unit_objected", "曾提出异议并经核实同意的单位，不再建议由其承办。")
    )
    named = next(
        (code for code in facts.concerned_units if _may_lead(code, facts, directory, objected)),
        None,
    )
    if named is not None:
        return named, (Hint(code="concerned_unit", text="登记时已注明涉及该单位。"), *left_out)
    territories = tuple(directory.territory_and_above(facts.territory))
    fitting = sorted(
        (
            unit
            for unit in directory.units
            if field in unit.fields
            and unit.organ in territories
            and _may_lead(unit.code, facts, directory, objected)
        ),
        key=lambda unit: (territories.index(unit.organ), unit.code),
    )
    if not fitting:
        return None, (
            Hint(code="unit_unknown", text="没有可以建议的对口单位，请人工确定。"),
            *left_out,
        )
    return fitting[0].code, (Hint(code="unit_by_field", text="该单位对口此事项领域。"), *left_out)


def _may_lead(
    code: str, facts: DeclaredFacts, directory: Directory, objected: frozenset[str]
) -> bool:
    unit = directory.unit_by_code.get(code)
    if unit is None or unit.kind in _NEVER_RESPONSIBLE or code in objected:
        return False
    return not is_unit_accused(code, accused=facts.accused, directory=directory)


def _leader(
    facts: DeclaredFacts,
    outcome: Outcome,
    field: str | None,
    places: tuple[ReceivingPlace, ...],
    directory: Directory,
) -> str | None:
    if outcome not in LEADER_ROUTES or field is None:
        return None
    principal = which_principal(
        side=directory.field_by_code[field].side, named=None, reason_stated=False
    )
    receiver = who_receives(
        outcome=outcome,
        field=field,
        principal=principal.value,
        places=places,
        directory=directory,
    )
    if not receiver.allowed:
        return None
    return who_stands_in(
        receiver.value.leader, accused=facts.accused, substitute=None, directory=directory
    ).answer
