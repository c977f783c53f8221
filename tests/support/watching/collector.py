"""A collector of spans: takes what comes by OTLP over HTTP, and prints a line for each span.

It runs in a container of its own on the deployment's network, from the image of the services, which
holds what OTLP is read with.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PORT: Final = 4318
_NAME: Final = "service.name"


class Collector(BaseHTTPRequestHandler):
    """Takes what exporters send."""

    def do_POST(self) -> None:
        """Print the spans of one batch, and say that they were taken."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for span in spans_in(body):
            sys.stdout.write(f"{json.dumps(span)}\n")
            sys.stdout.flush()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base has it.
        """Say nothing of the connection: what is printed is spans."""


def spans_in(body: bytes) -> Iterator[Mapping[str, str]]:
    """Iterate over the spans of a batch: whose it is, what of, its ids and its parent's."""
    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        about = {each.key: each.value.string_value for each in group.resource.attributes}
        for scope in group.scope_spans:
            for span in scope.spans:
                yield {
                    "service": about[_NAME],
                    "name": span.name,
                    "trace_id": span.trace_id.hex(),
                    "span_id": span.span_id.hex(),
                    "parent_id": span.parent_span_id.hex(),
                }


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), Collector).serve_forever()
