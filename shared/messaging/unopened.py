"""Messages taken as they came: nothing of one is opened that could end whoever opens it.

py-amqp reads a message's properties while it takes the message off the wire, before anybody could
look at it: a text that is no UTF-8 would end the consumer, and with it the process, each time the
broker delivers the message again.  Kombu would decompress a body before anybody could look at its
size; a few kilobytes can stand for gigabytes.
Here the one is left empty and the other left as it is, with the fault among the message's `errors`,
where `reading` finds and names it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

from amqp import basic_message, method_framing
from amqp.exceptions import AMQPError
from kombu.transport import pyamqp

_COMPRESSION: Final = "compression"
_FAULT: Final = "balian_unreadable"
"""Stands among the properties of a message that came with unreadable ones; no wire has such."""

_CANNOT_BE_READ: Final = (
    ValueError,  # A text that is no UTF-8, too.
    ArithmeticError,  # A number or an instant beyond every bound.
    OSError,  # An instant that the system's own calendar does not know.
    RecursionError,
    MemoryError,
    LookupError,
    TypeError,
    struct.error,
    AMQPError,  # An unknown kind of value.
)

AmqpMessage: Any = pyamqp.Message
AmqpChannel: Any = pyamqp.Channel
WireMessage: Any = basic_message.Message

Errors = list[tuple[type[Exception], Exception, None]]


class CompressedBody(ValueError):
    """Kept with a message that says it is compressed; it was not decompressed."""


class UnreadableProperties(ValueError):
    """Kept with a message whose properties could not be read; it has none now."""


class SoundMessage(WireMessage):
    """A message off the wire, which is taken off it whatever its properties are."""

    def _load_properties(self, class_id: int, buf: Any, offset: int) -> int:
        try:
            return int(super()._load_properties(class_id, buf, offset))
        except _CANNOT_BE_READ:
            self.properties = {_FAULT: True}
            # Nothing of the frame is read behind them.
            return offset


def take_every_message() -> None:
    """Let every connection of this process take messages off the wire whatever they hold."""
    method_framing.Message = SoundMessage


def faults_of(headers: object) -> Errors | None:
    """Give what kombu expects among a message's errors, if the message says it is compressed."""
    if not isinstance(headers, Mapping) or not headers.get(_COMPRESSION):
        return None
    return [(CompressedBody, CompressedBody("the body is compressed"), None)]


class UnopenedMessage(AmqpMessage):
    """A received message whose body is as it was sent."""

    def __init__(self, message: Any, channel: Any = None, **more: Any) -> None:
        # Set before kombu looks: where there is an error already, it decompresses nothing.
        self.errors = faults_of(message.properties.get("application_headers"))
        if message.properties.pop(_FAULT, False):
            fault = UnreadableProperties("the properties cannot be read")
            self.errors = [(UnreadableProperties, fault, None)]
        super().__init__(message, channel=channel, **more)


def leave_unopened(channel: Any) -> None:
    """Make a channel give its messages unopened; the bus in this process always does."""
    if isinstance(channel, AmqpChannel):
        channel.Message = UnopenedMessage


def has_unreadable_properties(message: Any) -> bool:
    """Tell whether a message came with properties that could not be read."""
    return any(kind is UnreadableProperties for kind, _fault, _trace in message.errors or ())
