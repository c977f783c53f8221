"""The green world prints nothing of what ends a green thread: its words may quote a petition."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.bus.harness import ROOT

WORDS = "张三 13800000000"

BEGINNING = f"""
from shared.messaging.patching import make_green

make_green()

import socket

import eventlet

WORDS = "{WORDS}"
"""

WOKEN_BY_A_SOCKET = """
def die():
    reading.recv(1)
    raise RuntimeError(WORDS)


reading, writing = socket.socketpair()
dying = eventlet.spawn(die)
eventlet.sleep(0)
writing.send(b"x")
"""

WOKEN_BY_THE_CLOCK = """
def die():
    eventlet.sleep(0.01)
    raise RuntimeError(WORDS)


dying = eventlet.spawn(die)
"""

END = """
try:
    dying.wait()
except RuntimeError as death:
    print("told" if str(death) == WORDS else "not told")
"""


@pytest.mark.parametrize(
    "woken",
    [
        pytest.param(WOKEN_BY_A_SOCKET, id="by a socket"),
        pytest.param(WOKEN_BY_THE_CLOCK, id="by the clock"),
    ],
)
def test_a_green_thread_that_dies_tells_who_waits_for_it_and_nobody_else(woken: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BEGINNING + woken + END],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ended.stdout == "told\n", ended.stderr
    assert ended.stderr == ""
