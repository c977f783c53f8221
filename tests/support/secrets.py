"""What a casebook holds that nobody but its readers may see: people, and the words of petitions."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from balian.casebook import CallLine, read_casebook
from shared.contracts.base import Contract, FieldShape, Items, Pattern, shape_of
from shared.contracts.intake import Person

_SENTENCE_END = re.compile(r"[，。；：、！？,.;:!?\s]+")
_RUN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|[0-9A-Za-z+.\-]){2,}")
_SHORTEST_PHRASE = 6


def secrets_of(casebook: Path) -> set[str]:
    """Collect every name, phone, address, identity number and text of a casebook's requests.

    What is one is told by the contracts: the fields they mark as sensitive.  Of longer texts
    every phrase counts, so that a part of one is found too; a few words that anyone may use,
    and what the office directory says publicly, do not.
    """
    book = read_casebook(casebook)
    found: set[str] = set()
    for line in book.lines:
        if isinstance(line, CallLine):
            found |= set(_secrets_in(line.target.request, line.arguments))
    public = book.header.directory.read_text(encoding="utf-8")
    return {secret for secret in found if "${" not in secret and secret not in public}


def hits(secrets: set[str], text: str) -> set[str]:
    """Find the secrets that stand in a text."""
    return {secret for secret in secrets if secret in text}


def words_in(content: bytes) -> str:
    """Collect, each once, the runs of Chinese characters, letters and digits in a file's bytes.

    Every secret is such a run or holds one, and a store's pages are mostly something else.
    """
    return "\n".join({run.decode(errors="ignore") for run in _RUN.findall(content)})


def _secrets_in(contract: type[Contract], value: Mapping[str, Any]) -> Iterator[str]:
    for shape in shape_of(contract):
        if value.get(shape.name) is not None:
            of_a_person = issubclass(contract, Person)
            yield from _secrets_of_field(shape, value[shape.name], of_a_person=of_a_person)


def _secrets_of_field(shape: FieldShape, value: Any, *, of_a_person: bool) -> Iterator[str]:
    inner = typing.get_args(shape.bare)[0] if typing.get_args(shape.bare) else shape.bare
    if isinstance(inner, type) and issubclass(inner, Contract):
        for member in value if isinstance(value, list) else [value]:
            yield from _secrets_in(inner, member)
    elif shape.is_sensitive and not _is_code(shape):
        for text in value if isinstance(value, list) else [value]:
            yield from _phrases(str(text), of_a_person=of_a_person)


def _is_code(shape: FieldShape) -> bool:
    """Tell a list of directory codes, which stand everywhere, from a person's words."""
    is_list = any(isinstance(mark, Items) for mark in shape.marks)
    return is_list and any(isinstance(mark, Pattern) for mark in shape.marks)


def _phrases(text: str, *, of_a_person: bool) -> Iterator[str]:
    if of_a_person:
        yield text
    for phrase in (text, *_SENTENCE_END.split(text)):
        if len(phrase) >= _SHORTEST_PHRASE:
            yield phrase
