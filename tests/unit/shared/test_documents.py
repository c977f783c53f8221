"""Document numbers and hashes: one form for one content, in any order and on any day."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.fields import Document
from shared.documents import (
    MalformedDocument,
    can_be_stored,
    canonical_json,
    content_hash,
    document_no,
    sheet_nos,
    storable,
)

pytestmark = pytest.mark.proves("P-6")

NO = "XF-20260601-0001"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_the_canonical_form_is_sorted_tight_and_utf8() -> None:
    content = {"b": [1, True, None], "a": "八联单", "on": date(2026, 6, 1)}

    assert canonical_json(content) == '{"a":"八联单","b":[1,true,null],"on":"2026-06-01"}'


def test_an_instant_has_one_form_whatever_its_zone() -> None:
    in_utc = datetime(2026, 6, 1, 1, tzinfo=UTC)
    in_shanghai = in_utc.astimezone(timezone(timedelta(hours=8)))

    assert content_hash({"at": in_utc}) == content_hash({"at": in_shanghai})


def test_a_hash_can_be_computed_again_by_anyone() -> None:
    expected = hashlib.sha256('{"a":"一"}'.encode()).hexdigest()

    assert content_hash({"a": "一"}) == expected


@given(st.dictionaries(st.text(), JSON))
def test_the_order_of_keys_does_not_matter(content: dict[str, Any]) -> None:
    turned_round = dict(reversed(list(content.items())))

    assert canonical_json(turned_round) == canonical_json(content)


@pytest.mark.parametrize(
    "content",
    [{1, 2}, float("nan"), datetime(2026, 6, 1), b"bytes", {("a",): 1}],  # noqa: DTZ001
)
def test_what_has_no_one_form_is_refused(content: object) -> None:
    with pytest.raises(MalformedDocument):
        canonical_json({"content": content})


def test_numbers_hang_on_the_petition() -> None:
    set_no = document_no(petition_no=NO, kind="CA", count=1)

    assert set_no == f"{NO}-CA-1"
    assert sheet_nos(set_no=set_no, count=4) == [f"{NO}-CA-1-{sheet}" for sheet in (1, 2, 3, 4)]
    for no in (set_no, *sheet_nos(set_no=set_no, count=4)):
        assert Document.load({"no": no, "sha256": "0" * 64}).no == no


@pytest.mark.parametrize(
    ("petition_no", "kind"), [(NO, "C"), (NO, "ca"), (NO, "CAR"), ("0001", "CA"), ("", "CA")]
)
def test_a_number_without_its_form_is_refused(petition_no: str, kind: str) -> None:
    with pytest.raises(MalformedDocument):
        document_no(petition_no=petition_no, kind=kind, count=1)


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ({"a": "正常"}, True),
        ({"a": "a\x00b"}, False),
        ({"a\x00": 1}, False),
        ({"a": ["\ud800"]}, False),
        ({"a": r"typed \u0000 by hand"}, True),
        ({"a": "\\\x00"}, False),
        ({"a": {1}}, False),
    ],
)
def test_text_that_no_store_holds_is_told(content: object, stored: bool) -> None:
    assert can_be_stored(content) is stored


def test_what_cannot_be_stored_is_spelled_out() -> None:
    assert storable("a\x00\ud800b") == r"a\x00\ud800b"
