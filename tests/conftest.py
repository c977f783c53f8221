"""What holds for every test: the green world is entered before any test or service is imported."""

import pytest

from shared.messaging.patching import make_green


def pytest_configure(config: pytest.Config) -> None:
    """Patch the standard library for eventlet, unless the tests run side by side.

    The parallel runner talks to its workers through the very modules that eventlet replaces, and
    would hang.
    Only the unit tests run so; they do no I/O and need no green world.
    """
    works_for_another = hasattr(config, "workerinput")
    has_workers = bool(config.getoption("numprocesses", default=None))
    if not (works_for_another or has_workers):
        make_green()
