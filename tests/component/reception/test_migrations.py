"""The migrations of reception build what its models say."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.database.migrations import differences, is_current
from tests.support.postgres import Postgres


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_migrations_and_the_models_agree(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    else:
        url = f"sqlite:///{tmp_path / 'store.sqlite3'}"

    assert differences("reception", url) == []
    assert is_current("reception", url)
