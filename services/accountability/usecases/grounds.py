"""Grounds: what a duty failure is recorded as, and the circular the system proposes from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.accountability import metrics
from services.accountability.models import Circular, CircularEntry, Ground, KnownCase
from services.accountability.rules.circulars import Step
from services.accountability.rules.grounds import (
    Absence,
    AbsentParty,
    ReportedFailure,
    goes_to_joint_conference,
    has_unit_a_part,
    is_absence_a_ground,
    is_weak_handling_a_ground,
    leads_overdue_to_a_circular,
)
from services.accountability.usecases.directory import (
    own_or_asked,
    petition_office,
    require_leader,
    require_unit,
)
from services.accountability.usecases.parties import remember_units, units_of_case
from shared.contracts.accountability import (
    CircularProposedV1,
    GroundKind,
    GroundList,
    GroundRecordedV1,
    GroundView,
    ListGrounds,
    RecordGround,
    UnitHasNoPart,
    WeakHandlingUnfounded,
)
from shared.contracts.common import CaseNotFound
from shared.contracts.envelope import Envelope
from shared.contracts.reception import Party, PartyAbsentV1
from shared.contracts.supervision import (
    CaseOpenedV1,
    CaseOverdueV1,
    CaseRoute,
    ExplanationOverdueV1,
    PromiseBrokenV1,
)
from shared.decisions import Verdict
from shared.messaging import TooEarly, Work

SYSTEM = "service:accountability"
"""Who records a ground that follows from an event: nobody in person."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A duty failure as it reaches this service, before it has a number."""

    petition_no: str
    kind: GroundKind
    occasion: str
    occurred_on: date
    unit: str | None = None
    leader: str | None = None
    facts: str | None = None
    consequence: str | None = None
    recorded_by: str = SYSTEM
    to_be_circulated: bool = True


def on_case_opened(work: Work, event: CaseOpenedV1, envelope: Envelope) -> None:
    """Remember a case that exists, so that a person's ground can only be about a real one."""
    del envelope
    remember_units(work, event.petition_no, (event.unit,))
    known = work.session.get(KnownCase, event.petition_no)
    if known is None or known.opened_on < event.accepted_on:
        # After an objection a petition may come to another unit, and over a leader's table.
        work.session.merge(
            KnownCase(
                petition_no=event.petition_no,
                unit=event.unit,
                route=event.route.value,
                opened_on=event.accepted_on,
            )
        )


def on_party_absent(work: Work, event: PartyAbsentV1, envelope: Envelope) -> None:
    """Record a party's absence or lateness as a ground against that party alone (C-25 i)."""
    del envelope
    if event.unit is not None:
        remember_units(work, event.petition_no, (event.unit,))
    absence = Absence(party=AbsentParty(event.party.value), excused=event.excused)
    if not is_absence_a_ground(absence).allowed:
        return
    unit = event.unit
    if event.party is Party.PETITION_OFFICER:
        unit = petition_office(work)
        if unit is None:
            predecessor = "directory_changed"
            raise TooEarly(predecessor)
    _record(
        work,
        Failure(
            petition_no=event.petition_no,
            kind=GroundKind.ABSENT_FROM_MEETING,
            occasion=f"{event.session}:{event.party.value}:{unit or event.leader}",
            occurred_on=event.on,
            unit=unit,
            leader=event.leader,
        ),
    )


def on_case_overdue(work: Work, event: CaseOverdueV1, envelope: Envelope) -> None:
    """Record an overdue case as a ground and propose a circular (C-17, C-25 ii, I-8)."""
    del envelope
    if work.session.get(KnownCase, event.petition_no) is None:
        # Nothing else tells of a case whose unit lets its day pass without ever accepting it.
        remember_units(work, event.petition_no, (event.unit,))
        work.session.add(
            KnownCase(
                petition_no=event.petition_no,
                unit=event.unit,
                route=event.route.value,
                opened_on=event.due_on,
            )
        )
    _record(
        work,
        Failure(
            petition_no=event.petition_no,
            kind=GroundKind.NOT_IMPLEMENTED_IN_TIME,
            occasion=f"{event.clock.value}:{event.due_on.isoformat()}",
            occurred_on=event.due_on,
            unit=event.unit,
            to_be_circulated=leads_overdue_to_a_circular(slip_case=event.route is CaseRoute.LEADER),
        ),
    )


