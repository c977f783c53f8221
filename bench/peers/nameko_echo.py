"""A bare nameko service that gives back what it was sent: the least an RPC over nameko costs."""

from __future__ import annotations

from typing import Any

from nameko.rpc import rpc


class EchoService:
    """Takes a call, and does nothing."""

    name = "echo"

    @rpc
    def echo(self, request: Any) -> Any:
        """Give back the request."""
        return request
