"""Reading a message as it came from the bus, before anything is started for its sake.

nameko takes what it expects from a message and dies where it is missing; the broker then delivers
the message again, and the service dies again.  Here every property, header and byte is checked
first, and whatever cannot be understood has one name, under which it is parked.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

from shared import tracing
from shared.messaging.context import HEADERS
from shared.messaging.unopened import has_unreadable_properties

LARGEST_BODY: Final = 1024 * 1024
"""In bytes; a petition's text is limited to 20,000 characters, so ten times a long request."""

_PREFIX: Final = "nameko."
_CALL_IDS: Final = "call_id_stack"
_MOST_CALL_IDS: Final = 50
_LONGEST_TEXT: Final = 500


class Unreadable(StrEnum):
    """Why a message cannot be read: the closed list of reasons under which it is parked."""

    CALL_ID_STACK_MALFORMED = "call_id_stack_malformed"
    COMPRESSED = "compressed"
    CONTENT_ENCODING_UNKNOWN = "content_encoding_unknown"
    CONTENT_TYPE_MISSING = "content_type_missing"
    CONTENT_TYPE_UNKNOWN = "content_type_unknown"
    HEADER_MALFORMED = "header_malformed"
    HEADERS_MALFORMED = "headers_malformed"
    NOT_A_CALL = "not_a_call"
    NOT_A_MAPPING = "not_a_mapping"
    NOT_JSON = "not_json"
    NOT_UTF8 = "not_utf8"
    OVERSIZED = "oversized"
    PROPERTIES_MALFORMED = "properties_malformed"
    REPLY_TO_FOREIGN = "reply_to_foreign"
    REPLY_TO_MISSING = "reply_to_missing"
    SENDER_UNPROVEN = "sender_unproven"
    TOO_DEEP = "too_deep"
    UNSTORABLE_TEXT = "unstorable_text"


