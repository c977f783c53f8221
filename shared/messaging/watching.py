"""What is told of a call, a message or a deadline while it is worked on: its ids, and a span.

Every line that is written meanwhile, whoever writes it, carries the ids by which a chain of calls
and events is followed from one service to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from shared import tracing
from shared.contracts.base import Event, Request
from shared.contracts.envelope import Source
from shared.logs import about
from shared.messaging.context import Caller
from shared.tracing import HEADER, SpanKind


@contextmanager
def call(
    source: Source,
    request_type: type[Request[Any]],
    request: object,
    caller: Caller,
    context: Mapping[str, Any],
) -> Iterator[None]:
    """Tell of a call, which nobody has checked yet."""
    told = request if isinstance(request, Mapping) else {}
    fields = {
        "service": source.service,
        "node": source.node or None,
        "method": request_type.method_name,
        "request_id": told.get("request_id"),
        "petition_no": told.get("petition_no"),
        "correlation_id": caller.correlation_id,
    }
    name = f"{request_type.owner}.{request_type.method_name}"
    with _told(name, SpanKind.CALL, source, context.get(HEADER), fields):
        yield


@contextmanager
def message(
    source: Source, event_type: type[Event], body: object, context: Mapping[str, Any]
) -> Iterator[None]:
    """Tell of an event that arrived, which nobody has checked yet."""
    fields = {"message_type": event_type.wire_type, **_of_envelope(source, body)}
    name = f"handle {event_type.wire_type}"
    with _told(name, SpanKind.MESSAGE, source, context.get(HEADER), fields):
        yield


@contextmanager
def early(source: Source, wire_type: str, body: object) -> Iterator[None]:
    """Tell of an event that came early and is tried once more, within the work that let it."""
    fields = {"message_type": wire_type, **_of_envelope(source, body)}
    with _told(f"handle {wire_type}", SpanKind.MESSAGE, source, None, fields):
        yield


@contextmanager
def deadline(source: Source, row: Any) -> Iterator[None]:
    """Tell of a deadline that fires."""
    fields = {
        "service": source.service,
        "node": source.node or None,
        "kind": row.kind,
        "petition_no": row.petition_no,
        "correlation_id": row.correlation_id,
    }
    with _told(f"fire {row.kind}", SpanKind.DEADLINE, source, None, fields):
        yield


@contextmanager
def _told(
    name: str, kind: SpanKind, source: Source, parent: str | None, fields: Mapping[str, object]
) -> Iterator[None]:
    with (
        tracing.span(name, kind, service=source.service, parent=parent, fields=fields) as ids,
        about(**fields, **ids),
    ):
        yield


def _of_envelope(source: Source, body: object) -> dict[str, object]:
    envelope = body if isinstance(body, Mapping) else {}
    return {
        "service": source.service,
        "node": source.node or None,
        "message_id": envelope.get("event_id"),
        "petition_no": envelope.get("petition_no"),
        "correlation_id": envelope.get("correlation_id"),
    }
