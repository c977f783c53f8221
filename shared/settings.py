"""Settings: read once, checked whole, and frozen.

They come from the environment and from nameko's configuration mapping, under the same names; the
environment wins.  Whoever starts a service with three mistakes is told of three, not of one
three times.  What may be written once for every service of a deployment holds ``{service}`` and is
asked for by the service's name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from shared.addresses import PasswordUnusable, alternates, password_in, user_of, with_password
from shared.clock import ClockKind

T = TypeVar("T")

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_OPENING: Final = re.compile(r"[A-Za-z0-9_.:-]{1,48}")
_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_STORE_SCHEMES: Final = ("sqlite://", "postgresql+psycopg://")
_BUS_SCHEMES: Final = ("amqp://", "amqps://", "pyamqp://", "embedded://")
_EMBEDDED: Final = "embedded://"
_SERVICE: Final = "{service}"
_HOST_AND_PORT: Final = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_HIGHEST_PORT: Final = 65535
_NO_DEFAULT: Final = object()

SETTINGS: Final[Mapping[str, str]] = {
    "CLOCK": "system or simulated: whether time is the machine's or told by each call",
    "STORE_URL": "the store's URL; {service} in it stands for the service's name",
    "STORE_PASSWORD_FILE": "the file with the password for STORE_URL; may hold {service}",
    "STORE_DIR": "instead of STORE_URL: the directory of the SQLite files",
    "KEYS_DIR": "the directory of the keys; STORE_DIR/keys unless told; may hold {service}",
    "AMQP_URI": (
        "the bus, as amqp://user:password@host:port/vhost; the nodes of a cluster are parted by ;"
        " and {service} stands for the service's name"
    ),
    "AMQP_PASSWORD_FILE": "the file with the password for AMQP_URI; may hold {service}",
    "BUS_RIGHTS": "shared, or own: each service is the broker user of its own name",
    "NODE": "the code of the reception node this process is",
    "NODE_TERRITORY": "the code of the organ whose leaders receive at NODE; NODE unless told",
    "NODE_DEPARTMENT": "the code of the department NODE receives for, where it is a department's",
    "NODE_OPENING": "what names this opening of NODE; with a new one a retired node opens again",
    "REGIME": "the rules of reception at NODE: a regime's name, or the path of a file",
    "NODES": "the codes of every reception node known at start, parted by commas",
    "METRICS_ADDRESS": "host:port at which others find this process's metrics",
    "HEALTH_PORT": "the port of /healthz, /readyz and /metrics; 0 for none",
    "HEALTH_HOST": "the address on which HEALTH_PORT is open; 127.0.0.1 unless told",
    "CALENDAR_DIR": "a directory with further years of public holidays",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "CALL_TIMEOUT": "seconds a call between services may take",
    "BUS_TIMEOUT": "seconds one read or write on the bus may take",
    "START_LIMIT": "seconds a start waits for the bus and the store to answer",
    "STOP_GRACE": "seconds a stop waits for what is in hand",
    "LARGEST_MESSAGE": "bytes above which a message is not read",
    "BALIAN_CRASHPOINT": "for tests: the point at which to die, as name[@message][:n]",
    "CRASHPOINT_DIR": "for tests: a directory in which a file may arm such a point at any time",
}
"""Every setting there is, and what it says."""


class SettingsInvalid(ValueError):
    """Raised once for all settings that cannot be used; `faults` names each with its correction."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("the settings cannot be used:\n" + "\n".join(f"- {it}" for it in faults))
        self.faults = tuple(faults)


class BusRights(StrEnum):
    """Whose rights a service has on the broker."""

    SHARED = "shared"  # One user for all, who may do everything.
    OWN = "own"  # Each service is a user of its own and may do only what is its own.


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """What a process is told of the reception node it is; empty where it is told nothing."""

    node: str
    node_territory: str
    node_department: str
    node_opening: str
    regime: str
    metrics_address: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read what concerns the node, and nothing else, from the environment.

        Raises:
            SettingsInvalid: names every one of these settings that is malformed.
        """
        reader = _Reader({name: value for name, value in environment.items() if value})
        settings = cls(**_node_fields(reader))
        if reader.faults:
            raise SettingsInvalid(reader.faults)
        return settings


@dataclass(frozen=True, kw_only=True)
class Settings(NodeSettings):
    """The settings of one process; times in seconds, sizes in bytes."""

    clock: ClockKind
    store: str = field(repr=False)  # Its URL may hold a password, and so may the bus's.
    store_password_file: str | None
    keys: str
    creates_keys: bool
    bus: str = field(repr=False)
    bus_password_file: str | None
    bus_rights: BusRights
    nodes: tuple[str, ...]
    health_port: int
    health_host: str
    calendar_directory: Path | None
    log_level: str
    call_timeout: float
    bus_timeout: float
    start_limit: float
    stop_grace: float
    largest_message: int
    crashpoint: str
    crashpoint_directory: Path | None

    @classmethod
    def read(cls, environment: Mapping[str, str], config: Mapping[str, Any] | None = None) -> Self:
        """Read the settings from the environment, over a configuration mapping.

        Raises:
            SettingsInvalid: names every setting that is missing, unknown or malformed.
        """
        found = {name: value for name, value in (config or {}).items() if value not in (None, "")}
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

    @property
    def is_embedded(self) -> bool:
        """Tell whether the bus is the one inside this process."""
        return self.bus.startswith(_EMBEDDED)

    def bus_uri(self, service: str) -> str:
        """Give the address of the bus for a service, with its password: never show or log it.

        Raises:
            SettingsInvalid: its password cannot be had, or its user is not the service's own.
        """
        address = _for(service, self.bus)
        if self.bus_rights is BusRights.OWN and user_of(address) != service:
            raise SettingsInvalid([f"AMQP_URI: its user must be {service} where BUS_RIGHTS is own"])
        return _unlocked(address, "AMQP_PASSWORD_FILE", self.bus_password_file, service)

    def store_url(self, service: str) -> str:
        """Give the URL of a service's store, with its password: never show or log it.

        Raises:
            SettingsInvalid: its password cannot be had.
        """
        address = _for(service, self.store)
        return _unlocked(address, "STORE_PASSWORD_FILE", self.store_password_file, service)

    def keys_directory(self, service: str) -> Path:
        """Give the directory of a service's keys."""
        return Path(_for(service, self.keys))

    def check(self, service: str) -> None:
        """Check what only shows when a service is named, such as the files of its passwords.

        Raises:
            SettingsInvalid: names every setting that does not fit this service.
        """
        faults: list[str] = []
        for resolve in (self.bus_uri, self.store_url):
            try:
                resolve(service)
            except SettingsInvalid as invalid:
                faults.extend(invalid.faults)
        if faults:
            raise SettingsInvalid(faults)


def _for(service: str, written: str) -> str:
    return written.replace(_SERVICE, service)


def _unlocked(address: str, setting: str, password_file: str | None, service: str) -> str:
    if password_file is None:
        return address
    try:
        return with_password(address, password_in(Path(_for(service, password_file))))
    except PasswordUnusable as unusable:
        raise SettingsInvalid([f"{setting}: {unusable}"]) from None


def _node_fields(reader: _Reader) -> dict[str, Any]:
    return {
        "node": reader.take("NODE", _code, default=""),
        "node_territory": reader.take("NODE_TERRITORY", _code, default=""),
        "node_department": reader.take("NODE_DEPARTMENT", _code, default=""),
        "node_opening": reader.take("NODE_OPENING", _opening, default=""),
        "regime": reader.take("REGIME", _regime, default="county"),
        "metrics_address": reader.take("METRICS_ADDRESS", _host_and_port, default=""),
    }


def _fields(reader: _Reader) -> dict[str, Any]:
    of_node = _node_fields(reader)
    node = of_node["node"]
    nodes = reader.take("NODES", _codes, default=())
    directory = reader.take("STORE_DIR", Path, default=None)
    store = reader.take("STORE_URL", _store_url, default=None)
    if (store is None) == (directory is None) and not reader.has_fault_of("STORE_URL"):
        reader.faults.append("STORE_URL, STORE_DIR: set exactly one of them")
    if store is None:
        # Four slashes for an absolute path; the name of a service is a sound file name.
        store = f"sqlite:///{(directory or Path()).absolute()}/{{service}}.sqlite3"
    own_keys = str((directory or Path()) / "keys")
    bus = reader.take("AMQP_URI", _bus_uri)
    rights = reader.take("BUS_RIGHTS", BusRights, default=BusRights.SHARED)
    if rights is BusRights.OWN and bus is not None and bus.startswith(_EMBEDDED):
        reader.faults.append("BUS_RIGHTS: own needs a RabbitMQ; the bus in a process has no users")
    return {
        "clock": reader.take("CLOCK", ClockKind, default=ClockKind.SYSTEM),
        "store": store,
        "store_password_file": reader.take("STORE_PASSWORD_FILE", str, default=None),
        "keys": reader.take("KEYS_DIR", str, default=own_keys if directory else _NO_DEFAULT),
        "creates_keys": directory is not None,
        "bus": bus,
        "bus_password_file": reader.take("AMQP_PASSWORD_FILE", str, default=None),
        "bus_rights": rights,
        **of_node,
        "nodes": nodes if node in nodes or not node else (*nodes, node),
        "health_port": reader.take("HEALTH_PORT", _port, default=0),
        "health_host": reader.take("HEALTH_HOST", str, default="127.0.0.1"),
        "calendar_directory": reader.take("CALENDAR_DIR", Path, default=None),
        "log_level": reader.take("LOG_LEVEL", _log_level, default="INFO"),
        "call_timeout": reader.take("CALL_TIMEOUT", _seconds, default=10.0),
        "bus_timeout": reader.take("BUS_TIMEOUT", _seconds, default=5.0),
        "start_limit": reader.take("START_LIMIT", _seconds, default=60.0),
        "stop_grace": reader.take("STOP_GRACE", _seconds, default=25.0),
        "largest_message": reader.take("LARGEST_MESSAGE", _size, default=1024 * 1024),
        "crashpoint": reader.take("BALIAN_CRASHPOINT", str, default=""),
        "crashpoint_directory": reader.take("CRASHPOINT_DIR", Path, default=None),
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


def _opening(value: Any) -> str:
    if not _OPENING.fullmatch(str(value)):
        raise ValueError
    return str(value)


def _codes(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)
    return tuple(dict.fromkeys(_code(part.strip()) for part in parts if part.strip()))


def _store_url(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(_STORE_SCHEMES):
        raise ValueError
    return value


def _bus_uri(value: Any) -> str:
    each = alternates(value) if isinstance(value, str) else []
    if not each or not all(one.startswith(_BUS_SCHEMES) for one in each):
        raise ValueError
    return ";".join(each)


def _regime(value: Any) -> str:
    is_path = isinstance(value, str) and ("/" in value or value.endswith((".yaml", ".yml")))
    return str(value) if is_path else _code(value)


def _host_and_port(value: Any) -> str:
    found = _HOST_AND_PORT.fullmatch(str(value))
    if found is None or not _port(found["port"]):
        raise ValueError
    return str(value)


def _port(value: Any) -> int:
    port = int(value)
    if not 0 <= port <= _HIGHEST_PORT:
        raise ValueError
    return port


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
