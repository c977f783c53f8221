"""`make help` leaves out no command."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_help_lists_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (declared,) = re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)

    # Within `make test` this is a make in a make, which would tell of the folders it enters.
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    listed = [line.split()[0] for line in told.splitlines()[1:]]
    assert sorted(listed) == sorted(declared.split())
