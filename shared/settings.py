"""Settings: read once, checked whole, and frozen.

They come from the environment and from nameko's configuration mapping, under the same names; the
environment wins.  Whoever starts a service with three mistakes is told of three, not of one
three times.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from shared.clock import ClockKind

T = TypeVar("T")

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_STORE_SCHEMES: Final = ("sqlite://", "postgresql+psycopg://")
_BUS_SCHEMES: Final = ("amqp://", "amqps://", "pyamqp://", "embedded://")
_NO_DEFAULT: Final = object()

SETTINGS: Final[Mapping[str, str]] = {
    "CLOCK": "system or simulated: whether time is the machine's or told by each call",
    "STORE_URL": "the store's URL; {service} in it stands for the service's name",
    "STORE_DIR": "instead of STORE_URL: the directory of the SQLite files",
    "KEYS_DIR": "the directory of the keys; STORE_DIR/keys unless told",
    "AMQP_URI": "the bus, as amqp://user:password@host:port/vhost",
    "NODE": "the code of the reception node this process is",
    "NODES": "the codes of every reception node known at start, parted by commas",
    "CALENDAR_DIR": "a directory with further years of public holidays",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "CALL_TIMEOUT": "seconds a call between services may take",
    "BUS_TIMEOUT": "seconds one read or write on the bus may take",
    "STOP_GRACE": "seconds a stop waits for what is in hand",
    "LARGEST_MESSAGE": "bytes above which a message is not read",
    "BALIAN_CRASHPOINT": "for tests: the point at which to die, as name or name:n",
}
"""Every setting there is, and what it says."""


class SettingsInvalid(ValueError):
    """Raised once for all settings that cannot be used; `faults` names each with its correction."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("the settings cannot be used:\n" + "\n".join(f"- {it}" for it in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process; times in seconds, sizes in bytes."""

    clock: ClockKind
    store: str = field(repr=False)  # Its URL may hold a password.
    keys_directory: Path
    creates_keys: bool
    amqp_uri: str = field(repr=False)
    node: str
    nodes: tuple[str, ...]
    calendar_directory: Path | None
    log_level: str
    call_timeout: float
    bus_timeout: float
    stop_grace: float
    largest_message: int
    crashpoint: str

    @classmethod
    def read(cls, environment: Mapping[str, str], config: Mapping[str, Any] | None = None) -> Self:
        """Read the settings from the environment, over a configuration mapping.

        Raises:
            SettingsInvalid: names every setting that is missing, unknown or malformed.
        """
        found = {name: value for name, value in (config or {}).items() if value is not None}
        found |= {name: environment[name] for name in SETTINGS if environment.get(name)}
        reader = _Reader(found)
        reader.suspect_misspellings(config or {})
        settings = cls(**_fields(reader))
        if reader.faults:
            raise SettingsInvalid(reader.faults)
        return settings

    @classmethod
    def from_mapping(cls, config: Mapping[str, Any]) -> Self:
        """Read the settings from a configuration mapping alone.

        Raises:
            SettingsInvalid: names every setting that is missing, unknown or malformed.
        """
        return cls.read({}, config)

    def store_url(self, service: str) -> str:
        """Give the URL of a service's store."""
        return self.store.replace("{service}", service)


def _fields(reader: _Reader) -> dict[str, Any]:
    node = reader.take("NODE", _code, default="")
    nodes = reader.take("NODES", _codes, default=())
    directory = reader.take("STORE_DIR", Path, default=None)
    store = reader.take("STORE_URL", _store_url, default=None)
    if (store is None) == (directory is None) and not reader.has_fault_of("STORE_URL"):
        reader.faults.append("STORE_URL, STORE_DIR: set exactly one of them")
    if store is None:
        # Four slashes for an absolute path; the name of a service is a sound file name.
        store = f"sqlite:///{(directory or Path()).absolute()}/{{service}}.sqlite3"
    own_keys = (directory or Path()) / "keys"
    return {
        "clock": reader.take("CLOCK", ClockKind, default=ClockKind.SYSTEM),
        "store": store,
        "keys_directory": reader.take(
            "KEYS_DIR", Path, default=own_keys if directory else _NO_DEFAULT
        ),
        "creates_keys": directory is not None,
        "amqp_uri": reader.take("AMQP_URI", _bus_uri),
        "node": node,
        "nodes": nodes if node in nodes or not node else (*nodes, node),
        "calendar_directory": reader.take("CALENDAR_DIR", Path, default=None),
        "log_level": reader.take("LOG_LEVEL", _log_level, default="INFO"),
        "call_timeout": reader.take("CALL_TIMEOUT", _seconds, default=10.0),
        "bus_timeout": reader.take("BUS_TIMEOUT", _seconds, default=5.0),
        "stop_grace": reader.take("STOP_GRACE", _seconds, default=25.0),
        "largest_message": reader.take("LARGEST_MESSAGE", _size, default=1024 * 1024),
        "crashpoint": reader.take("BALIAN_CRASHPOINT", str, default=""),
    }


class _Reader:
    """Takes settings one after the other and keeps every fault until the end."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self.faults: list[str] = []

    def take(self, name: str, read: Callable[[Any], T], *, default: Any = _NO_DEFAULT) -> Any:
        value = self._found.get(name)
        if value is None:
            if default is _NO_DEFAULT:
                self.faults.append(f"{name}: is missing; {SETTINGS[name]}")
                return None
            return default
        try:
            return read(value)
        except (TypeError, ValueError):
            # The value itself stays out: a URL holds a password.
            self.faults.append(f"{name}: cannot be read; {SETTINGS[name]}")
            return None if default is _NO_DEFAULT else default

    def has_fault_of(self, name: str) -> bool:
        return any(fault.startswith(f"{name}:") for fault in self.faults)

    def suspect_misspellings(self, config: Mapping[str, Any]) -> None:
        """Fault a name nobody knows that nearly is one of ours; nameko has names of its own."""
        for name in config:
            if name in SETTINGS:
                continue
            near = difflib.get_close_matches(str(name).upper(), SETTINGS, n=1, cutoff=0.85)
            if near:
                self.faults.append(f"{name}: is no setting; {near[0]} is")


def _code(value: Any) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError
    return value


def _codes(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(_code(part.strip()) for part in parts if part.strip()))


def _store_url(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(_STORE_SCHEMES):
        raise ValueError
    return value


def _bus_uri(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(_BUS_SCHEMES):
        raise ValueError
    return value


def _log_level(value: Any) -> str:
    level = str(value).upper()
    if level not in _LOG_LEVELS:
        raise ValueError
    return level


def _seconds(value: Any) -> float:
    seconds = float(value)
    if not 0 < seconds < float("inf"):
        raise ValueError
    return seconds


def _size(value: Any) -> int:
    size = int(value)
    if size < 1:
        raise ValueError
    return size
