"""What a secret looks like in a text, so that none stands in a compose file or in its remarks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tools.compose.reading import VARIABLE

_NAME: Final = re.compile(r"PASS|PWD|PW$|SECRET|TOKEN|KEY|CREDENTIAL|COOKIE", re.IGNORECASE)
_PLACE: Final = re.compile(r"_(FILE|DIR)$", re.IGNORECASE)
_WORD: Final = r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie)"
_TEXT: Final = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@"  # a password within an address
    r"|-----BEGIN"
    rf"|\b{_WORD}\s*=\s*\S"
    rf"|--?{_WORD}[=\s]+\S",
    re.IGNORECASE,
)
_WRITTEN: Final = re.compile(rf"{_WORD}[\"']?\s*:\s*[^\s#{{\[]", re.IGNORECASE)
_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}\b")
_LONG: Final = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_KINDS: Final = (re.compile(r"[A-Z]"), re.compile(r"[a-z]"), re.compile(r"[0-9]"))
_HEXADECIMAL: Final = re.compile(r"\b[0-9a-f]{32,}\b", re.IGNORECASE)


def names_a_secret(name: str) -> bool:
    """Tell whether a variable of this name would hold a secret, and not the place of one."""
    return _NAME.search(name) is not None and _PLACE.search(name) is None


def names_the_place_of_a_secret(name: str) -> bool:
    """Tell whether a variable of this name says where a secret is."""
    return _NAME.search(name) is not None and _PLACE.search(name) is not None


def takes_a_secret_from_outside(text: str) -> bool:
    """Tell whether a text has a variable in it that would hold a secret."""
    names = (found["name"] or found["bare"] or "" for found in VARIABLE.finditer(text))
    return any(names_a_secret(name) for name in names)


def has_a_secret(part: Any) -> bool:
    """Tell whether a part of a document has a secret in it; a command's words are one text."""
    return _TEXT.search(" ".join(_words(part))) is not None


def looks_random(text: str) -> bool:
    """Tell whether a text holds a run of characters that nobody would make up as a name."""
    text = _DIGEST.sub("", text)
    return _HEXADECIMAL.search(text) is not None or any(
        all(kind.search(run) for kind in _KINDS) for run in _LONG.findall(text)
    )


def secrets_in(text: str) -> list[str]:
    """List the lines of a compose file that have a secret in them, remarks and all."""
    return [
        f"line {number}: has a secret in it"
        for number, line in enumerate(text.splitlines(), start=1)
        if _TEXT.search(line) or _WRITTEN.search(line) or looks_random(line)
    ]


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            yield f"{name}={value}" if not isinstance(value, dict | list) else str(name)
            if isinstance(value, dict | list):
                yield from _words(value)
    elif isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif part is not None:
        yield str(part)