def on_explanation_overdue(work: Work, event: ExplanationOverdueV1, envelope: Envelope) -> None:
    """Record that an overdue case was not explained to the petitioner in time (D-23)."""
    del envelope
    _record(
        work,
        Failure(
            petition_no=event.petition_no,
            kind=GroundKind.NOT_EXPLAINED,
            occasion=event.due_on.isoformat(),
            occurred_on=event.due_on,
            unit=event.unit,
            to_be_circulated=leads_overdue_to_a_circular(slip_case=_is_slip_case(work, event)),
        ),
    )


def on_promise_broken(work: Work, event: PromiseBrokenV1, envelope: Envelope) -> None:
    """Record a broken promise as a new ground, proposed to the joint conference too (D-23)."""
    del envelope
    _record(
        work,
        Failure(
            petition_no=event.petition_no,
            kind=GroundKind.PROMISE_BROKEN,
            occasion=f"{event.promised_on.isoformat()}:{event.times}",
            occurred_on=event.promised_on,
            unit=event.unit,
            to_be_circulated=leads_overdue_to_a_circular(slip_case=_is_slip_case(work, event)),
        ),
    )


def record_ground(work: Work, request: RecordGround) -> GroundView:
    """Record weak or evasive handling with bad consequences, written down by a person (C-25 iii).

    Raises:
        CaseNotFound: supervision has opened no case for this petition, or its news is on the way.
        UnitUnknown, LeaderUnknown: the directory does not name them.
        UnitHasNoPart: the unit neither has nor had the case.
        WeakHandlingUnfounded: the facts or the consequence are not stated.
    """
    part = has_unit_a_part(
        unit=request.unit, units_of_case=units_of_case(work, request.petition_no)
    )
    if part.verdict is Verdict.UNKNOWN:
        msg = (
            f"no case of {request.petition_no} is known here; check the number, or record the "
            "ground again once the case is open"
        )
        raise CaseNotFound(msg)
    require_unit(work, request.unit)
    require_leader(work, request.leader)
    if not part.allowed:
        msg = (
            f"{request.unit} has no part in {request.petition_no}; name a unit that has or had it "
            "(supervision.get_case shows the units)"
        )
        raise UnitHasNoPart(msg)
    verdict = is_weak_handling_a_ground(
        ReportedFailure(
            facts_stated=request.facts is not None,
            consequence_stated=request.consequence is not None,
        )
    )
    refusal = verdict.first_refusal()
    if refusal is not None:
        msg = f"{refusal.code} does not hold; state the facts and the bad consequence"
        raise WeakHandlingUnfounded(msg)
    ground = _record(
        work,
        Failure(
            petition_no=request.petition_no,
            kind=GroundKind.WEAK_HANDLING,
            occasion=request.request_id,
            occurred_on=work.today,
            unit=request.unit,
            leader=request.leader,
            facts=request.facts,
            consequence=request.consequence,
            recorded_by=work.actor.id,
        ),
    )
    return _view(work, ground)


def list_grounds(work: Work, request: ListGrounds) -> GroundList:
    """List grounds in the order they occurred; a unit sees its own and no other.

    Raises:
        NotYourCase: a unit asks for another's.
    """
    unit = own_or_asked(work, request.unit)
    wanted = select(Ground).order_by(Ground.occurred_on, Ground.ground_no).limit(request.limit)
    if unit is not None:
        wanted = wanted.where(Ground.unit == unit)
    if request.leader is not None:
        wanted = wanted.where(Ground.leader == request.leader)
    if request.petition_no is not None:
        wanted = wanted.where(Ground.petition_no == request.petition_no)
    return GroundList(grounds=tuple(_view(work, row) for row in work.session.scalars(wanted)))


