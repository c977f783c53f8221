"""What a figure was measured on, without which it says nothing: machine, versions, commit."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.processes import PEERS_PYTHON, ROOT

_OURS: Final = ("balian", "nameko", "kombu", "amqp", "eventlet", "SQLAlchemy", "psycopg")
_PEERS: Final = ("faststream", "aio-pika", "pydantic", "uvloop", "SQLAlchemy", "psycopg")
_TELL_VERSIONS: Final = (
    "import importlib.metadata, sys; print(*(importlib.metadata.version(n) for n in sys.argv[1:]))"
)


def described(servers: Mapping[str, str]) -> dict[str, Any]:
    """Describe what a run stands on.

    Args:
        servers: the versions of the servers, by name.
    """
    return {
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "processor": _processor(),
            "memory_mebibytes": memory_mebibytes(),
            "system": f"{platform.system()} {platform.release()}",
            "load_before": os.getloadavg()[0],
        },
        "versions": {
            "python": platform.python_version(),
            **servers,
            **{name: importlib.metadata.version(name) for name in _OURS},
        },
        "versions_of_peers": peers_versions(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
    }


def memory_mebibytes() -> int:
    """Give the memory of this machine, in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def peers_versions() -> dict[str, str]:
    """Give the versions in the peers' environment; none where it has not been made."""
    if not PEERS_PYTHON.exists():
        return {}
    told = _output(str(PEERS_PYTHON), "-c", _TELL_VERSIONS, *_PEERS)
    return dict(zip(_PEERS, told.split(), strict=True))


def _commit() -> str:
    """Name the commit, and say where the files are not as it has them."""
    try:
        commit = _output("git", "rev-parse", "HEAD")
        is_changed = bool(_output("git", "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if is_changed else commit


def _output(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()
