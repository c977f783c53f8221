"""The preliminary opinion: one document with the position of every unit annexed (C-11, D-11)."""

from __future__ import annotations

from collections import Counter
from typing import Final

from services.reception import metrics
from services.reception.models import PreliminaryOpinion, Preparation, Routing, UnitPosition
from services.reception.rules.preparation import Opinion, may_record_opinion
from services.reception.usecases.preparations import (
    move,
    preparation_in_hand,
    routing_of,
    set_in_force,
    step_of,
)
from services.reception.usecases.refusing import require
from shared.contracts.base import MalformedRequest
from shared.contracts.common import UnitUnknown, WrongStage
from shared.contracts.reception import (
    CardsMissing,
    LeaderNotConsulted,
    OpinionRecorded,
    PreliminaryOpinionRecordedV1,
    PreparationState,
    RecordPreliminaryOpinion,
    UnitPositionMissing,
)
from shared.messaging import Work

_OPINION: Final = "PO"


def record_preliminary_opinion(work: Work, request: RecordPreliminaryOpinion) -> OpinionRecorded:
    """Record the preliminary opinion on the set in force; a later one replaces the earlier.

    Raises:
        PetitionNotFound, CardsMissing, LeaderNotConsulted, UnitPositionMissing, UnitUnknown,
            WrongStage: as their docstrings say.
        MalformedRequest: a unit is named twice.
    """
    preparation = preparation_in_hand(work, request.petition_no, missing=CardsMissing)
    routing = routing_of(work, preparation)
    _require_each_unit_once(request)
    _require_in_order(work, preparation, routing, request)
    document = work.document(
        preparation.petition_no,
        _OPINION,
        {
            "set_no": preparation.set_no,
            "leader_consulted": request.leader_consulted,
            "opinion": request.opinion,
            "positions": {each.unit: each.position for each in request.positions},
            "replaces": preparation.opinion_no,
        },
    )
    _keep(work, preparation, request, no=document.no, sha256=document.sha256)
    preparation.opinion_no = document.no
    move(work, preparation, PreparationState.PREPARED, session=preparation.session)
    work.record(
        PreliminaryOpinionRecordedV1(
            petition_no=preparation.petition_no,
            leader=request.leader_consulted,
            units=routing.units,
            document=document,
        )
    )
    work.count(metrics.OPINIONS_RECORDED)
    return OpinionRecorded(petition_no=preparation.petition_no, document=document)


def _require_each_unit_once(request: RecordPreliminaryOpinion) -> None:
    twice = [
        unit for unit, times in Counter(p.unit for p in request.positions).items() if times > 1
    ]
    if twice:
        msg = f"RecordPreliminaryOpinion: positions: {', '.join(twice)} is named twice"
        raise MalformedRequest(msg)


def _require_in_order(
    work: Work, preparation: Preparation, routing: Routing, request: RecordPreliminaryOpinion
) -> None:
    number = preparation.petition_no
    opinion = Opinion(
        step=step_of(preparation),
        cards_issued=set_in_force(work, preparation) is not None,
        leader_in_charge=routing.leader_in_charge,
        leader_consulted=request.leader_consulted,
        units_concerned=routing.units,
        units_heard=tuple(position.unit for position in request.positions),
    )
    require(
        may_record_opinion(opinion),
        {
            "cards_issued": CardsMissing(
                f"no cards of {number} are issued; the opinion comes after them"
            ),
            "before_the_notice": WrongStage(
                f"{number} stands at {preparation.state.value}; an opinion is recorded after the"
                " cards and before the appointment notice"
            ),
            "leader_in_charge_consulted": LeaderNotConsulted(
                f"the leader in charge of {number} is {routing.leader_in_charge}; consult that"
                " leader and name them in leader_consulted"
            ),
            "only_units_concerned": UnitUnknown(
                f"{number} concerns {', '.join(routing.units)} and no other unit; leave out the"
                " position of any other"
            ),
            "every_unit_heard": UnitPositionMissing(
                f"{number} needs a position of each of {', '.join(routing.units)}"
            ),
        },
    )


def _keep(
    work: Work,
    preparation: Preparation,
    request: RecordPreliminaryOpinion,
    *,
    no: str,
    sha256: str,
) -> None:
    work.session.add(
        PreliminaryOpinion(
            opinion_no=no,
            petition_no=preparation.petition_no,
            set_no=preparation.set_no,
            leader_consulted=request.leader_consulted,
            opinion_sealed=work.vault.seal(
                request.opinion, context=f"preliminary_opinions|{no}|opinion"
            ),
            sha256=sha256,
            replaces=preparation.opinion_no,
            recorded_at=work.now,
            recorded_by=work.actor.id,
        )
    )
    work.session.flush()
    for each in request.positions:
        context = f"unit_positions|{no}/{each.unit}|position"
        work.session.add(
            UnitPosition(
                opinion_no=no,
                unit=each.unit,
                position_sealed=work.vault.seal(each.position, context=context),
            )
        )
