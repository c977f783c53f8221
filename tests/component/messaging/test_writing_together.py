"""Group commit: writers at the same time share one transaction, and none of them notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import eventlet
import pytest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.database import Store
    from tests.support.postgres import Postgres


@pytest.fixture
def store(postgres: Postgres) -> Iterator[Store]:
    """A store on PostgreSQL."""
    from shared.database import Store  # noqa: PLC0415 - see the conftest.
    from tests.support.small_service import Base  # noqa: PLC0415

    made = Store(base=Base, url=postgres.database())
    made.create_tables()
    yield made
    made.dispose()


@pytest.fixture
def commits(store: Store) -> list[str]:
    """Note each commit and rollback of the database's own transactions."""
    from sqlalchemy import event  # noqa: PLC0415 - see the conftest.

    noted: list[str] = []
    event.listen(store.engine, "commit", lambda _connection: noted.append("commit"))
    event.listen(store.engine, "rollback", lambda _connection: noted.append("rollback"))
    return noted


def _write(store: Store, subject: str, then: Callable[[Session], object] | None = None) -> None:
    """Write one row, do something in the same block, and see the row from outside after it."""
    from sqlalchemy import insert  # noqa: PLC0415 - see the conftest.

    with store.writing() as session:
        session.execute(insert(store.tables.case_versions), {"petition_no": subject, "version": 1})
        eventlet.sleep(0)  # Let the others come and wait for their turn.
        if then is not None:
            then(session)
    assert subject in _written(store)


def _written(store: Store) -> set[str]:
    from sqlalchemy import select  # noqa: PLC0415

    with store.reading() as session:
        return set(session.scalars(select(store.tables.case_versions.c.petition_no)))


def _outcomes(*writers: Callable[[], object]) -> list[BaseException | None]:
    def outcome(writer: Callable[[], object]) -> BaseException | None:
        try:
            writer()
        except Exception as failure:  # noqa: BLE001 - it is what the test looks at.
            return failure
        return None

    threads = [eventlet.spawn(outcome, writer) for writer in writers]
    return [thread.wait() for thread in threads]


def _fail(_session: Any) -> None:
    msg = "a use case refuses"
    raise LookupError(msg)


def test_writers_at_the_same_time_share_a_commit(store: Store, commits: list[str]) -> None:
    outcomes = _outcomes(*[lambda n=n: _write(store, f"{n:02d}") for n in range(16)])

    assert outcomes == [None] * 16
    assert _written(store) == {f"{n:02d}" for n in range(16)}
    writing = commits.count("commit") - 16 - 1  # One for each look from outside, and the last.
    assert 1 <= writing < 8


def test_a_writer_alone_commits_alone(store: Store, commits: list[str]) -> None:
    _write(store, "alone")

    assert commits == ["commit", "commit"]


@pytest.mark.parametrize("failing", [0, 1, 3])
def test_one_that_fails_is_undone_without_the_others(store: Store, failing: int) -> None:
    outcomes = _outcomes(
        *[lambda n=n: _write(store, f"{n}", _fail if n == failing else None) for n in range(5)]
    )

    assert [type(outcome) for outcome in outcomes].count(LookupError) == 1
    assert _written(store) == {f"{n}" for n in range(5) if n != failing}


def test_one_whose_statement_fails_is_undone_without_the_others(store: Store) -> None:
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import ProgrammingError  # noqa: PLC0415

    outcomes = _outcomes(
        lambda: _write(store, "first"),
        lambda: _write(store, "broken", lambda session: session.execute(text("SELECT nonsense"))),
        lambda: _write(store, "last"),
    )

    assert [type(outcome) for outcome in outcomes] == [type(None), ProgrammingError, type(None)]
    assert _written(store) == {"first", "last"}


def test_nobody_is_told_of_success_when_the_connection_is_lost(store: Store) -> None:
    from sqlalchemy import text  # noqa: PLC0415

    from shared.database import StoreUnavailable  # noqa: PLC0415

    def lose(session: Session) -> None:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with store.reading() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    outcomes = _outcomes(
        lambda: _write(store, "first"),
        lambda: _write(store, "second"),
        lambda: _write(store, "loses", lose),
    )

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert _written(store) == set()
    _write(store, "later")


