"""What the tests of reception share: the county's own node on a store.

What reaches a database driver is imported within the fixtures: this file is read before the
session is made green, and psycopg settles how it waits when it is first imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.postgres import Postgres
    from tests.support.reception import NodeBench


def _node_on(url: str) -> Iterator[NodeBench]:
    from tests.support.reception import NodeBench  # noqa: PLC0415 - see above.

    made = NodeBench.at(url)
    yield made
    made.bench.close()


@pytest.fixture
def new_node() -> Iterator[NodeBench]:
    """The county's node on SQLite in memory, of which it has heard nothing."""
    yield from _node_on("sqlite://")


@pytest.fixture
def node(new_node: NodeBench) -> NodeBench:
    """The county's node with its directory and two published Fridays."""
    new_node.opens()
    return new_node


@pytest.fixture(params=("sqlite_file", "postgresql"))
def stored_node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NodeBench]:
    """The county's node, with two published Fridays, on each kind of store that lasts."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
    for made in _node_on(url):
        made.opens()
        yield made
