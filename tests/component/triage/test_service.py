"""Triage as a service: on the bus beside intake, which it asks before it sorts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import eventlet
import pytest

from balian.host import EmbeddedHost
from services.intake.service import IntakeService
from services.triage.service import TriageService
from shared.clock import ClockKind
from shared.contracts.common import DirectoryMissing, PetitionNotFound, WrongStage
from shared.contracts.mechanism import NotAllowed
from tests.support.triage import sample_county

NOW = "2026-06-01T09:00:00+08:00"
OPERATOR = {"actor": "operator:admin", "now": NOW}
CLERK = {"actor": "clerk:window_1", "now": NOW}
OFFICER = {"actor": "officer:desk_1", "now": NOW}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EmbeddedHost]:
    """Triage and intake on the bus of this process."""
    with EmbeddedHost(
        tmp_path / "stores",
        clock=ClockKind.SIMULATED,
        services=[IntakeService, TriageService],
    ) as running:
        yield running


def _wait_until_triage_knows(host: EmbeddedHost, petition_no: str) -> None:
    ends = monotonic() + 20
    while monotonic() < ends:
        waiting = host.call_raw("triage", "list_unsorted", {}, OFFICER)["petitions"]
        if petition_no in {petition["petition_no"] for petition in waiting}:
            return
        eventlet.sleep(0.05)
    pytest.fail("the registration did not arrive")


def _register(host: EmbeddedHost) -> str:
    request: dict[str, Any] = {
        "request_id": "window-1-000001",
        "form": "visit",
        "petitioners": [{"name": "祁连山"}],
        "territory": "baihe",
        "summary": "反映拖欠工资",
        "text": "公路养护段拖欠工资，几个部门互相推诿。",
    }
    ends = monotonic() + 20
    while True:
        try:
            return str(host.call_raw("intake", "register_petition", request, CLERK)["petition_no"])
        except DirectoryMissing:  # The directory's codes are still under way to intake.
            if monotonic() > ends:
                raise
            request["request_id"] += "-"
            eventlet.sleep(0.05)


@pytest.mark.proves("T2", "T6", "D-02", "P-9")
def test_a_petition_is_proposed_and_sorted_with_what_the_register_knows(
    host: EmbeddedHost,
) -> None:
    with pytest.raises(DirectoryMissing):
        host.call_raw("triage", "get_directory", {}, OFFICER)
    directory: dict[str, Any] = {**sample_county(), "request_id": "admin-000001"}
    host.call_raw("triage", "put_directory", directory, OPERATOR)
    petition_no = _register(host)
    _wait_until_triage_knows(host, petition_no)

    proposal = host.call_raw("triage", "propose_sorting", {"petition_no": petition_no}, OFFICER)
    sorting = {
        "request_id": "desk-1-000001",
        "petition_no": petition_no,
        "category": "claim",
        "outcome": "forward",
        "reason": "属人社部门职责。",
        "field": "labour",
        "severity": "ordinary",
        "severity_reason": "事实清楚。",
        "lead_unit": "labour_bureau",
    }
    result = host.call_raw("triage", "sort_petition", sorting, OFFICER)
    repeated = host.call_raw("triage", "sort_petition", sorting, OFFICER)

    assert (proposal["field"], proposal["leader"]) == ("labour", "l_vice_head_executive")
    assert "祁连山" in result["notice_text"]
    assert repeated == result
    with pytest.raises(WrongStage):
        host.call_raw(
            "triage", "sort_petition", {**sorting, "request_id": "desk-1-000002"}, OFFICER
        )
    with pytest.raises(NotAllowed):
        host.call_raw("triage", "sort_petition", {**sorting, "request_id": "w-0000001"}, CLERK)
    with pytest.raises(PetitionNotFound):
        host.call_raw(
            "triage",
            "sort_petition",
            {**sorting, "request_id": "desk-1-000003", "petition_no": "XF-20260601-9999"},
            OFFICER,
        )
