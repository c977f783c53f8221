"""Spans of a process that runs services: taken as the environment asks, and sent before it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from balian.faults import BadInput
from shared.tracing import TracingUnavailable, close_tracing, configure_tracing


@contextmanager
def traced_as_asked() -> Iterator[None]:
    """Take spans for as long as the block, if `TRACING` or OpenTelemetry's variables ask for it.

    Raises:
        BadInput: they are asked for and cannot be taken.
    """
    try:
        configure_tracing(os.environ)
    except TracingUnavailable as unavailable:
        raise BadInput(
            what="spans cannot be taken",
            why=str(unavailable),
            todo="docs/logs.md tells how tracing is installed and set.",
        ) from None
    try:
        yield
    finally:
        close_tracing()