def _is_slip_case(work: Work, event: ExplanationOverdueV1 | PromiseBrokenV1) -> bool:
    """Tell whether the case came to supervision over a leader's table (D-19).

    Raises:
        TooEarly: the case is not known here yet.
    """
    case = work.session.get(KnownCase, event.petition_no)
    if case is None:
        predecessor = "case_opened"
        raise TooEarly(predecessor)
    return case.route == CaseRoute.LEADER.value


def _record(work: Work, failure: Failure) -> Ground:
    """Write the ground once and propose its circular; a failure told again changes nothing."""
    known = work.session.scalar(
        select(Ground).where(
            Ground.petition_no == failure.petition_no,
            Ground.kind == failure.kind.value,
            Ground.occasion == failure.occasion,
        )
    )
    if known is not None:
        return known
    circular = _propose(work, failure) if failure.to_be_circulated else None
    ground = Ground(
        ground_no=work.number(failure.petition_no, "GR"),
        petition_no=failure.petition_no,
        kind=failure.kind.value,
        occasion=failure.occasion,
        unit=failure.unit,
        leader=failure.leader,
        occurred_on=failure.occurred_on,
        recorded_at=work.now,
        recorded_by=failure.recorded_by,
        circular_no=circular.circular_no if circular else None,
    )
    for column, text in (("facts", failure.facts), ("consequence", failure.consequence)):
        if text is not None:
            sealed = work.vault.seal(text, context=f"grounds|{ground.ground_no}|{column}")
            setattr(ground, f"{column}_sealed", sealed)
    work.session.add(ground)
    work.record(
        GroundRecordedV1(
            ground_no=ground.ground_no,
            petition_no=failure.petition_no,
            kind=failure.kind,
            unit=failure.unit,
            leader=failure.leader,
            occurred_on=failure.occurred_on,
        ),
        petition_no=failure.petition_no,
    )
    work.count(metrics.GROUNDS, kind=failure.kind.value)
    return ground


def _propose(work: Work, failure: Failure) -> Circular:
    """Propose a circular, or join the undecided one of the same kind, petition and party."""
    promise_broken = failure.kind is GroundKind.PROMISE_BROKEN
    if not promise_broken:
        undecided = work.session.scalar(
            select(Circular).where(
                Circular.petition_no == failure.petition_no,
                Circular.unit == failure.unit,
                Circular.leader == failure.leader,
                Circular.kind == failure.kind.value,
                Circular.state == Step.PROPOSED.value,
            )
        )
        if undecided is not None:
            return undecided
    circular = Circular(
        circular_no=work.number(failure.petition_no, "CI"),
        petition_no=failure.petition_no,
        unit=failure.unit,
        leader=failure.leader,
        kind=failure.kind.value,
        state=Step.PROPOSED.value,
        to_joint_conference=goes_to_joint_conference(promise_broken=promise_broken),
        proposed_on=work.today,
    )
    work.session.add(circular)
    work.session.flush()
    work.session.add(
        CircularEntry(circular_no=circular.circular_no, step="proposed", at=work.now, by=SYSTEM)
    )
    work.record(
        CircularProposedV1(
            circular_no=circular.circular_no,
            petition_no=failure.petition_no,
            unit=failure.unit,
            leader=failure.leader,
            kind=failure.kind,
            to_joint_conference=circular.to_joint_conference,
        ),
        petition_no=failure.petition_no,
    )
    work.count(metrics.CIRCULARS, step=Step.PROPOSED.value)
    return circular


def _view(work: Work, ground: Ground) -> GroundView:
    facts = None
    if ground.facts_sealed is not None:
        facts = work.vault.open(ground.facts_sealed, context=f"grounds|{ground.ground_no}|facts")
    return GroundView(
        ground_no=ground.ground_no,
        petition_no=ground.petition_no,
        kind=GroundKind(ground.kind),
        unit=ground.unit,
        leader=ground.leader,
        occurred_on=ground.occurred_on,
        circular_no=ground.circular_no,
        facts=facts,
    )
