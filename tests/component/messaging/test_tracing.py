"""Spans: one trace from a call through its event to whoever handles it, and to the deadline."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id

from shared import tracing
from shared.tracing_otlp import OpenTelemetryTracer
from tests.support.bus.counter import PlaceOrder
from tests.support.bus.harness import CLERK, OPERATOR, BusUnderTest, petition
from tests.support.bus.services import PERSONAL
from tests.support.log_lines import log_written

OUTSIDE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Spans are taken into memory for the length of a test."""
    exporter = InMemorySpanExporter()
    tracing.take_spans_by(OpenTelemetryTracer(SimpleSpanProcessor(exporter)))
    try:
        yield exporter
    finally:
        tracing.take_spans_by(None)


def _named(spans: Sequence[ReadableSpan], name: str) -> ReadableSpan:
    (found,) = [span for span in spans if span.name == name]
    return found


def _attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def _parent(span: ReadableSpan) -> str | None:
    return None if span.parent is None else format_span_id(span.parent.span_id)


def _ids(span: ReadableSpan) -> tuple[str, str]:
    context = span.get_span_context()
    assert context is not None
    return format_trace_id(context.trace_id), format_span_id(context.span_id)


def test_one_trace_spans_the_call_its_event_and_the_service_that_handles_it(
    bus: BusUnderTest, spans: InMemorySpanExporter
) -> None:
    request = PlaceOrder(request_id="window-1-000001", petition_no=petition(1))

    with log_written() as log:
        bus.start()
        with bus.connection():
            bus.client().call_raw(
                "counter", "place_order", request.dump(), {**CLERK, tracing.HEADER: OUTSIDE}
            )
        bus.await_rest()

    taken = spans.get_finished_spans()
    call = _named(taken, "counter.place_order")
    handled = _named(taken, "handle order_placed.v1")
    trace_id, call_id = _ids(call)
    assert (trace_id, _parent(call)) == tuple(OUTSIDE.split("-")[1:3])
    assert _ids(handled)[0] == trace_id
    assert _parent(handled) == call_id
    assert (call.kind, handled.kind) == (SpanKind.SERVER, SpanKind.CONSUMER)
    assert call.resource.attributes["service.name"] == "counter"
    assert handled.resource.attributes["service.name"] == "ledger"
    assert _attributes(call) == _attributes(call) | {
        "balian.petition_no": petition(1),
        "balian.request_id": "window-1-000001",
        "balian.outcome": "replied",
    }
    assert _attributes(handled)["balian.outcome"] == "handled"
    batches = [span for span in taken if span.name == "relay"]
    assert call_id in {
        format_span_id(link.context.span_id) for batch in batches for link in batch.links
    }
    (line,) = log.lines("message handled")
    assert (line["trace_id"], line["span_id"]) == _ids(handled)


def test_a_deadline_that_fires_begins_a_trace_of_its_own_which_its_event_goes_on(
    bus: BusUnderTest, spans: InMemorySpanExporter
) -> None:
    from shared.contracts.every_service import Sweep  # noqa: PLC0415 - beside its one use.

    bus.start()
    request = PlaceOrder(
        request_id="window-1-000002", petition_no=petition(2), pays_itself_after_ms=1000
    )
    bus.call("counter", request)
    bus.await_rest()
    bus.call(
        "counter",
        Sweep(request_id="sweep-000001"),
        {**OPERATOR, "now": "2026-06-02T09:00:00+08:00"},
    )
    bus.await_rest()

    taken = spans.get_finished_spans()
    fired, paid = _named(taken, "fire payment"), _named(taken, "handle order_paid.v1")
    assert _parent(paid) == _ids(fired)[1]
    assert _attributes(fired)["balian.outcome"] == "fired"
    assert _attributes(fired)["balian.petition_no"] == petition(2)


@pytest.mark.proves("P-1")
def test_a_failure_is_told_by_its_class_and_never_by_its_words(
    embedded_bus: BusUnderTest, spans: InMemorySpanExporter
) -> None:
    request = PlaceOrder(
        request_id="window-1-000003", petition_no=petition(3), fails="unexpectedly"
    )
    embedded_bus.start()

    with pytest.raises(Exception, match="unexpected_fault"):
        embedded_bus.call("counter", request)
    with pytest.raises(Exception, match=r"."):
        embedded_bus.client().call_raw(
            "counter", "place_order", {"request_id": PERSONAL, "petition_no": PERSONAL}, CLERK
        )

    failed, refused = (
        span for span in spans.get_finished_spans() if span.name == "counter.place_order"
    )
    assert failed.status.status_code is StatusCode.ERROR
    assert _attributes(failed)["balian.error"] == "PersonalTrouble"
    assert failed.events == ()
    assert refused.status.status_code is StatusCode.UNSET
    assert _attributes(refused)["balian.outcome"] == "rejected"
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert PERSONAL not in told
    assert "13800000000" not in told


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="nothing"),
        pytest.param("00-x", id="no ids"),
        pytest.param(f"00-{'0' * 32}-{'1' * 16}-01", id="no trace"),
        pytest.param("x" * 5000, id="far too long"),
        pytest.param(7, id="a number"),
        pytest.param(["00"], id="a list"),
    ],
)
def test_a_header_that_is_no_trace_is_dropped_and_harms_nothing(
    embedded_bus: BusUnderTest, spans: InMemorySpanExporter, header: object
) -> None:
    request = PlaceOrder(request_id="window-1-000004", petition_no=petition(4))
    embedded_bus.start()

    embedded_bus.client().call_raw(
        "counter",
        "place_order",
        request.dump(),
        {**CLERK, tracing.HEADER: header},  # type: ignore[dict-item]
    )

    assert _parent(_named(spans.get_finished_spans(), "counter.place_order")) is None


def test_without_tracing_no_message_has_the_header(embedded_bus: BusUnderTest) -> None:
    embedded_bus.start()
    embedded_bus.call("counter", PlaceOrder(request_id="window-1-000005", petition_no=petition(5)))

    ((headers,),) = embedded_bus.read("counter", "SELECT headers FROM outbox_messages")
    assert tracing.HEADER not in headers


def test_who_does_not_ask_for_tracing_does_not_even_import_it() -> None:
    program = (
        "import sys, balian.host, balian.tracing\n"
        "from shared.tracing import configure_tracing\n"
        "configure_tracing({'TRACING': 'off', 'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://x'})\n"
        "configure_tracing({})\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_unknown_way_of_tracing_is_refused() -> None:
    with pytest.raises(tracing.TracingUnavailable, match="otlp or off"):
        tracing.configure_tracing({"TRACING": "jaeger"})
