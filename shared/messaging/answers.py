"""What comes back of a call: its result, or the error that crossed the wire, rebuilt.

Also the ways in which no answer comes at all, which the one who calls finds out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import nameko.exceptions
from nameko.exceptions import BadRequest, MethodNotFound, RemoteError

from shared.contracts.base import Refusal, refusals
from shared.contracts.mechanism import Fault


class ServiceUnknown(Fault):
    """No service of this name has ever run on this bus; check the name, or start the service."""


class MethodUnknown(Fault):
    """The service has no such method; check the name."""


class CallTimedOut(Fault):
    """No answer came in time; what became of the call is unknown: send the same request again."""


class AnswerUnreadable(Fault):
    """The service answered with an error or a text this caller does not know."""


class CallForbidden(Fault):
    """The broker does not let this user in, or not call this; use the user who may."""


def register_errors() -> None:
    """Teach nameko to rebuild every refusal and fault at the caller, by class path."""
    for error in (Refusal, *refusals(), Fault, *Fault.__subclasses__()):
        nameko.exceptions.registry[nameko.exceptions.get_module_path(error)] = error


def result_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give the result in an answer, or raise the error in it.

    Raises:
        Refusal: a rule refuses the call.
        Fault: the call could not be answered.
    """
    error = answer.get("error")
    if error is None:
        result = answer.get("result")
        if not isinstance(result, dict):
            msg = "the answer is no mapping"
            raise AnswerUnreadable(msg)
        return result
    raise rebuilt(error)


def rebuilt(error: object) -> Exception:
    """Rebuild the error that crossed the wire; one of an unknown class names only that class."""
    try:
        known: object = nameko.exceptions.deserialize(error)
    except (TypeError, AttributeError):
        known = None
    match known:
        case Refusal() | Fault():
            return known
        case MethodNotFound():
            return MethodUnknown(f"the service has no method {known}")
        case RemoteError():
            return AnswerUnreadable(f"the service answered with {known.exc_type}")
        case BadRequest():
            return AnswerUnreadable(f"the service did not understand the call: {known}")
        case _:
            return AnswerUnreadable("the error in the answer has no form that is known")
