"""Sealing: how what must not be read stands in a store, and how it can still be found.

Each value is sealed with a data key of its own (AES-256-GCM), and that key is wrapped by a key
kept in a file outside the database.  So a copy of the database tells nothing, changing the outer
key means re-wrapping small keys and not rewriting values, and a value cannot be moved to another
row: where it belongs is part of what is authenticated.

Searching goes by a keyed digest; an unkeyed one of an identity number could be guessed in seconds.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
import re
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SCHEME: Final = "b1"
_WRAPPING_FILE: Final = re.compile(r"wrapping-(?P<version>[1-9][0-9]{0,5})\.key")
_INDEX_FILE: Final = "index.key"
_FIRST_FILES: Final = (_INDEX_FILE, "wrapping-1.key")
_UNFINISHED: Final = ".unfinished"
_OF_THE_FILE_SYSTEM: Final = frozenset({"lost+found"})
_PARTS: Final = 6
_OTHERS: Final = 0o077


class KeysUnusable(Exception):
    """Raised when the key directory cannot be used as it stands; says which file and why."""


class SealBroken(Exception):
    """Raised when a sealed value cannot be opened.

    It was altered, it belongs to another place, or its key is not among the keys.
    """


@dataclass(frozen=True, repr=False)
class Vault:
    """The keys of one store; the newest wrapping key seals, every one of them opens."""

    wrapping_keys: Mapping[int, bytes]
    index_key: bytes

    @classmethod
    def open_or_create(cls, directory: Path) -> Self:
        """Open the keys of a directory, making the directory and its first keys where it is new.

        Raises:
            KeysUnusable: there are keys, but not such as can be used.
        """
        if not directory.is_dir():
            _create(directory)
        elif _may_be_filled(directory):
            _fill(directory)
        return cls.open_existing(directory)

    @classmethod
    def open_existing(cls, directory: Path) -> Self:
        """Open the keys of a directory: `index.key` and `wrapping-<version>.key`, each 0600.

        Raises:
            KeysUnusable: a key is missing, too short or readable by others.
        """
        if not directory.is_dir():
            msg = f"{directory} is no directory; put the keys there, or correct KEYS_DIR"
            raise KeysUnusable(msg)
        versions = {
            int(named["version"]): path
            for path in directory.iterdir()
            if (named := _WRAPPING_FILE.fullmatch(path.name))
        }
        if not versions:
            msg = f"{directory} holds no wrapping key; put wrapping-1.key there"
            raise KeysUnusable(msg)
        return cls(
            wrapping_keys={version: _read_key(path) for version, path in versions.items()},
            index_key=_read_key(directory / _INDEX_FILE),
        )

    @classmethod
    def throwaway(cls) -> Self:
        """Make keys that die with the process, for tests and for stores in memory."""
        return cls(
            wrapping_keys={1: secrets.token_bytes(_KEY_BYTES)},
            index_key=secrets.token_bytes(_KEY_BYTES),
        )

    @property
    def newest(self) -> int:
        """Give the version of the wrapping key that seals."""
        return max(self.wrapping_keys)

    def seal(self, text: str, *, context: str) -> str:
        """Seal a text into a token of printable characters.

        Args:
            text: what must not be read.
            context: where it belongs, as `table|record|field`; it opens nowhere else.
        """
        data_key = secrets.token_bytes(_KEY_BYTES)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(data_key).encrypt(nonce, text.encode(), _bound(context, "value"))
        wrapped = self._wrap(data_key, version=self.newest, context=context)
        return ".".join((_SCHEME, wrapped, _encode(nonce), _encode(sealed)))

    def open(self, token: str, *, context: str) -> str:
        """Open a sealed text, naming where it belongs as it was named when it was sealed.

        Raises:
            SealBroken: as its docstring says.
        """
        version, wrap_nonce, wrapped, nonce, sealed = _take_apart(token)
        data_key = self._unwrap(version, wrap_nonce, wrapped, context=context)
        try:
            text = AESGCM(data_key).decrypt(nonce, sealed, _bound(context, "value"))
        except InvalidTag:
            raise SealBroken(_why(context)) from None
        return text.decode()

    def rewrap(self, token: str, *, context: str) -> str:
        """Wrap a token's data key with the newest key, leaving the sealed value as it is.

        Raises:
            SealBroken: as its docstring says.
        """
        version, wrap_nonce, wrapped, nonce, sealed = _take_apart(token)
        data_key = self._unwrap(version, wrap_nonce, wrapped, context=context)
        rewrapped = self._wrap(data_key, version=self.newest, context=context)
        return ".".join((_SCHEME, rewrapped, _encode(nonce), _encode(sealed)))

    def digest(self, text: str) -> str:
        """Digest a text for searching (a blind index): equal however it was typed.

        Width, case and blanks do not count; 64 hexadecimal digits.
        """
        plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
        return hmac.new(self.index_key, plain.encode(), hashlib.sha256).hexdigest()

    def _wrap(self, data_key: bytes, *, version: int, context: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        bound = _bound(context, f"key {version}")
        wrapped = AESGCM(self.wrapping_keys[version]).encrypt(nonce, data_key, bound)
        return ".".join((str(version), _encode(nonce), _encode(wrapped)))

    def _unwrap(self, version: int, nonce: bytes, wrapped: bytes, *, context: str) -> bytes:
        key = self.wrapping_keys.get(version)
        if key is None:
            msg = f"wrapping key {version} is not among the keys; put it back"
            raise SealBroken(msg)
        try:
            return AESGCM(key).decrypt(nonce, wrapped, _bound(context, f"key {version}"))
        except InvalidTag:
            raise SealBroken(_why(context)) from None


def write_key(path: Path) -> None:
    """Write a new key that only its owner may read.

    Raises:
        KeysUnusable: the file exists already; a key is never overwritten.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        msg = f"{path} exists; a key is never overwritten"
        raise KeysUnusable(msg) from None
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _create(directory: Path) -> None:
    """Make both keys beside the directory and move them in at once: all are there, or none."""
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    for name in _FIRST_FILES:
        write_key(making / name)
    try:
        making.rename(directory)
    except OSError:
        # Somebody else made them at the same moment: theirs are there whole, ours are not needed.
        shutil.rmtree(making)


