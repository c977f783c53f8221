"""What can be called: `service.method`, looked up in the contracts and nowhere else."""

from __future__ import annotations

import difflib
import importlib
import json
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import shared.contracts
from shared.contracts.base import Command, Request, requests
from shared.policy import Role

NODE_PREFIX: Final = "reception_"
EVERY_SERVICE: Final = "every_service"
_SERVICES: Final = ("intake", "triage", "supervision", "accountability")
_NODE_SERVICE: Final = re.compile(rf"{NODE_PREFIX}[a-z0-9_]+")
_PARTY: Final = re.compile(r"(?P<roles>[a-z_]+(?:\+[a-z_]+)*):(?P<code>[A-Za-z0-9_.\-]{1,64})")


class CallUnknown(LookupError):
    """No contract declares this call; the message proposes the nearest ones."""


class PartyUnreadable(ValueError):
    """Who calls is not written as `role:name`; the message says what is wrong."""


class JsonUnreadable(ValueError):
    """The text is no JSON; the message names line and column and what was expected there."""


@dataclass(frozen=True)
class Party:
    """Who calls, as they claim: an id such as `clerk:wang`, and the roles they hold."""

    id: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class CallTarget:
    """One method of one service, with its contract."""

    service: str
    request: type[Request[Any]]

    @property
    def method(self) -> str:
        """Give the method's name on the wire."""
        return self.request.method_name

    @property
    def is_command(self) -> bool:
        """Tell whether the call changes something, and so carries a request id."""
        return issubclass(self.request, Command)

    @property
    def wire_name(self) -> str:
        """Give `owner.method`, the same for every node and service."""
        return self.request.wire_name()

    def __str__(self) -> str:
        return f"{self.service}.{self.method}"


def target_named(name: str) -> CallTarget:
    """Find what `service.method` means.

    Raises:
        CallUnknown: no contract declares it.
    """
    service, _, method = name.partition(".")
    owner = "reception" if _NODE_SERVICE.fullmatch(service) else service
    if owner == "reception" and service == "reception":
        msg = f"{name}: a reception call names its node, such as {NODE_PREFIX}county.{method}"
        raise CallUnknown(msg)
    if owner not in (*_SERVICES, "reception"):
        msg = f"there is no service {service!r}; there are {_listing(_service_examples())}"
        raise CallUnknown(msg)
    known = _declared()
    for wire_name in (f"{owner}.{method}", f"{EVERY_SERVICE}.{method}"):
        if wire_name in known:
            return CallTarget(service, known[wire_name])
    methods = [wire.partition(".")[2] for wire in known if wire.startswith((f"{owner}.", "every"))]
    near = difflib.get_close_matches(method, methods, n=3)
    hint = f"; near to it: {_listing(near)}" if near else "; docs/contracts.md lists them"
    msg = f"{service} has no method {method!r}{hint}"
    raise CallUnknown(msg)


def party_named(text: str, *, strangers_too: bool = False) -> Party:
    """Read who calls: `clerk:wang`, or `clerk+officer:wang` for several roles.

    The actor's id keeps the first role.
    With `strangers_too` a role of no list passes, so that its refusal can be shown.

    Raises:
        PartyUnreadable: the form is another, or a role is not of the closed list.
    """
    read = _PARTY.fullmatch(text)
    if read is None:
        msg = f"{text!r} is not written as role:name, such as clerk:window_1"
        raise PartyUnreadable(msg)
    named = tuple(read["roles"].split("+"))
    strangers = [role for role in named if role not in set(Role)]
    if strangers and not strangers_too:
        msg = f"there is no role {_listing(strangers)}; there are {_listing(Role)}"
        raise PartyUnreadable(msg)
    return Party(f"{named[0]}:{read['code']}", named)


def read_json(text: str) -> Any:
    """Read JSON strictly: no key twice in an object, no NaN.

    Raises:
        JsonUnreadable: names line and column of the first fault.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        msg = f"no JSON at line {fault.lineno}, column {fault.colno}: {fault.msg}"
        raise JsonUnreadable(msg) from None
    except RecursionError:
        msg = "no JSON that can be read: nested too deeply"
        raise JsonUnreadable(msg) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        msg = f"the key {_listing(twice)} stands twice in one object"
        raise JsonUnreadable(msg)
    return made


def _no_constant(name: str) -> Any:
    msg = f"{name} is no JSON number"
    raise JsonUnreadable(msg)


@cache
def _declared() -> Mapping[str, type[Request[Any]]]:
    for module in pkgutil.iter_modules(shared.contracts.__path__):
        importlib.import_module(f"shared.contracts.{module.name}")
    return {request.wire_name(): request for request in requests()}


def _service_examples() -> Iterable[str]:
    return (*_SERVICES, f"{NODE_PREFIX}<node>")


def _listing(words: Iterable[str]) -> str:
    return ", ".join(words)
