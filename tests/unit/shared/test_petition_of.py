"""Which petition a call is about, and with it whose deadlines must have fired before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shared.contracts.accountability import AnswerCircular
from shared.contracts.base import Command
from shared.contracts.reception import DeliverCard
from shared.contracts.supervision import AcknowledgeSlip, ArchiveCase
from shared.contracts.triage import RetireNode
from shared.messaging.commands import petition_of

NO = "XF-20260601-0001"
REQUEST = {"request_id": str(UUID(int=1))}


@pytest.mark.parametrize(
    ("command", "petition_no"),
    [
        (ArchiveCase.load({**REQUEST, "petition_no": NO}), NO),
        (AcknowledgeSlip.load({**REQUEST, "slip_no": f"{NO}-SL-1-3"}), NO),
        (DeliverCard.load({**REQUEST, "card_no": f"{NO}-CA-2-1"}), NO),
        (AnswerCircular.load({**REQUEST, "circular_no": f"{NO}-CR-1", "answer": "已整改"}), NO),
        (RetireNode.load({**REQUEST, "node": "sanchakou", "reason": "并入"}), None),
    ],
    ids=["a petition", "one of its slips", "one of its cards", "a circular", "no petition"],
)
def test_a_call_is_about_a_petition_or_one_of_its_documents(
    command: Command[Any], petition_no: str | None
) -> None:
    assert petition_of(command) == petition_no