def _may_be_filled(directory: Path) -> bool:
    """Tell whether a directory holds nothing but what an interrupted filling left there."""
    return all(
        path.name.endswith(_UNFINISHED) or path.name in _OF_THE_FILE_SYSTEM
        for path in directory.iterdir()
    ) or any((directory / f"{name}{_UNFINISHED}").exists() for name in _FIRST_FILES)


def _fill(directory: Path) -> None:
    """Make both keys in a directory that cannot be replaced, because a volume is mounted there.

    Both are written under other names before either gets its own, so a kill between any two steps
    leaves what the next one finishes; and only one process fills at a time.
    """
    handle = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not _may_be_filled(directory):
            return
        if not any((directory / name).exists() for name in _FIRST_FILES):
            for name in _FIRST_FILES:
                (directory / f"{name}{_UNFINISHED}").unlink(missing_ok=True)
                write_key(directory / f"{name}{_UNFINISHED}")
        for name in _FIRST_FILES:
            unfinished = directory / f"{name}{_UNFINISHED}"
            if unfinished.exists():
                unfinished.rename(directory / name)
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_key(path: Path) -> bytes:
    try:
        if path.stat().st_mode & _OTHERS:
            msg = f"{path} can be read by others; run: chmod 600 {path}"
            raise KeysUnusable(msg)
        key = base64.b64decode(path.read_bytes(), validate=False)
    except (OSError, binascii.Error) as error:
        msg = f"{path} cannot be read as a key: {type(error).__name__}"
        raise KeysUnusable(msg) from None
    if len(key) != _KEY_BYTES:
        msg = f"{path} holds {len(key)} bytes; a key has {_KEY_BYTES}, in base64"
        raise KeysUnusable(msg)
    return key


def _bound(context: str, part: str) -> bytes:
    return f"{_SCHEME}|{context}|{part}".encode()


def _why(context: str) -> str:
    table = context.partition("|")[0]
    return f"a value of {table} was altered, or moved from where it belongs"


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def _take_apart(token: str) -> tuple[int, bytes, bytes, bytes, bytes]:
    parts = token.split(".")
    if len(parts) != _PARTS or parts[0] != _SCHEME or not parts[1].isdigit():
        msg = "this is no sealed value"
        raise SealBroken(msg)
    try:
        wrap_nonce, wrapped, nonce, sealed = (_decode(part) for part in parts[2:])
    except binascii.Error:
        msg = "this is no sealed value"
        raise SealBroken(msg) from None
    return int(parts[1]), wrap_nonce, wrapped, nonce, sealed
