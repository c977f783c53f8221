"""Spans by OpenTelemetry, sent where its environment variables say: the extra balian[tracing].

Nothing else imports OpenTelemetry, and this only where tracing is asked for.
One exporter serves the process; each service in it is a resource of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.log_lines import FIELDS, shown
from shared.tracing import HEADER, SpanKind

_KINDS: Final = {
    SpanKind.CALL: trace.SpanKind.SERVER,
    SpanKind.MESSAGE: trace.SpanKind.CONSUMER,
    SpanKind.BATCH: trace.SpanKind.PRODUCER,
    SpanKind.DEADLINE: trace.SpanKind.INTERNAL,
}
_FAILURES: Final = frozenset({"error", "failed", "held", "parked", "unavailable"})
"""The outcomes that are no answer; a refusal is one."""


class OpenTelemetryTracer:
    """Takes spans into OpenTelemetry.

    Args:
        processor: what is done with a span that has ended.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        self._processor = processor
        self._tracers: dict[str, trace.Tracer] = {}
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(
        self,
        name: str,
        kind: SpanKind,
        *,
        service: str,
        parent: str | None,
        causes: Iterable[str],
        fields: Mapping[str, object],
    ) -> Iterator[Mapping[str, str]]:
        """Open a span for as long as a block; the words of an error are not taken into it."""
        with self._tracer_of(service).start_as_current_span(
            name,
            context=None if parent is None else self._propagator.extract({HEADER: parent}),
            kind=_KINDS[kind],
            attributes=attributes_of(fields),
            links=[link for link in map(self._link, causes) if link is not None],
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            context = opened.get_span_context()
            yield {
                "trace_id": trace.format_trace_id(context.trace_id),
                "span_id": trace.format_span_id(context.span_id),
            }

    def traceparent(self) -> str | None:
        """Give the open span as a header tells it."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get(HEADER)

    def tell(self, outcome: str, error: str | None) -> None:
        """Say of the open span how it ended."""
        current = trace.get_current_span()
        current.set_attributes(attributes_of({"outcome": outcome, "error": error}))
        if outcome in _FAILURES:
            current.set_status(Status(StatusCode.ERROR))

    def close(self) -> None:
        """Send what was not sent yet."""
        self._processor.shutdown()

    def _tracer_of(self, service: str) -> trace.Tracer:
        tracer = self._tracers.get(service)
        if tracer is None:
            resource = Resource.create({"service.namespace": "balian", "service.name": service})
            provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            provider.add_span_processor(self._processor)
            tracer = self._tracers[service] = provider.get_tracer("balian")
        return tracer

    def _link(self, parent: str) -> Link | None:
        context = trace.get_current_span(
            self._propagator.extract({HEADER: parent})
        ).get_span_context()
        return Link(context) if context.is_valid else None


def otlp_tracer() -> OpenTelemetryTracer:
    """Make a tracer that sends spans by OTLP over HTTP, as the variables `OTEL_...` say."""
    return OpenTelemetryTracer(BatchSpanProcessor(OTLPSpanExporter()))


def attributes_of(fields: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    """Give fields as attributes, each as the log would show it; what is not of its list is left."""
    told = {
        f"balian.{name}": shown(name, value)
        for name, value in fields.items()
        if name in FIELDS and value is not None
    }
    return {name: value for name, value in told.items() if isinstance(value, str | int | float)}