class UnreadableMessage(ValueError):
    """Raised for a message nobody can handle; park it, it will never be readable."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class IncomingCall:
    """A call as it was asked: still unchecked by any contract."""

    request: object
    context: dict[str, Any]
    reply_to: str
    correlation_id: str | None


class WrongSignature(ValueError):
    """Raised for a call that can be answered but does not pass exactly one ``request``."""


def read_call(
    message: Any, *, largest: int = LARGEST_BODY, answerable: re.Pattern[str] | None = None
) -> IncomingCall:
    """Read a remote call, from any nameko client.

    Args:
        message: as it came.
        largest: the size in bytes up to which a body is read.
        answerable: the addresses at which this service may answer; None where it may at any.

    Raises:
        UnreadableMessage: it cannot be understood, or there is nowhere to answer.
        WrongSignature: it can be answered, but only with a correction.
    """
    body = read_body(message, largest=largest)
    reply_to = reply_address(message, answerable=answerable)
    if reply_to is None:
        is_foreign = reply_address(message) is not None
        raise UnreadableMessage(
            Unreadable.REPLY_TO_FOREIGN if is_foreign else Unreadable.REPLY_TO_MISSING
        )
    return IncomingCall(
        request=_the_request(body),
        context=read_context(message),
        reply_to=reply_to,
        correlation_id=correlation_of(message),
    )


def reply_address(message: Any, *, answerable: re.Pattern[str] | None = None) -> str | None:
    """Give the address an answer goes to, if there is one and it is among the answerable."""
    reply_to = _properties(message).get("reply_to")
    if not isinstance(reply_to, str) or not reply_to:
        return None
    return reply_to if answerable is None or answerable.fullmatch(reply_to) else None


def correlation_of(message: Any) -> str | None:
    """Give the id by which the caller knows its answer, if it sent one."""
    correlation_id = _properties(message).get("correlation_id")
    return correlation_id if isinstance(correlation_id, str) else None


def message_id_of(message: Any) -> str | None:
    """Give the id the publisher gave to the message, if it did."""
    message_id = _properties(message).get("message_id")
    return message_id if isinstance(message_id, str) and message_id else None


def is_redelivered(message: Any) -> bool:
    """Tell whether the broker delivers a message again that somebody did not settle."""
    return bool((message.delivery_info or {}).get("redelivered"))


def type_of(message: Any) -> str | None:
    """Give the type the publisher gave to the message, if it did."""
    type_ = _properties(message).get("type")
    return type_ if isinstance(type_, str) and type_ else None


def sender_of(message: Any) -> str | None:
    """Give the broker user who sent the message, if it says so; the broker refuses a false one."""
    user_id = _properties(message).get("user_id")
    return user_id if isinstance(user_id, str) and user_id else None


def require_sender(message: Any, envelope: Mapping[str, Any]) -> None:
    """Return if the broker vouches for the service that an event names as its source.

    Raises:
        UnreadableMessage: it does not, or the event names none.
    """
    source = envelope.get("source")
    named = source.get("service") if isinstance(source, Mapping) else None
    if named is None or named != sender_of(message):
        raise UnreadableMessage(Unreadable.SENDER_UNPROVEN)


def body_bytes(message: Any) -> bytes:
    """Give a message's body as it came, not decoded."""
    body = message.body
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def read_body(message: Any, *, largest: int = LARGEST_BODY) -> Mapping[str, Any]:
    """Read a message's body as one JSON object.

    Raises:
        UnreadableMessage: it is none, or of another type, coding or size.
    """
    if has_unreadable_properties(message):
        raise UnreadableMessage(Unreadable.PROPERTIES_MALFORMED)
    if message.errors:
        raise UnreadableMessage(Unreadable.COMPRESSED)
    raw = body_bytes(message)
    if len(raw) > largest:
        raise UnreadableMessage(Unreadable.OVERSIZED)
    if not message.content_type:
        raise UnreadableMessage(Unreadable.CONTENT_TYPE_MISSING)
    if message.content_type != "application/json":
        raise UnreadableMessage(Unreadable.CONTENT_TYPE_UNKNOWN)
    if str(message.content_encoding or "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnreadableMessage(Unreadable.CONTENT_ENCODING_UNKNOWN)
    return _parsed(raw)


def read_context(message: Any) -> dict[str, Any]:
    """Read the headers this system knows, and nameko's own trail of call ids.

    Raises:
        UnreadableMessage: one of them is not what it must be.
    """
    headers = message.headers
    if not isinstance(headers, Mapping):
        raise UnreadableMessage(Unreadable.HEADERS_MALFORMED)
    context: dict[str, Any] = {}
    for name in HEADERS:
        value = headers.get(_PREFIX + name)
        if value is None:
            continue
        if not _is_short_text(value):
            raise UnreadableMessage(Unreadable.HEADER_MALFORMED)
        context[name] = value
    call_ids = headers.get(_PREFIX + _CALL_IDS)
    if call_ids is not None:
        if not isinstance(call_ids, list) or len(call_ids) > _MOST_CALL_IDS:
            raise UnreadableMessage(Unreadable.CALL_ID_STACK_MALFORMED)
        if not all(_is_short_text(call_id) for call_id in call_ids):
            raise UnreadableMessage(Unreadable.CALL_ID_STACK_MALFORMED)
        context[_CALL_IDS] = call_ids
    # Plain as the standard has it, or as nameko's own clients write what is in their context.
    parent = tracing.sound(headers.get(tracing.HEADER) or headers.get(_PREFIX + tracing.HEADER))
    if parent is not None:
        context[tracing.HEADER] = parent
    return context


def as_headers(context: Mapping[str, Any]) -> dict[str, Any]:
    """Give a context the names it has on the wire."""
    return {
        name if name == tracing.HEADER else _PREFIX + name: value for name, value in context.items()
    }


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableMessage(Unreadable.NOT_UTF8) from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise UnreadableMessage(Unreadable.TOO_DEEP) from None
    except ValueError:
        raise UnreadableMessage(Unreadable.NOT_JSON) from None
    if not isinstance(value, dict):
        raise UnreadableMessage(Unreadable.NOT_A_MAPPING)
    if "\\u" in text and not _is_storable(value):
        raise UnreadableMessage(Unreadable.UNSTORABLE_TEXT)
    return value


def _is_storable(value: object) -> bool:
    """Tell whether every text can be stored: half a surrogate pair and NUL cannot."""
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and any(
            character == "\0" or "\ud800" <= character <= "\udfff" for character in one
        ):
            return False
    return True


def _refuse_constant(_name: str) -> NoReturn:
    msg = "NaN and Infinity are no JSON"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        msg = "the number is beyond every bound"
        raise ValueError(msg)
    return number


def _the_request(body: Mapping[str, Any]) -> object:
    if "args" not in body or "kwargs" not in body:
        raise UnreadableMessage(Unreadable.NOT_A_CALL)
    args, kwargs = body["args"], body["kwargs"]
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise UnreadableMessage(Unreadable.NOT_A_CALL)
    if len(args) == 1 and not kwargs:
        return args[0]
    if not args and set(kwargs) == {"request"}:
        return kwargs["request"]
    msg = "pass exactly one argument, `request`, and in it one mapping"
    raise WrongSignature(msg)


def _properties(message: Any) -> Mapping[str, Any]:
    properties = message.properties
    return properties if isinstance(properties, Mapping) else {}


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT
