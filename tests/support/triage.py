"""Triage as its callers meet it: with the sample county's directory and petitions to sort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.triage import usecases
from shared.contracts.common import PetitionCategory
from shared.contracts.fields import Document
from shared.contracts.intake import IntakeForm, PetitionRegisteredV1, PetitionView, Stage
from shared.contracts.reception import NodeOpenedV1
from shared.contracts.triage import (
    PutDirectory,
    Severity,
    SortingOutcome,
    SortingResult,
    SortPetition,
)
from tests.support.bench import ServiceBench

NO: Final = "XF-20260601-0001"
EARLIER: Final = "XF-20260520-0003"
OFFICER: Final = "officer:desk_1"
COUNTY_YAML: Final = Path(__file__).parents[2] / "samples" / "county.yaml"


@cache
def sample_county() -> dict[str, Any]:
    """Read the sample directory as a caller sends it: every value a text."""
    text = COUNTY_YAML.read_text("utf-8")
    # Builds nothing but texts, lists and mappings; a date stays the text it is on the wire.
    content: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return content


@dataclass
class Triage:
    """Triage as its callers meet it."""

    bench: ServiceBench

    def put_directory(self, **changed: Any) -> Any:
        content = sample_county() | {"request_id": self.bench.request_id()} | changed
        request = PutDirectory.load(content)
        return self.bench.command(usecases.put_directory, request, actor="operator:admin")

    def register(self, petition_no: str = NO, **told: Any) -> None:
        known: dict[str, Any] = {
            "form": IntakeForm.VISIT,
            "territory": "county",
            "registered_on": date(2026, 6, 1),
            "received_on": date(2026, 6, 1),
            "group": False,
            "headcount": 1,
            "urgent": False,
            "document": Document(no=f"{petition_no}-RC-1", sha256="0" * 64),
        }
        self.bench.event(
            usecases.on_petition_registered,
            PetitionRegisteredV1(petition_no=petition_no, **(known | told)),
        )

    def open_node(self, node: str, territory: str, **told: Any) -> None:
        self.bench.event(
            usecases.on_node_opened,
            NodeOpenedV1(
                node=node,
                service=f"reception_{node}",
                territory=territory,
                regime="county",
                **told,
            ),
        )

    def sort(
        self,
        outcome: SortingOutcome,
        *,
        petition_no: str = NO,
        register: PetitionView | None = None,
        **told: Any,
    ) -> SortingResult:
        known: dict[str, Any] = {
            "category": PetitionCategory.CLAIM,
            "reason": "跨部门事项，需要协调。",
        }
        return self.bench.command(
            usecases.sort_petition,
            SortPetition(
                request_id=self.bench.request_id(),
                petition_no=petition_no,
                outcome=outcome,
                **(known | told),
            ),
            actor=OFFICER,
            facts=register or registered(petition_no),
        )

    def route(self, **told: Any) -> SortingResult:
        """Route a labour matter that is complex to the leader in charge."""
        return self.sort(SortingOutcome.LEADER_IN_CHARGE, **(COMPLEX | told))

    def forward(self, **told: Any) -> SortingResult:
        """Forward an ordinary labour matter."""
        return self.sort(SortingOutcome.FORWARD, **(ORDINARY | told))


COMPLEX: Final[dict[str, Any]] = {
    "field": "labour",
    "lead_unit": "labour_bureau",
    "severity": Severity.COMPLEX,
    "severity_reason": "涉及两个单位。",
}
ORDINARY: Final[dict[str, Any]] = COMPLEX | {
    "severity": Severity.ORDINARY,
    "severity_reason": "事实清楚。",
}
DIFFICULT: Final[dict[str, Any]] = COMPLEX | {
    "severity": Severity.DIFFICULT,
    "severity_reason": "历史遗留。",
}


def registered(petition_no: str = NO, **told: Any) -> PetitionView:
    """Give the register's view of a petition; the person and the matter are invented."""
    known: dict[str, Any] = {
        "petition_no": petition_no,
        "form": IntakeForm.VISIT,
        "stage": Stage.REGISTERED,
        "territory": "county",
        "registered_on": date(2026, 6, 1),
        "received_on": date(2026, 6, 1),
        "headcount": 1,
        "group": False,
        "representatives_count": 0,
        "urgent": False,
        "linked_to": None,
        "declared_category": None,
        "visits": (),
        "sealed": False,
        "petitioner": "祁连山",
        "summary": "反映拖欠工资",
        "text": "公路养护段拖欠工资，几个部门互相推诿。",
    }
    return PetitionView(**(known | told))
