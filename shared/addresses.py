"""Addresses with a user and a password in them, and the files in which passwords are kept.

A deployment writes an address without its password and the password into a file of its own, so
that the address may be shown and logged.  Only the moment before connecting are the two put
together, by the functions here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

_ADDRESS: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+]*://)(?P<user>[^:@/?#;]+)(?P<password>:[^@/?#;]*)?@(?P<place>[^@;]+)"
)
_ALTERNATES: Final = ";"


class PasswordUnusable(ValueError):
    """Raised when a password cannot be had or not be put where it belongs; never quotes one."""


def password_in(path: Path) -> str:
    """Read the password a file holds; blanks and line ends around it do not count.

    Raises:
        PasswordUnusable: the file cannot be read, or is empty.
    """
    try:
        password = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        msg = f"{path} cannot be read ({type(unreadable).__name__})"
        raise PasswordUnusable(msg) from None
    if not password:
        msg = f"{path} is empty"
        raise PasswordUnusable(msg)
    return password


def with_password(address: str, password: str) -> str:
    """Put a password into an address, whatever characters it holds, and into every alternate.

    Args:
        address: one address with a user, or several parted by semicolons.
        password: as it is, not quoted.

    Raises:
        PasswordUnusable: an address names no user, or holds a password already.
    """
    return _ALTERNATES.join(
        f"{found['scheme']}{found['user']}:{quote(password, safe='')}@{found['place']}"
        for found in _taken_apart(address)
    )


def user_of(address: str) -> str | None:
    """Tell the one user an address and its alternates name; None where it is not one."""
    users = {
        found and unquote(found["user"])
        for found in (_ADDRESS.fullmatch(each) for each in alternates(address))
    }
    return users.pop() if len(users) == 1 else None


def alternates(address: str) -> list[str]:
    """List the addresses that are written in one, parted by semicolons."""
    return [each.strip() for each in address.split(_ALTERNATES) if each.strip()]


def _taken_apart(address: str) -> list[re.Match[str]]:
    parts = []
    for each in alternates(address):
        found = _ADDRESS.fullmatch(each)
        if found is None:
            msg = "the address names no user whose password it could be"
            raise PasswordUnusable(msg)
        if found["password"] is not None:
            msg = "the address holds a password already"
            raise PasswordUnusable(msg)
        parts.append(found)
    return parts
