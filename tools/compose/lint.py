"""The house rules of a deployment: no secret in the file, no root, nothing open, nothing unbounded.

Each check looks at one service, or at the whole document, and names what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tools.compose.reading import filled_in
from tools.compose.secret_text import (
    has_a_secret,
    looks_random,
    names_a_secret,
    names_the_place_of_a_secret,
    takes_a_secret_from_outside,
)

RUNS_ONCE: Final = "balian.runs"
"""The label of a service that does its work and ends; its value is ``once``."""

_UNDERSTOOD: Final = frozenset({"services", "volumes", "networks", "secrets"})
"""What both docker-compose 1.29 and the newer command take at the top; and ``x-`` names."""

_FIXED: Final = frozenset(
    [
        "cap_drop",
        "depends_on",
        "entrypoint",
        "healthcheck",
        "hostname",
        "init",
        "labels",
        "logging",
        "mem_limit",
        "pids_limit",
        "profiles",
        "read_only",
        "restart",
        "security_opt",
        "shm_size",
        "stop_grace_period",
        "stop_signal",
        "tmpfs",
        "user",
    ]
)
"""What a service may have as it is written here, whatever is set where it is started."""
_VARYING: Final = frozenset(
    ["build", "command", "environment", "image", "networks", "ports", "secrets", "volumes"]
)
"""What a service may have and a variable may change."""
_OF_A_BUILD: Final = frozenset({"args", "context", "dockerfile", "target"})

_LOOPBACK: Final = "127.0.0.1:"
_PORT: Final = re.compile(r"127\.0\.0\.1:\d+(-\d+)?:\d+(-\d+)?(/(tcp|udp))?")
_NAMED_USER: Final = re.compile(r"[a-z_][a-z0-9_-]*")
_SIZE: Final = re.compile(r"[1-9]\d*(b|k|m|g|kb|mb|gb)?", re.IGNORECASE)
_OUR_OWN: Final = "./deploy/"
_OUR_SECRETS: Final = "./deploy/secrets/"
_DURATION: Final = re.compile(r"(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")

Service = Mapping[str, Any]
Check = Callable[[Service], Iterator[str]]


def faults_in(document: Mapping[str, Any]) -> list[str]:
    """List everything in a compose document, as it is written, that breaks a rule of the house."""
    faults = [*_whole_document(filled_in(document))]
    for name, service in document.get("services", {}).items():
        faults += [f"{name}: {fault}" for fault in _left_open(service)]
        meant = filled_in(service)
        faults += [f"{name}: {fault}" for check in CHECKS for fault in check(meant)]
    return faults


def _whole_document(document: Mapping[str, Any]) -> Iterator[str]:
    for key in document:
        if key not in _UNDERSTOOD and not key.startswith("x-"):
            yield f"{key}: one of the two compose commands does not take it"
    for name, secret in (document.get("secrets") or {}).items():
        place = str((secret or {}).get("file", ""))
        if set(secret or {}) != {"file"}:
            yield f"secret {name}: does not come from a file"
        elif not place.startswith(_OUR_SECRETS) or ".." in place:
            yield f"secret {name}: comes from {place} and not from the directory of secrets"
    for name, volume in (document.get("volumes") or {}).items():
        if volume:
            yield f"volume {name}: is more than a volume of Docker's own"
    for name, network in (document.get("networks") or {}).items():
        known = set(network or {}) <= {"external", "internal", "name"}
        called = {name, str((network or {}).get("name", ""))}
        if not known or called & {"host", "none"}:
            yield f"network {name}: is more than a network of containers"


def _left_open(written: Service) -> Iterator[str]:
    """Find what a variable of whoever starts it could change, and must not."""
    for key in sorted(_FIXED & set(written)):
        if filled_in(written[key]) != written[key]:
            yield f"{key}: is left to a variable"
    for port in written.get("ports", []):
        if not str(port).startswith(_LOOPBACK):
            yield f"port {port} is open to other machines"
    for name, value in _environment(written).items():
        if takes_a_secret_from_outside(str(value)):
            yield f"{name}: a secret comes from a file, not by way of a variable"
    if takes_a_secret_from_outside(str(written.get("command", ""))):
        yield "command: a secret comes from a file, not by way of a variable"


def _has_known_keys_only(service: Service) -> Iterator[str]:
    for key in sorted(set(service) - _FIXED - _VARYING):
        yield f"{key}: is not among what a service here may have"
    build = service.get("build")
    if isinstance(build, Mapping) and not set(build) <= _OF_A_BUILD:
        yield f"build: {sorted(set(build) - _OF_A_BUILD)} reach beyond a plain build"


def _image_has_a_fixed_tag(service: Service) -> Iterator[str]:
    yield from _moving(str(service.get("image", "")))
    build = service.get("build")
    for name, value in _named(build.get("args") if isinstance(build, Mapping) else None).items():
        if name.endswith("_IMAGE"):
            yield from _moving(str(value))


def _moving(image: str) -> Iterator[str]:
    tag = image.rpartition("/")[2].partition(":")[2]
    if "@sha256:" not in image and (not tag or "latest" in re.split(r"[^a-z]+", tag.lower())):
        yield f"image {image or '(none)'} has no tag of its own"


def _is_nobody_special(service: Service) -> Iterator[str]:
    user, _, group = str(service.get("user", "")).partition(":")
    if user.isdecimal():
        # Where the image does not know the number, its group would be root's.
        is_special = int(user) == 0 or not group
    else:
        is_special = user == "root" or _NAMED_USER.fullmatch(user) is None
    if is_special or group == "root" or (group.isdecimal() and int(group) == 0):
        yield "runs as root, or in its group"


def _has_no_rights_of_the_host(service: Service) -> Iterator[str]:
    if service.get("cap_drop") != ["ALL"]:
        yield "cap_drop: does not drop ALL capabilities"
    if service.get("security_opt") != ["no-new-privileges:true"]:
        yield "security_opt: leaves new privileges possible, or takes a guard away"


def _sees_nothing_of_the_host(service: Service) -> Iterator[str]:
    for volume in service.get("volumes", []):
        source, *rest = str(volume).split(":")
        if isinstance(volume, Mapping) or not rest:
            yield f"volume {volume}: is not written as NAME:PLACE"
        elif source.startswith((".", "/", "~")):
            is_ours = source.startswith(_OUR_OWN) and ".." not in source
            if not is_ours or f"{source}/".startswith(_OUR_SECRETS):
                yield f"volume {volume}: holds what is the host's"
            elif rest[1:] != ["ro"]:
                yield f"volume {volume}: can be written"


def _cannot_write_its_own_files(service: Service) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "read_only: its root can be written"


def _publishes_on_the_loopback_only(service: Service) -> Iterator[str]:
    for port in service.get("ports", []):
        # docker-compose 1.29 passes over the address in the long form: the port is open to all.
        if isinstance(port, Mapping) or not _PORT.fullmatch(str(port)):
            yield f"port {port} is open to other machines, or not written as 127.0.0.1:PORT:PORT"


def _holds_no_secret(service: Service) -> Iterator[str]:
    build = service.get("build")
    args = build.get("args") if isinstance(build, Mapping) else None
    for name, value in (*_environment(service).items(), *_named(args).items()):
        if names_a_secret(name):
            yield f"{name}: a secret comes from a file"
        if names_the_place_of_a_secret(name) and not str(value).startswith("/"):
            yield f"{name}: does not say where a secret is"
        if has_a_secret(str(value)) or looks_random(str(value)):
            yield f"{name}: has a secret in its value"
    for key in ("command", "entrypoint", "healthcheck", "labels", "build"):
        if has_a_secret(service.get(key)):
            yield f"{key}: has a secret in it"


def _has_bounds(service: Service) -> Iterator[str]:
    if not _SIZE.fullmatch(str(service.get("mem_limit", ""))):
        yield "mem_limit: is missing"
    if not str(service.get("pids_limit", "")).isdecimal() or not int(service["pids_limit"]):
        yield "pids_limit: is missing"
    logging = service.get("logging") or {}
    has_sizes = {"max-size", "max-file"} <= set(logging.get("options") or {})
    if logging.get("driver") != "json-file" or not has_sizes:
        yield "logging: the log grows without end, or is not kept"


def _comes_back_or_runs_once(service: Service) -> Iterator[str]:
    runs_once = service.get("labels", {}).get(RUNS_ONCE) == "once"
    wanted = "no" if runs_once else "unless-stopped"
    if service.get("restart") != wanted:
        yield f"restart: is not {wanted}"
    health = service.get("healthcheck") or {}
    test = health.get("test")
    if not runs_once and (not test or test in ("NONE", ["NONE"]) or health.get("disable")):
        yield "healthcheck: is missing"
    if "start_interval" in health:
        yield "healthcheck: start_interval is not known to docker-compose 1.29"


def _is_given_time_to_stop(service: Service) -> Iterator[str]:
    grace = _environment(service).get("STOP_GRACE")
    if service.get("labels", {}).get(RUNS_ONCE) or grace is None:
        return
    if _seconds(service.get("stop_grace_period", "10s")) <= float(grace):
        yield "stop_grace_period: is not longer than STOP_GRACE"


CHECKS: Final[tuple[Check, ...]] = (
    _has_known_keys_only,
    _image_has_a_fixed_tag,
    _is_nobody_special,
    _has_no_rights_of_the_host,
    _sees_nothing_of_the_host,
    _cannot_write_its_own_files,
    _publishes_on_the_loopback_only,
    _holds_no_secret,
    _has_bounds,
    _comes_back_or_runs_once,
    _is_given_time_to_stop,
)


def _environment(service: Service) -> Mapping[str, Any]:
    """Give a service's variables."""
    return _named(service.get("environment"))


def _named(written: Any) -> Mapping[str, Any]:
    """Give what may be written as a mapping or as a list of NAME=VALUE."""
    if isinstance(written, Mapping):
        return written
    return dict(str(line).partition("=")[::2] for line in written or [])


def _seconds(duration: str) -> float:
    found = _DURATION.fullmatch(str(duration))
    if found is None:
        return 0.0
    return 60.0 * int(found["minutes"] or 0) + int(found["seconds"] or 0)
