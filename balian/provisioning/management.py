"""RabbitMQ's management API, as far as the provisioner uses it: a few verbs over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
from typing import Any, Final
from urllib.parse import quote, urlsplit

_TIMEOUT: Final = 15.0
_NOT_FOUND: Final = 404
_UNAUTHORIZED: Final = 401
_REFUSALS_BEGIN: Final = 400
_FAILURES_BEGIN: Final = 500


class ApiUnavailable(Exception):
    """Raised when the API does not answer, or not yet as it should; try again after a while."""


class ApiRefused(Exception):
    """Raised when the API refuses a request; its words are in the message, and no password is."""


class Management:
    """The management API of one broker, asked as an administrator.

    Args:
        url: such as ``http://rabbitmq:15672``.
        user: the administrator.
        password: the administrator's.
    """

    def __init__(self, url: str, *, user: str, password: str) -> None:
        self._place = urlsplit(url)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def get(self, *path: str) -> Any:
        """Give what is at a path; None where nothing is.

        Raises:
            ApiUnavailable, ApiRefused: as their docstrings say.
        """
        return self._ask("GET", path)

    def put(self, *path: str, value: Any = None) -> None:
        """Make or change what is at a path.

        Raises:
            ApiUnavailable, ApiRefused: as their docstrings say.
        """
        self._ask("PUT", path, value if value is not None else {})

    def post(self, *path: str, value: Any) -> None:
        """Add something at a path.

        Raises:
            ApiUnavailable, ApiRefused: as their docstrings say.
        """
        self._ask("POST", path, value)

    def delete(self, *path: str) -> None:
        """Remove what is at a path; nothing there is no fault.

        Raises:
            ApiUnavailable, ApiRefused: as their docstrings say.
        """
        self._ask("DELETE", path)

    def _ask(self, verb: str, path: tuple[str, ...], value: Any = None) -> Any:
        try:
            status, answer = self._exchange(verb, path, value)
        except (OSError, http.client.HTTPException) as silent:
            raise ApiUnavailable(type(silent).__name__) from None
        if status == _NOT_FOUND and verb in ("GET", "DELETE"):
            return None
        if status >= _FAILURES_BEGIN:
            msg = f"HTTP {status}"
            raise ApiUnavailable(msg)
        if status == _UNAUTHORIZED:
            # A broker that has just started knows its users a moment later than it listens.
            msg = "it does not know the administrator, or not by this password"
            raise ApiUnavailable(msg)
        if status >= _REFUSALS_BEGIN:
            msg = f"{verb} /{'/'.join(path)}: HTTP {status} {_reason(answer)}"
            raise ApiRefused(msg)
        return json.loads(answer) if answer else None

    def _exchange(self, verb: str, path: tuple[str, ...], value: Any) -> tuple[int, bytes]:
        kind = (
            http.client.HTTPSConnection
            if self._place.scheme == "https"
            else http.client.HTTPConnection
        )
        connection = kind(self._place.hostname or "", self._place.port, timeout=_TIMEOUT)
        where = "/".join(quote(part, safe="") for part in ("api", *path))
        body = None if value is None else json.dumps(value).encode()
        try:
            connection.request(verb, f"{self._place.path}/{where}", body, self._headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def _reason(answer: bytes) -> str:
    try:
        return str(json.loads(answer).get("reason", ""))
    except (ValueError, AttributeError):
        return ""
