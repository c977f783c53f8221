"""Reliable messaging: one mechanism for every service, written once.

What a use case needs of it is here; the engine and the bus have modules of their own.

The names are fetched when they are first asked for.  `shared.messaging.patching` stands in this
package and must run before a database driver or the thread module's locks are taken hold of;
imported the ordinary way, this file would take hold of them first.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shared.contracts.envelope import Envelope
    from shared.messaging.context import Actor, Caller, Source
    from shared.messaging.work import TooEarly, Work

_HOMES: Final = {
    "Actor": "shared.messaging.context",
    "Caller": "shared.messaging.context",
    "Envelope": "shared.contracts.envelope",
    "Source": "shared.contracts.envelope",
    "TooEarly": "shared.messaging.work",
    "Work": "shared.messaging.work",
}

__all__ = ["Actor", "Caller", "Envelope", "Source", "TooEarly", "Work"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)
