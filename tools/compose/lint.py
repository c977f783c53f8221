"""The house rules of a deployment: no secret in the file, no root, nothing open, nothing unbounded.

Each check looks at one service, or at the whole document, and names what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

RUNS_ONCE: Final = "balian.runs"
"""The label of a service that does its work and ends; its value is ``once``."""

_LOOPBACK: Final = "127.0.0.1"
_UNDERSTOOD: Final = frozenset({"services", "volumes", "networks", "secrets"})
"""What both docker-compose 1.29 and the newer command take at the top; and ``x-`` names."""

_SECRET_NAME: Final = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|COOKIE", re.IGNORECASE)
_PLACE_NAME: Final = re.compile(r"_(FILE|DIR)$")
_SECRET_TEXT: Final = re.compile(
    r"://[^/\s:@]+:[^/\s@]+@"  # a password within an address
    r"|-----BEGIN"
    r"|(pass(word|wd)?|secret|token)\s*=\s*\S",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(r"(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")

Service = Mapping[str, Any]
Check = Callable[[Service], Iterator[str]]


def faults_in(document: Mapping[str, Any]) -> list[str]:
    """List everything in a compose document that breaks a rule of the house."""
    faults = [*_whole_document(document)]
    for name, service in document.get("services", {}).items():
        faults += [f"{name}: {fault}" for check in CHECKS for fault in check(service)]
    return faults


def _whole_document(document: Mapping[str, Any]) -> Iterator[str]:
    for key in document:
        if key not in _UNDERSTOOD and not key.startswith("x-"):
            yield f"{key}: one of the two compose commands does not take it"
    for name, secret in (document.get("secrets") or {}).items():
        if set(secret or {}) != {"file"}:
            yield f"secret {name}: does not come from a file"


def _image_has_a_fixed_tag(service: Service) -> Iterator[str]:
    image = str(service.get("image", ""))
    tag = image.rpartition("/")[2].partition(":")[2]
    if "@sha256:" not in image and tag in ("", "latest"):
        yield f"image {image or '(none)'} has no tag of its own"


def _is_nobody_special(service: Service) -> Iterator[str]:
    user, _, group = str(service.get("user", "")).partition(":")
    if user in ("", "0", "root") or group in ("0", "root"):
        yield "runs as root"


def _has_no_rights_of_the_host(service: Service) -> Iterator[str]:
    if service.get("privileged"):
        yield "is privileged"
    for key in ("cap_add", "devices", "network_mode", "pid", "ipc", "userns_mode"):
        if service.get(key):
            yield f"{key}: reaches into the host"
    if service.get("cap_drop") != ["ALL"]:
        yield "cap_drop: does not drop ALL capabilities"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "security_opt: leaves new privileges possible"
    if any("docker.sock" in str(volume) for volume in service.get("volumes", [])):
        yield "volumes: holds the Docker engine"


def _cannot_write_its_own_files(service: Service) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "read_only: its root can be written"


def _publishes_on_the_loopback_only(service: Service) -> Iterator[str]:
    for port in service.get("ports", []):
        host = port.get("host_ip") if isinstance(port, Mapping) else str(port).split(":")[0]
        if host != _LOOPBACK:
            yield f"port {port} is open to other machines"


def _holds_no_secret(service: Service) -> Iterator[str]:
    for name, value in _environment(service).items():
        if _SECRET_NAME.search(name) and not _PLACE_NAME.search(name):
            yield f"{name}: a secret comes from a file"
        if _SECRET_TEXT.search(str(value)):
            yield f"{name}: has a secret in its value"
    if service.get("env_file"):
        yield "env_file: variables are written in the compose file, secrets in files of their own"
    for key in ("command", "entrypoint", "healthcheck", "labels", "build"):
        if _SECRET_TEXT.search(str(service.get(key, ""))):
            yield f"{key}: has a secret in it"


def _has_bounds(service: Service) -> Iterator[str]:
    for key in ("mem_limit", "pids_limit"):
        if not service.get(key):
            yield f"{key}: is missing"
    options = service.get("logging", {}).get("options", {})
    if not {"max-size", "max-file"} <= set(options):
        yield "logging: the log grows without end"


def _comes_back_or_runs_once(service: Service) -> Iterator[str]:
    runs_once = service.get("labels", {}).get(RUNS_ONCE) == "once"
    wanted = "no" if runs_once else "unless-stopped"
    if service.get("restart") != wanted:
        yield f"restart: is not {wanted}"
    health = service.get("healthcheck") or {}
    if not runs_once and (not health.get("test") or health.get("disable")):
        yield "healthcheck: is missing"
    if "start_interval" in health:
        yield "healthcheck: start_interval is not known to docker-compose 1.29"


def _is_given_time_to_stop(service: Service) -> Iterator[str]:
    grace = _environment(service).get("STOP_GRACE")
    if service.get("labels", {}).get(RUNS_ONCE) or grace is None:
        return
    if _seconds(service.get("stop_grace_period", "10s")) <= float(grace):
        yield "stop_grace_period: is not longer than STOP_GRACE"


def _can_be_doubled(service: Service) -> Iterator[str]:
    if service.get("container_name"):
        yield "container_name: there can be only one of it"


CHECKS: Final[tuple[Check, ...]] = (
    _image_has_a_fixed_tag,
    _is_nobody_special,
    _has_no_rights_of_the_host,
    _cannot_write_its_own_files,
    _publishes_on_the_loopback_only,
    _holds_no_secret,
    _has_bounds,
    _comes_back_or_runs_once,
    _is_given_time_to_stop,
    _can_be_doubled,
)


def _environment(service: Service) -> Mapping[str, Any]:
    """Give a service's variables, which may be written as a mapping or as a list."""
    written = service.get("environment") or {}
    if isinstance(written, Mapping):
        return written
    return dict(str(line).partition("=")[::2] for line in written)


def _seconds(duration: str) -> float:
    found = _DURATION.fullmatch(str(duration))
    if found is None:
        return 0.0
    return 60.0 * int(found["minutes"] or 0) + int(found["seconds"] or 0)