def test_a_swallowed_error_of_the_database_is_no_success(store: Store) -> None:
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import ProgrammingError  # noqa: PLC0415

    from shared.database import StoreUnavailable  # noqa: PLC0415

    def swallow(session: Session) -> None:
        with pytest.raises(ProgrammingError):
            session.execute(text("SELECT nonsense"))

    (alone,) = _outcomes(lambda: _write(store, "alone", swallow))
    assert isinstance(alone, StoreUnavailable)
    assert _written(store) == set()

    _write(store, "later")


def test_one_killed_while_it_waits_for_its_turn_keeps_nobody_waiting(store: Store) -> None:
    killed: list[Any] = []

    def kill(_session: Session) -> None:
        killed[0].kill()

    first = eventlet.spawn(_write, store, "first", kill)
    killed.append(eventlet.spawn(_write, store, "killed"))
    with eventlet.Timeout(5):
        first.wait()

    assert _written(store) == {"first"}


def test_a_turn_that_does_not_come_is_told_as_a_conflict(postgres: Postgres) -> None:
    from shared.database import Store, StoreConflict, StoreLimits  # noqa: PLC0415
    from tests.support.small_service import Base  # noqa: PLC0415

    store = Store(base=Base, url=postgres.database(), limits=StoreLimits(lock_timeout=0.2))
    store.create_tables()
    outcomes = _outcomes(
        lambda: _write(store, "slow", lambda _session: eventlet.sleep(0.6)),
        lambda: _write(store, "impatient"),
    )

    assert outcomes[0] is None
    assert isinstance(outcomes[1], StoreConflict)
    assert _written(store) == {"slow"}
    store.dispose()


def test_one_that_rested_on_what_is_gone_does_it_again_and_so_do_the_others(store: Store) -> None:
    from sqlalchemy import text  # noqa: PLC0415

    from shared.database.gathering import WritersParted  # noqa: PLC0415

    def lose_and_refuse(session: Session) -> None:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with store.reading() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        _fail(session)

    outcomes = _outcomes(
        lambda: _write(store, "first"),
        lambda: _write(store, "second"),
        lambda: _write(store, "loses", lose_and_refuse),
    )

    assert [type(outcome) for outcome in outcomes] == [WritersParted] * 3
    assert _written(store) == set()
    _write(store, "later")


def test_a_question_of_one_that_takes_too_long_is_no_outage_for_the_others(
    postgres: Postgres,
) -> None:
    from sqlalchemy import func, select  # noqa: PLC0415

    from shared.database import Store, StoreLimits, StoreUnavailable  # noqa: PLC0415
    from shared.database.gathering import WritersParted  # noqa: PLC0415
    from tests.support.small_service import Base  # noqa: PLC0415

    store = Store(base=Base, url=postgres.database(), limits=StoreLimits(statement_timeout=0.3))
    store.create_tables()

    def ask() -> None:
        with store.writing() as session:
            session.execute(select(func.pg_sleep(2)))

    first, second = _outcomes(lambda: _write(store, "first"), ask)
    with pytest.raises(StoreUnavailable):
        ask()

    store.dispose()
    assert [type(first), type(second)] == [WritersParted] * 2


def test_what_is_written_by_hand_is_undone_like_everything_else(store: Store) -> None:
    from sqlalchemy import text  # noqa: PLC0415

    def write_and_fail() -> None:
        with store.writing() as session:
            session.execute(text("UPDATE case_versions SET version = 7"))
            _fail(session)

    outcomes = _outcomes(lambda: _write(store, "first"), write_and_fail)

    with store.reading() as session:
        versions = session.scalars(text("SELECT version FROM case_versions")).all()
    assert [type(outcome) for outcome in outcomes] == [type(None), LookupError]
    assert versions == [1]
