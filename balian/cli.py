"""The way in: makes the process green before anything else is imported, then runs a command."""

from __future__ import annotations

import sys

from balian.exit_codes import ExitCode


def main() -> None:
    """Run the command that the command line names."""
    try:
        from shared.messaging.patching import make_green  # noqa: PLC0415

        make_green()
        from balian.commands.app import app  # noqa: PLC0415 - only after the patch.
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"balian: the Python package {missing.name} is missing\n"
            "  balian runs in an environment of its own.\n"
            "  Run `make env`, then .venv/bin/balian.\n"
        )
        sys.exit(ExitCode.MACHINE_LACKS)
    app()


if __name__ == "__main__":
    main()
