"""Spans: which call, message, batch or deadline took how long, and what it was part of.

Nothing here knows OpenTelemetry.  Where tracing is not asked for, a span is nothing and costs
nothing; where it is, `shared.tracing_otlp` is imported and takes them.  A span carries the same
fields as a line of the log, through the same allow-list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Any, Final, Protocol

HEADER: Final = "traceparent"
"""The header of a message that tells which span caused it, as the W3C's Trace Context writes it."""

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_OTLP: Final = "otlp"
_OFF: Final = "off"
_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class SpanKind(Enum):
    """What a span is of."""

    CALL = "call"
    MESSAGE = "message"
    BATCH = "batch"
    DEADLINE = "deadline"


class TracingUnavailable(RuntimeError):
    """Raised where tracing is asked for and its packages are missing: install balian[tracing]."""


class Tracer(Protocol):
    """What takes spans."""

    def span(
        self,
        name: str,
        kind: SpanKind,
        *,
        service: str,
        parent: str | None,
        causes: Iterable[str],
        fields: Mapping[str, object],
    ) -> AbstractContextManager[Mapping[str, str]]:
        """Open a span for as long as a block, and give its ids as fields of the log."""
        ...

    def traceparent(self) -> str | None:
        """Give the open span as a header tells it."""
        ...

    def tell(self, outcome: str, error: str | None) -> None:
        """Say of the open span how it ended."""

    def close(self) -> None:
        """Send what was not sent yet."""


_NO_IDS: Final[Mapping[str, str]] = {}
_NO_SPAN: Final = nullcontext(_NO_IDS)
_tracer: Tracer | None = None


def take_spans_by(tracer: Tracer | None) -> None:
    """Let a tracer take the spans of this process from now on; None to take none."""
    global _tracer  # noqa: PLW0603 - one for the process, as the exporter behind it is.
    _tracer = tracer


def is_on() -> bool:
    """Tell whether spans are taken."""
    return _tracer is not None


def configure_tracing(environment: Mapping[str, str]) -> None:
    """Take spans if the environment asks for it, with `TRACING=otlp` or an address to send them to.

    `TRACING=off` asks for none, whatever else is set.  Done once for a process; what comes later
    changes nothing.

    Raises:
        TracingUnavailable: they are asked for in an unknown way, or OpenTelemetry is not installed.
    """
    if _tracer is not None or not _is_asked_for(environment):
        return
    try:
        from shared.tracing_otlp import otlp_tracer  # noqa: PLC0415 - an extra, and only if asked.
    except ImportError as missing:
        msg = f"tracing needs {missing.name}: install balian[tracing], or set TRACING=off"
        raise TracingUnavailable(msg) from None
    take_spans_by(otlp_tracer())


def _is_asked_for(environment: Mapping[str, str]) -> bool:
    told = environment.get("TRACING", "").lower()
    if told not in ("", _OTLP, _OFF):
        msg = f"TRACING must be {_OTLP} or {_OFF}"
        raise TracingUnavailable(msg)
    return told == _OTLP or (not told and any(environment.get(name) for name in _ENDPOINTS))


def close_tracing() -> None:
    """Send what was not sent yet, before the process ends, and take no more."""
    if _tracer is not None:
        _tracer.close()
        take_spans_by(None)


def span(
    name: str,
    kind: SpanKind,
    *,
    service: str,
    parent: str | None = None,
    causes: Iterable[str] = (),
    fields: Mapping[str, object],
) -> AbstractContextManager[Mapping[str, str]]:
    """Open a span for as long as a block, and give its ids as fields of the log.

    Args:
        name: what is done, from a closed set.
        kind: what the span is of.
        service: who does it.
        parent: the `traceparent` of what caused it, where a message brought one.
        causes: those of what it does something for without being a part of it.
        fields: what a line of the log would say of it.
    """
    if _tracer is None:
        return _NO_SPAN
    return _tracer.span(name, kind, service=service, parent=parent, causes=causes, fields=fields)


def tell(outcome: str, error: str | None = None) -> None:
    """Say of the open span how it ended: a code, and the class of an error."""
    if _tracer is not None:
        _tracer.tell(outcome, error)


def headers() -> dict[str, str]:
    """Give the header that tells a message which span it comes from; none where there is none."""
    parent = None if _tracer is None else _tracer.traceparent()
    return {} if parent is None else {HEADER: parent}


def sound(value: Any) -> str | None:
    """Give a `traceparent` that has its form; anything else is dropped and harms nothing."""
    return value if isinstance(value, str) and _TRACEPARENT.fullmatch(value) else None
