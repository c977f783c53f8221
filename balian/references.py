"""References from one line of a casebook to the reply of an earlier one: `${p1.petition_no}`.

A string that is nothing but one reference becomes the value itself, whatever its type; inside
longer text the reference is replaced by its text.
Paths go through mappings by key and through lists by position: `${p1.cards.0.card_no}`.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.base import Contract, shape_of

_REFERENCE: Final = re.compile(r"\$\{([^{}]*)\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ReferenceUnresolved(LookupError):
    """A reference leads nowhere; the message names it and the step at which it ends."""


@dataclass(frozen=True)
class Reference:
    """A saved reply's name and the path into it."""

    name: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "${" + ".".join((self.name, *self.path)) + "}"


def is_name(text: str) -> bool:
    """Tell whether a reply can be saved under this name."""
    return _NAME.fullmatch(text) is not None


def references_in(value: Any) -> Iterator[Reference]:
    """Iterate over the references in a value, at any depth."""
    match value:
        case str():
            for found in _REFERENCE.findall(value):
                name, *path = found.split(".")
                yield Reference(name, tuple(path))
        case Mapping():
            for member in value.values():
                yield from references_in(member)
        case list() | tuple():
            for member in value:
                yield from references_in(member)
        case _:
            return


def follow(value: Any, path: Sequence[str]) -> Any:
    """Go down a path of keys and positions.

    Raises:
        ReferenceUnresolved: a step is not there.
    """
    for depth, step in enumerate(path):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            where = ".".join(path[:depth]) or "the reply"
            msg = f"{where} has no {step!r}"
            raise ReferenceUnresolved(msg)
    return value


def resolve(value: Any, saved: Mapping[str, Any]) -> Any:
    """Replace every reference in a value by what it stands for.

    Raises:
        ReferenceUnresolved: a reference names nothing saved, or a step that the reply lacks.
    """
    if isinstance(value, Mapping):
        return {key: resolve(member, saved) for key, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, saved) for member in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return _value_of(next(references_in(value)), saved)
    return _REFERENCE.sub(lambda found: _text_of(next(references_in(found.group())), saved), value)


def leads_into(reply_type: type[Contract], path: Sequence[str]) -> bool:
    """Tell whether a path can lead anywhere in a reply of this type."""
    if not path:
        return True
    members = {shape.name: shape.bare for shape in shape_of(reply_type)}
    step, *rest = path
    return step in members and _leads_into_type(members[step], rest)


def _leads_into_type(bare: Any, path: Sequence[str]) -> bool:
    if not path:
        return True
    if typing.get_origin(bare) is tuple:
        item = typing.get_args(bare)[0]
        return path[0].isdecimal() and _leads_into_type(_without_marks(item), path[1:])
    if isinstance(bare, type) and issubclass(bare, Contract):
        return leads_into(bare, path)
    return typing.get_origin(bare) is Mapping


def _without_marks(annotation: Any) -> Any:
    return annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation


def _value_of(reference: Reference, saved: Mapping[str, Any]) -> Any:
    if reference.name not in saved:
        msg = f"{reference}: no reply is saved as {reference.name!r}"
        raise ReferenceUnresolved(msg)
    try:
        return follow(saved[reference.name], reference.path)
    except ReferenceUnresolved as lost:
        msg = f"{reference}: {lost}"
        raise ReferenceUnresolved(msg) from None


def _text_of(reference: Reference, saved: Mapping[str, Any]) -> str:
    value = _value_of(reference, saved)
    if isinstance(value, Mapping | list) or value is None:
        msg = f"{reference} is no text that could stand inside other text"
        raise ReferenceUnresolved(msg)
    return str(value)
