"""Messages taken as they came: kombu would decompress a body before anybody could look at its size.

A few kilobytes can stand for gigabytes, and would end the process each time they are delivered.
Nothing in this system sends compressed messages, so none is opened: `reading` finds the fault in
`errors` and refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kombu.transport import pyamqp

_COMPRESSION: Final = "compression"

AmqpMessage: Any = pyamqp.Message
AmqpChannel: Any = pyamqp.Channel


class CompressedBody(ValueError):
    """Kept with a message that says it is compressed; it was not decompressed."""


def faults_of(headers: object) -> list[tuple[type[Exception], Exception, None]] | None:
    """Give what kombu expects among a message's errors, if the message says it is compressed."""
    if not isinstance(headers, Mapping) or not headers.get(_COMPRESSION):
        return None
    return [(CompressedBody, CompressedBody("the body is compressed"), None)]


class UnopenedMessage(AmqpMessage):
    """A received message whose body is as it was sent."""

    def __init__(self, message: Any, channel: Any = None, **more: Any) -> None:
        # Set before kombu looks: where there is an error already, it decompresses nothing.
        self.errors = faults_of(message.properties.get("application_headers"))
        super().__init__(message, channel=channel, **more)


def leave_unopened(channel: Any) -> None:
    """Make a channel give its messages unopened; the bus in this process always does."""
    if isinstance(channel, AmqpChannel):
        channel.Message = UnopenedMessage
