"""The processes of a run: services and peers, each with a log of its own and none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shared.settings import SETTINGS

ROOT: Final = Path(__file__).resolve().parents[1]
PYTHON: Final = Path(sys.executable)
PEERS_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"

_START_LIMIT: Final = 120.0
_STOP_LIMIT: Final = 60.0
_LOG_END: Final = 3000


class ProcessFailed(RuntimeError):
    """Raised when a process does not start or ends; the end of its log is in the message."""


@dataclass
class Processes:
    """What was started, by name; a name is used by one process at a time."""

    directory: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        when: str,
    ) -> None:
        """Start a process and wait for the words by which it says that it is ready.

        Raises:
            ProcessFailed: it ends instead, or does not say so.
        """
        self.launch(name, command, environment=environment)
        self.await_ready(name, when=when)

    def launch(
        self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str]
    ) -> None:
        """Start a process and do not wait for it; what it says goes into a new log."""
        with self._log(name).open("wb") as opened:
            self._running[name] = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env=clean_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=opened,
            )

    def await_ready(self, name: str, *, when: str) -> None:
        """Wait for the words by which a process says that it is ready.

        Raises:
            ProcessFailed: it ends instead, or does not say so.
        """
        ends = time.monotonic() + _START_LIMIT
        while when not in self._log(name).read_text(errors="replace"):
            if self._running[name].poll() is not None or time.monotonic() > ends:
                raise ProcessFailed(self._said(name))
            time.sleep(0.05)

    def run(
        self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str]
    ) -> None:
        """Run a process to its end.

        Raises:
            ProcessFailed: it ends otherwise than well.
        """
        with self._log(name).open("ab") as opened:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env=clean_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=opened,
                timeout=_START_LIMIT,
                check=False,
            )
        if done.returncode:
            raise ProcessFailed(self._said(name))

    def pid(self, name: str) -> int:
        """Give the process id of what runs under a name.

        Raises:
            ProcessFailed: it has ended.
        """
        process = self._running[name]
        if process.poll() is not None:
            raise ProcessFailed(self._said(name))
        return process.pid

    def stop(self, *names: str) -> None:
        """Ask processes to stop, all at once, and wait until they have."""
        stopping = [self._running.pop(name) for name in names]
        for process in stopping:
            process.send_signal(signal.SIGTERM)
        for process in stopping:
            process.wait(timeout=_STOP_LIMIT)

    def close(self) -> None:
        """Kill whatever still runs."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait(timeout=_STOP_LIMIT)
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def _said(self, name: str) -> str:
        said = self._log(name).read_text(errors="replace")[-_LOG_END:]
        return f"{name} did not do what it was started for; it said last:\n{said}"


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of a process: this one's, without settings that are not the run's."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, **environment}
