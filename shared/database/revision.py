"""Write a service's next migration from the difference between its models and its migrations.

    python -m shared.database.revision <owner> "what changes"

Read what was written before you commit it: a renamed column looks like one dropped and one added.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import alembic.command
from alembic.operations.ops import MigrationScript
from alembic.script import ScriptDirectory

from shared.database.migrations import configuration, directory_of, upgrade

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ARGUMENTS: Final = 3
_USAGE: Final = 64


def write_revision(owner: str, message: str) -> Path | None:
    """Write the next migration and give its path; None when nothing differs."""
    directory = directory_of(owner)
    _prepare(directory, owner)
    template = directory / "script.py.mako"
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/scratch.sqlite3"
        config = configuration(owner, url)
        existing = list(ScriptDirectory.from_config(config).walk_revisions())
        if existing:
            upgrade(owner, url)
        config.attributes["revision_hook"] = _drop_empty
        shutil.copy(_TEMPLATES / "script.py.mako", template)
        try:
            written = alembic.command.revision(
                config, message, autogenerate=True, rev_id=f"{len(existing) + 1:04d}"
            )
        finally:
            template.unlink()
    scripts = [script for script in (written if isinstance(written, list) else [written]) if script]
    return Path(scripts[0].path) if scripts else None


def main(arguments: list[str]) -> int:
    """Run from the command line; 0 when something was written or nothing had to be."""
    if len(arguments) != _ARGUMENTS:
        print((__doc__ or "").strip(), file=sys.stderr)  # noqa: T201 - this is a command.
        return _USAGE
    _, owner, message = arguments
    path = write_revision(owner, message)
    print(path or f"{owner}: the migrations say what the models say")  # noqa: T201 - the same.
    return 0


def _prepare(directory: Path, owner: str) -> None:
    (directory / "versions").mkdir(parents=True, exist_ok=True)
    env = directory / "env.py"
    if not env.exists():
        text = (_TEMPLATES / "env.py.mako").read_text(encoding="utf-8")
        env.write_text(text.replace("{owner}", owner), encoding="utf-8")


def _drop_empty(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    upgrades = directives[0].upgrade_ops
    if upgrades is not None and upgrades.is_empty():
        directives.clear()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
