"""`balian up` with tracing: spans leave by OTLP, and without its packages it says so."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from balian.connection import running_host
from balian.exit_codes import ExitCode
from tests.support.bus.harness import eventually
from tests.support.hosts import host_up

NOW = "2026-06-01T09:00:00+08:00"


class Collector(ThreadingHTTPServer):
    """Takes what an exporter sends."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.taken: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Taker(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.server.taken += [
                (named["service.name"], span.name)
                for scope in resource.scope_spans
                for span in scope.spans
            ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called.
        """Say nothing."""


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.shutdown()
        collector.server_close()
        thread.join(timeout=10)


def test_spans_of_every_service_leave_the_process(tmp_path: Path) -> None:
    directory = tmp_path / "store"
    with collecting() as collector:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with host_up(directory, environment=environment):
            host = running_host(directory)
            assert host is not None
            for service in ("intake", "triage"):
                host.call_raw(service, "service_status", {}, {"actor": "clerk:wang", "now": NOW})
            host.close()
            expected = {
                (service, "every_service.service_status") for service in ("intake", "triage")
            }
            assert eventually(lambda: expected <= set(collector.taken)), collector.taken


def test_where_the_packages_are_missing_the_start_says_what_to_install(tmp_path: Path) -> None:
    # As in an environment without the extra: the import fails.
    program = (
        "import sys; sys.modules['opentelemetry'] = None;"
        " sys.argv = ['balian', 'up', '--dir', sys.argv[1]];"
        " from balian.cli import main; main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "store")],
        env={**os.environ, "TRACING": "otlp"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == ExitCode.BAD_INPUT, ended.stderr
    assert "balian[tracing]" in ended.stderr
    assert "Traceback" not in ended.stderr
