"""What people ask of the register and of the lists, in the words in which a table tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bench.conversations import Call
from bench.full_case_calls import Prepared
from shared.calendar import LOCAL_ZONE

_CLERK: Final = "clerk:window_1"
_OFFICER: Final = "officer:desk_1"
_UNIT: Final = "housing_bureau"
_PAGE: Final = 100


def questions(prepared: Prepared, *, middle: str) -> dict[str, Call]:
    """Give every question that is asked of a county, by name.

    Args:
        prepared: a petition whose meeting is prepared.
        middle: the number of a petition in the middle of the register.
    """
    today = datetime.now(LOCAL_ZONE).date()
    return {
        "search: a petition by number": _ask(
            "intake.get_petition", _OFFICER, petition_no=prepared.petition_no
        ),
        "search: its progress by receipt": _ask(
            "intake.track", "petitioner:visitor", receipt_code=prepared.receipt_code
        ),
        "search: earlier matters of a person": _ask(
            "intake.find_similar", _CLERK, petitioners=prepared.petitioners, field="labour"
        ),
        "search: a page of a territory": _find(territory="county"),
        "search: a page from the middle": _find(after=middle),
        "search: a page of what waits": _find(stage="registered"),
        "search: a page of one stage and form": _find(stage="assigned", form="letter"),
        "search: a page of a week": _find(
            registered_from=str(today - timedelta(days=7)), registered_until=str(today)
        ),
        "lists: what waits for sorting": _list("triage.list_unsorted"),
        "lists: sorting that falls due": _list(
            "triage.list_due", until=str(today + timedelta(days=15))
        ),
        "lists: what falls due": _list("supervision.list_due", until=str(today)),
        "lists: what falls due at a unit": _list("supervision.list_due", unit=_UNIT),
        "lists: open cases overdue": _list("supervision.list_overdue", open_only=True),
        "lists: open cases overdue at a unit": _list(
            "supervision.list_overdue", unit=_UNIT, open_only=True
        ),
        "lists: grounds at a unit": _list("accountability.list_grounds", unit=_UNIT),
        "lists: circulars proposed": _list("accountability.list_circulars", state="proposed"),
        "docket: shown": _ask("reception_county.get_docket", _OFFICER, session=prepared.session),
        "docket: notice board": _ask(
            "reception_county.notice_board", "petitioner:visitor", from_on=str(today)
        ),
    }


def _find(**says: Any) -> Call:
    return _ask("intake.find_petitions", _CLERK, limit=_PAGE, **says)


def _list(method: str, **says: Any) -> Call:
    return _ask(method, _OFFICER, limit=_PAGE, **says)


def _ask(method: str, actor: str, **says: Any) -> Call:
    told: Mapping[str, Any] = says
    return Call(method=method, actor=actor, says=told, is_question=True)
