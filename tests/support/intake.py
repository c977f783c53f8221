"""Words for telling what happens at the window: each does one thing through the real engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy

from services.intake import usecases
from services.intake.models import Base
from shared.contracts import intake as contract
from shared.contracts import supervision, triage
from shared.contracts.base import Event
from shared.contracts.common import PetitionCategory
from shared.contracts.fields import Document
from shared.messaging.inbox import Handling
from tests.support.bench import ServiceBench

WANG = contract.Person(
    name="测试甲",
    phone="13900000001",
    address="云岭县白河镇甲村1号",
    id_number="999999199001010011",
)
LI = contract.Person(name="测试乙", phone="13900000002")
SUMMARY = "工程款拖欠致三个月工资未发"
TEXT = "我们在白河镇工地干活，三个月工资共二十三万元没有发。"

DIRECTORY = triage.DirectoryChangedV1(
    version=1,
    office="petition_office",
    territories=(
        triage.TerritoryRow(code="county"),
        triage.TerritoryRow(code="sanchakou", parent="county"),
        triage.TerritoryRow(code="baihe", parent="county"),
    ),
    fields=(
        triage.FieldRow(code="labour", side=triage.FieldSide.GOVERNMENT),
        triage.FieldRow(code="land", side=triage.FieldSide.GOVERNMENT),
    ),
    leaders=(triage.LeaderRow(code="l_vice_head_land", organ="county"),),
    units=(
        triage.UnitRow(code="labour_bureau", kind=triage.UnitKind.GOVERNMENT, organ="county"),
        triage.UnitRow(code="land_bureau", kind=triage.UnitKind.GOVERNMENT, organ="county"),
    ),
)


def people(count: int) -> tuple[contract.Person, ...]:
    """Make up so many people."""
    return tuple(
        contract.Person(name=f"测试代表{number}", phone=f"1391000{number:04d}")
        for number in range(1, count + 1)
    )


def document(petition_no: str, kind: str, count: int = 1) -> Document:
    """Make up a document of another service."""
    return Document(no=f"{petition_no}-{kind}-{count}", sha256="0" * 64)


@dataclass
class Intake:
    """Intake on a bench."""

    bench: ServiceBench

    @classmethod
    def at(cls, url: str) -> Intake:
        return cls(ServiceBench("intake", Base, url=url))

    def empty_store(self) -> None:
        tables = ", ".join(f'"{name}"' for name in Base.metadata.tables)
        with self.bench.store.writing() as session:
            session.execute(sqlalchemy.text(f"TRUNCATE {tables} RESTART IDENTITY"))

    def hear_directory(self, directory: triage.DirectoryChangedV1 = DIRECTORY) -> None:
        self.bench.event(usecases.on_directory_changed, directory)

    def register(self, *, actor: str = "clerk:window_1", **told: Any) -> contract.PetitionReceipt:
        told = {
            "form": contract.IntakeForm.VISIT,
            "petitioners": (WANG,),
            "territory": "baihe",
            "summary": SUMMARY,
            "text": TEXT,
            **told,
        }
        request = contract.RegisterPetition(request_id=self.bench.request_id(), **told)
        return self.bench.command(usecases.register_petition, request, actor=actor)

    def name(self, petition_no: str, count: int) -> contract.RepresentativesNamed:
        request = contract.NameRepresentatives(
            request_id=self.bench.request_id(),
            petition_no=petition_no,
            representatives=people(count),
        )
        return self.bench.command(usecases.name_representatives, request)

    def split(self, petition_no: str, **told: Any) -> contract.PetitionParts:
        told = {
            "claim_summary": "征地补偿款少发",
            "claim_text": "承包地被征用，补偿款少发。",
            "accusation_summary": "反映经办人员截留补偿款",
            "accusation_text": "经办人员截留补偿款，请查处。",
            "accused": ("land_bureau",),
            "reason": "一份材料中两类事项并存",
            **told,
        }
        request = contract.SplitPetition(
            request_id=self.bench.request_id(), petition_no=petition_no, **told
        )
        return self.bench.command(usecases.split_petition, request, actor="officer:desk_1")

    def evaluate(
        self,
        receipt_code: str,
        party: contract.EvaluatedParty = contract.EvaluatedParty.PETITION_OFFICE,
        grade: contract.Grade = contract.Grade.SATISFIED,
    ) -> contract.EvaluationRecorded:
        request = contract.EvaluateHandling(
            request_id=self.bench.request_id(),
            receipt_code=receipt_code,
            party=party,
            grade=grade,
            comment="办得认真",
        )
        return self.bench.command(usecases.evaluate_handling, request, actor="petitioner:online")

    def reveal(self, petition_no: str, *, actor: str = "officer:desk_1") -> contract.Identity:
        request = contract.RevealIdentity(
            request_id=self.bench.request_id(),
            petition_no=petition_no,
            purpose=contract.RevealPurpose.CONTACT_PETITIONER,
            reason="电话核实工地名称",
        )
        return self.bench.command(usecases.reveal_identity, request, actor=actor)

    def get(
        self,
        petition_no: str,
        *,
        actor: str = "officer:desk_1",
        roles: str | None = None,
        purpose: str | None = None,
    ) -> contract.PetitionView:
        request = contract.GetPetition(petition_no=petition_no, purpose=purpose)
        return self.bench.query(usecases.get_petition, request, actor=actor, roles=roles)

    def find(self, **wanted: Any) -> contract.PetitionList:
        return self.bench.query(usecases.find_petitions, contract.FindPetitions(**wanted))

    def similar(self, *persons: contract.Person, **matter: Any) -> list[contract.SimilarPetition]:
        request = contract.FindSimilar(petitioners=persons, **matter)
        return list(self.bench.query(usecases.find_similar, request).proposals)

    def track(self, receipt_code: str) -> contract.Progress:
        request = contract.Track(receipt_code=receipt_code)
        return self.bench.query(usecases.track, request, actor="petitioner:online")

    def hear(self, event: Event, **rest: Any) -> Handling:
        return self.bench.event(usecases.on_news, event, **rest)

    def hear_sorted(
        self,
        petition_no: str,
        outcome: triage.SortingOutcome,
        category: PetitionCategory = PetitionCategory.CLAIM,
        **rest: Any,
    ) -> Handling:
        event = triage.PetitionSortedV1(petition_no=petition_no, category=category, outcome=outcome)
        return self.bench.event(usecases.on_petition_sorted, event, **rest)

    def hear_sealed(self, petition_no: str, organ: str | None = "discipline_commission") -> None:
        self.hear_sorted(
            petition_no, triage.SortingOutcome.DISCIPLINE_TRANSFER, PetitionCategory.ACCUSATION
        )
        self.hear(
            triage.DisciplineTransferredV1(
                petition_no=petition_no, organ=organ, document=document(petition_no, "ST")
            )
        )

    def hear_replied(self, petition_no: str) -> None:
        self.hear_sorted(petition_no, triage.SortingOutcome.REPLY, PetitionCategory.SUGGESTION)
        self.hear(
            triage.PetitionRepliedV1(petition_no=petition_no, document=document(petition_no, "RP"))
        )

    def hear_opinion(self, petition_no: str) -> None:
        self.hear(
            supervision.OpinionDeliveredV1(
                petition_no=petition_no,
                outcome=supervision.OpinionOutcome.SUPPORTED,
                delivered_on=date(2026, 7, 20),
                review_until=date(2026, 8, 19),
                document=document(petition_no, "OP"),
            )
        )

    def hear_archived(self, petition_no: str) -> None:
        self.hear(supervision.CaseArchivedV1(petition_no=petition_no, documents=12, seal="0" * 64))
