"""Make the standard library green, before anything else is imported.

Every way in calls ``make_green`` first: the command line, the runner, the test session.
What eventlet needs to be told stands here and nowhere else: the monkey-patch itself, the one
warning about eventlet's own future, and how psycopg waits for its socket.
"""

from __future__ import annotations

import os
import warnings

_EVENTLET_WARNING = r"\nEventlet is deprecated\."


def make_green() -> None:
    """Patch the standard library for eventlet; a second call changes nothing."""
    let_psycopg_wait_green()
    with warnings.catch_warnings():
        # nameko brings eventlet, and eventlet warns of its own deprecation at import; its class
        # for that comes with the import, so the first words of the text name it.
        warnings.filterwarnings("ignore", message=_EVENTLET_WARNING, category=Warning)
        import eventlet  # noqa: PLC0415 - imported inside the silence it needs.
        import eventlet.debug  # noqa: PLC0415
        import eventlet.patcher  # noqa: PLC0415
    # The hub would print whatever ends a greenthread, words and all, beside those who wait for
    # it and are told; an exception's words may quote a petition.
    eventlet.debug.hub_exceptions(state=False)
    if not eventlet.patcher.is_monkey_patched("socket"):
        eventlet.monkey_patch()


def let_psycopg_wait_green() -> None:
    """Choose how psycopg waits; it reads this when it is first imported.

    By default it waits in C, which stops every greenthread of the process for as long as one
    query runs; ``wait_select`` waits in Python, where the patched ``select`` lets others run.
    """
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
