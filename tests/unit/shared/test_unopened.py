"""A message is taken off the wire whatever its properties are."""

from __future__ import annotations

import struct
import sys
from typing import Any

import pytest
from amqp import method_framing
from amqp.spec import Basic
from hypothesis import example, given
from hypothesis import strategies as st

from shared.messaging import publishing
from shared.messaging.reading import Unreadable, UnreadableMessage, read_body
from shared.messaging.unopened import SoundMessage, UnopenedMessage

_BODY = b'{"args": [], "kwargs": {"request": {}}}'
_FLAG_OF_HEADERS = 0x2000
_FLAG_OF_CONTENT_TYPE = 0x8000


def taken(properties: bytes) -> Any:
    """Give the message that py-amqp makes of a header frame with such properties and a body."""
    wire = SoundMessage(frame_method=Basic.Deliver)
    wire.inbound_header(struct.pack(">HxxQ", Basic.CLASS_ID, len(_BODY)) + properties)
    wire.inbound_body(_BODY)
    wire.delivery_info = {"delivery_tag": 1}
    return UnopenedMessage(wire)


def nested(levels: int) -> bytes:
    """Write a header table within a header table, and so on, without recursion."""
    table = struct.pack(">I", 0)
    for _ in range(levels):
        entry = b"\x01aF" + table
        table = struct.pack(">I", len(entry)) + entry
    return struct.pack(">H", _FLAG_OF_HEADERS) + table


def test_every_connection_of_the_process_takes_messages_so() -> None:
    # Whoever publishes or consumes has imported it.
    assert publishing.__name__ in sys.modules
    assert method_framing.Message is SoundMessage


def test_sound_properties_are_read() -> None:
    message = taken(struct.pack(">HB", _FLAG_OF_CONTENT_TYPE, 16) + b"application/json")

    assert message.content_type == "application/json"
    assert read_body(message)["args"] == []


@pytest.mark.parametrize(
    "properties",
    [
        struct.pack(">HB", _FLAG_OF_CONTENT_TYPE, 2) + b"\xff\xfe",
        nested(5_000),
        struct.pack(">HI", _FLAG_OF_HEADERS, 11) + b"\x01xT" + struct.pack(">Q", 2**60),
        struct.pack(">HI", _FLAG_OF_HEADERS, 3) + b"\x01x?",
        struct.pack(">HI", _FLAG_OF_HEADERS, 2**32 - 1),
        b"",
    ],
    ids=["no UTF-8", "endless tables", "no date", "no kind of value", "cut off", "nothing"],
)
def test_properties_that_cannot_be_read_have_a_name(properties: bytes) -> None:
    message = taken(properties)

    with pytest.raises(UnreadableMessage) as told:
        read_body(message)
    assert told.value.reason is Unreadable.PROPERTIES_MALFORMED
    assert bytes(message.body) == _BODY


@given(st.binary(max_size=200))
@example(b"\xff" * 40)
def test_no_bytes_whatever_end_whoever_takes_them(properties: bytes) -> None:
    assert bytes(taken(properties).body) == _BODY
