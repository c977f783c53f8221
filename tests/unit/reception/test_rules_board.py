"""What a notice board must hold: whom a node that joins may not have heard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.reception.rules.board import may_not_have_heard
from tests.support.bench import at

OPENED = at("2026-06-08 09:00")


@pytest.mark.proves("L22-18", "D-30")
@pytest.mark.parametrize(
    ("apart", "unheard"),
    [
        pytest.param(-timedelta(seconds=1), True, id="announced before it opened"),
        pytest.param(timedelta(0), False, id="announced as it opened"),
        pytest.param(timedelta(seconds=1), False, id="announced after it opened"),
    ],
)
def test_a_node_may_not_have_heard_who_was_there_before(apart: timedelta, *, unheard: bool) -> None:
    assert may_not_have_heard(announced_at=OPENED + apart, opened_at=OPENED) is unheard
