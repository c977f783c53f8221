"""Gathered rows: they go to the database together, and nobody sees that they went later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import eventlet
import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from sqlalchemy.orm import Session

    from shared.database import Store
    from tests.support.postgres import Postgres


@pytest.fixture
def tables() -> ModuleType:
    """The tables that are written to."""
    from tests.support import gathered_tables  # noqa: PLC0415 - see the conftest.

    return gathered_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tables: ModuleType, tmp_path: Path) -> Iterator[Store]:
    """A store on each database."""
    from shared.database import Store  # noqa: PLC0415

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    else:
        url = request.getfixturevalue("postgres").database()
    yield from _opened(Store(base=tables.Base, url=url))


@pytest.fixture
def shared_store(tables: ModuleType, postgres: Postgres) -> Iterator[Store]:
    """A store on PostgreSQL, where several write in one transaction."""
    from shared.database import Store  # noqa: PLC0415

    yield from _opened(Store(base=tables.Base, url=postgres.database()))


def _opened(store: Store) -> Iterator[Store]:
    store.create_tables()
    yield store
    store.dispose()


@pytest.fixture
def statements() -> list[str]:
    """What was sent to the database."""
    return []


def _listen(store: Store, statements: list[str]) -> None:
    from sqlalchemy import event  # noqa: PLC0415

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        statements.append(sql)

    event.listen(store.engine, "before_cursor_execute", note)


def _gathered(session: Session) -> Any:
    from shared.database.gathering import gathered_in  # noqa: PLC0415

    return gathered_in(session)


def _append(session: Session, *entries: object) -> None:
    for entry in entries:
        _gathered(session).append(entry)


def _append_one(tables: ModuleType, no: str, session: Session) -> None:
    _append(session, tables.Matter(no=no))


def _all(store: Store, column: Any) -> list[Any]:
    from sqlalchemy import select  # noqa: PLC0415

    with store.reading() as session:
        return list(session.scalars(select(column).order_by(column)))


def _together(*writers: Callable[[], object]) -> list[BaseException | None]:
    """Let writers write at the same time, again where another was in the way, as everybody does."""
    from shared.database import StoreConflict  # noqa: PLC0415

    def outcome(writer: Callable[[], object]) -> BaseException | None:
        for _ in range(3):
            try:
                writer()
            except StoreConflict:
                continue
            except Exception as failure:  # noqa: BLE001 - it is what the test looks at.
                return failure
            return None
        return StoreConflict("again and again")

    threads = [eventlet.spawn(outcome, writer) for writer in writers]
    return [thread.wait() for thread in threads]


def _writing(store: Store, write: Callable[[Session], object]) -> Callable[[], None]:
    def writer() -> None:
        with store.writing() as session:
            eventlet.sleep(0)  # Let the others come and wait for their turn.
            write(session)

    return writer


def _fail(_session: object) -> None:
    msg = "a use case refuses"
    raise LookupError(msg)


# --- One writer ----------------------------------------------------------------------------------


def test_parents_are_written_before_children(store: Store, tables: ModuleType) -> None:
    with store.writing() as session:
        _append(session, tables.Detail(matter="m1", text="t"), tables.Matter(no="m1"))

    assert _all(store, tables.Matter.no) == ["m1"]
    assert _all(store, tables.Detail.text) == ["t"]


def test_what_an_entry_does_not_say_is_its_default_or_nothing(
    store: Store, tables: ModuleType
) -> None:
    with store.writing() as session:
        _append(session, tables.Matter(no="m1"), tables.Matter(no="m2", is_open=False))
        _append(session, tables.Detail(matter="m1"))

    assert _all(store, tables.Matter.is_open) == [False, True]
    assert _all(store, tables.Detail.text) == [None]


def test_nothing_is_sent_before_the_end(
    store: Store, tables: ModuleType, statements: list[str]
) -> None:
    with store.writing() as session:
        _listen(store, statements)
        _append(session, tables.Matter(no="m1"), tables.Matter(no="m2"))
        assert not statements

    assert len([sql for sql in statements if sql.startswith("INSERT")]) == 1


def test_a_question_sees_what_was_gathered_before_it(store: Store, tables: ModuleType) -> None:
    from sqlalchemy import select, text  # noqa: PLC0415

    with store.writing() as session:
        _append(session, tables.Matter(no="m1"))
        assert session.get_one(tables.Matter, "m1").is_open
        _append(session, tables.Matter(no="m2"))
        assert session.scalars(select(tables.Matter.no).order_by(tables.Matter.no)).all() == [
            "m1",
            "m2",
        ]
        _append(session, tables.Matter(no="m3"))
        assert session.execute(text("SELECT count(*) FROM matters")).scalar_one() == 3


def test_what_refers_to_a_gathered_row_is_written_after_it(
    store: Store, tables: ModuleType
) -> None:
    from sqlalchemy import insert  # noqa: PLC0415

    with store.writing() as session:
        _append(session, tables.Matter(no="m1"), tables.Matter(no="m2"))
        session.execute(insert(tables.Detail), {"matter": "m1", "text": "by hand"})
        _append(session, tables.Matter(no="m3"))
        session.add(tables.Detail(matter="m3", text="by the session"))

    assert _all(store, tables.Detail.text) == ["by hand", "by the session"]


def test_a_question_about_another_table_sends_nothing_of_it(
    store: Store, tables: ModuleType, statements: list[str]
) -> None:
    from sqlalchemy import select  # noqa: PLC0415

    with store.writing() as session:
        _listen(store, statements)
        _append(session, tables.Matter(no="m1"))
        session.scalars(select(tables.Untold.no)).all()

        assert not [sql for sql in statements if sql.startswith("INSERT")]


def test_one_who_fails_leaves_nothing(store: Store, tables: ModuleType) -> None:
    def write() -> None:
        with store.writing() as session:
            _append(session, tables.Matter(no="m1"))
            _fail(session)

    with pytest.raises(LookupError):
        write()
    assert _all(store, tables.Matter.no) == []


def test_a_row_the_database_refuses_is_told_as_what_it_is(store: Store, tables: ModuleType) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    with pytest.raises(IntegrityError), store.writing() as session:
        _append(session, tables.Detail(matter="nobody's"), tables.Matter(no="m1"))

    assert _all(store, tables.Matter.no) == []
    with store.writing() as session:
        _append(session, tables.Matter(no="m1"))
    assert _all(store, tables.Matter.no) == ["m1"]


def test_an_entry_that_does_not_tell_its_row_cannot_be_appended(
    store: Store, tables: ModuleType
) -> None:
    from shared.database.gathering import NotAppendable  # noqa: PLC0415

    with pytest.raises(NotAppendable, match=r"untold\.facts"), store.writing() as session:
        _append(session, tables.Untold(no="u1"))


# --- Counters ------------------------------------------------------------------------------------


def _count(session: Session, store: Store, petition_no: str, **more: bool) -> int:
    key = {"petition_no": petition_no}
    counted = _gathered(session).count(store.tables.case_versions, "version", key, **more)
    return int(counted)


def test_a_counter_goes_on_where_it_stood(store: Store) -> None:
    for expected in ([1, 2, 3], [4, 5]):
        with store.writing() as session:
            assert [_count(session, store, "p") for _ in expected] == expected

    assert _all(store, store.tables.case_versions.c.version) == [5]


def test_a_new_counter_begins_without_asking(store: Store, statements: list[str]) -> None:
    with store.writing() as session:
        _listen(store, statements)
        assert [_count(session, store, "p", is_new=True) for _ in range(2)] == [1, 2]
        assert not statements

    with store.writing() as session:
        assert _count(session, store, "p") == 3


def test_a_counter_said_to_be_new_that_is_not_is_no_success(store: Store) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    with store.writing() as session:
        _count(session, store, "p")
    with pytest.raises(IntegrityError), store.writing() as session:
        _count(session, store, "p", is_new=True)


def test_a_counter_that_was_set_by_hand_counts_from_there(store: Store) -> None:
    from sqlalchemy import update  # noqa: PLC0415

    with store.writing() as session:
        assert [_count(session, store, "p") for _ in range(2)] == [1, 2]
        session.execute(update(store.tables.case_versions).values(version=40))
        assert _count(session, store, "p") == 41

    assert _all(store, store.tables.case_versions.c.version) == [41]


# --- Facts ---------------------------------------------------------------------------------------


def test_a_fact_is_found_once_until_its_table_is_written_to(
    store: Store, tables: ModuleType
) -> None:
    from sqlalchemy import delete, select  # noqa: PLC0415

    with store.writing() as session:
        table = tables.Matter.__table__

        def known() -> list[str]:
            found: list[str] = _gathered(session).remember(table, find)
            return found

        def find() -> list[str]:
            looks.append("looked")
            return list(session.scalars(select(tables.Matter.no)))

        looks: list[str] = []
        assert (known(), known(), len(looks)) == ([], [], 1)
        _append(session, tables.Matter(no="m1"))
        assert (known(), known(), len(looks)) == (["m1"], ["m1"], 2)
        session.execute(delete(tables.Matter))
        assert (known(), len(looks)) == ([], 3)


def test_a_key_that_is_lacking_is_so_until_its_row_comes(store: Store, tables: ModuleType) -> None:
    from sqlalchemy import insert  # noqa: PLC0415

    table = tables.Matter.__table__
    keys = [("m1",), ("m2",)]
    with store.writing() as session:

        def lacking() -> list[tuple[str]]:
            return [key for key in keys if _gathered(session).lacks(table, key)]

        assert lacking() == []
        _gathered(session).know_lacking(table, keys)
        assert lacking() == keys
        _append(session, tables.Matter(no="m1"))
        assert lacking() == [("m2",)]
        assert _gathered(session).keys_of(table) == {("m1",)}
        session.execute(insert(tables.Detail).values(detail_no=1, matter="m1"))
        assert ("m1",) not in lacking()
        assert _gathered(session).keys_of(table) == set()
        # What is written by a statement may be anything.
        _gathered(session).know_lacking(table, [("m2",)])
        session.execute(insert(tables.Matter).values(no="m2"))
        assert lacking() == []


# --- Several writers -----------------------------------------------------------------------------


def test_rows_of_all_who_write_together_go_in_one_statement(
    shared_store: Store, tables: ModuleType, statements: list[str]
) -> None:
    _listen(shared_store, statements)
    outcomes = _together(
        *[_writing(shared_store, partial(_append_one, tables, f"m{n:02d}")) for n in range(16)]
    )

    assert outcomes == [None] * 16
    assert _all(shared_store, tables.Matter.no) == [f"m{n:02d}" for n in range(16)]
    assert len([sql for sql in statements if sql.startswith("INSERT")]) < 8


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("failing", range(4))
def test_one_who_fails_is_undone_without_the_others(
    shared_store: Store, tables: ModuleType, failing: int, *, asks: bool
) -> None:
    def write(n: int, session: Session) -> None:
        _append(session, tables.Matter(no=f"m{n}"))
        if asks:  # So that it writes what the others gathered, and that is undone with it.
            assert session.get(tables.Matter, f"m{n}") is not None
        _count(session, shared_store, "p")
        if n == failing:
            _fail(session)

    outcomes = _together(*[_writing(shared_store, partial(write, n)) for n in range(4)])

    assert [type(outcome) for outcome in outcomes].count(LookupError) == 1
    assert _all(shared_store, tables.Matter.no) == [f"m{n}" for n in range(4) if n != failing]
    assert _all(shared_store, shared_store.tables.case_versions.c.version) == [3]


@pytest.mark.parametrize("refused", range(4))
def test_one_whose_row_is_refused_has_the_others_write_apart(
    shared_store: Store, tables: ModuleType, refused: int
) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    def write(n: int, session: Session) -> None:
        _append(session, tables.Matter(no=f"m{n}"))
        if n == refused:
            _append(session, tables.Detail(matter="nobody's"))

    outcomes = _together(*[_writing(shared_store, partial(write, n)) for n in range(4)])

    assert [type(outcome) for outcome in outcomes].count(IntegrityError) == 1
    assert isinstance(outcomes[refused], IntegrityError)
    assert _all(shared_store, tables.Matter.no) == [f"m{n}" for n in range(4) if n != refused]


def test_one_who_meets_a_refused_row_of_another_is_not_blamed_for_it(
    shared_store: Store, tables: ModuleType
) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    def ask(session: Session) -> None:
        session.get(tables.Detail, 1)
        _append(session, tables.Matter(no="innocent"))

    outcomes = _together(
        _writing(shared_store, lambda session: _append(session, tables.Detail(matter="nobody's"))),
        _writing(shared_store, ask),
    )

    assert [type(outcome) for outcome in outcomes] == [IntegrityError, type(None)]
    assert _all(shared_store, tables.Matter.no) == ["innocent"]


def test_one_whose_statement_fails_is_undone_without_the_others(
    shared_store: Store, tables: ModuleType
) -> None:
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import ProgrammingError  # noqa: PLC0415

    outcomes = _together(
        _writing(shared_store, lambda session: _append(session, tables.Matter(no="first"))),
        _writing(shared_store, lambda session: session.execute(text("SELECT nonsense"))),
        _writing(shared_store, lambda session: _append(session, tables.Matter(no="last"))),
    )

    assert [type(outcome) for outcome in outcomes] == [type(None), ProgrammingError, type(None)]
    assert _all(shared_store, tables.Matter.no) == ["first", "last"]


def test_nobody_is_told_of_what_was_read_before_it_is_committed(
    shared_store: Store, tables: ModuleType
) -> None:
    from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

    def write(session: Session) -> None:
        _append(session, tables.Matter(no="never"))
        _append(session, tables.Detail(matter="nobody's"))

    def read(session: Session) -> None:
        if ("never",) in _gathered(session).keys_of(tables.Matter.__table__):
            seen.append("uncommitted")
            _fail(session)

    seen: list[str] = []
    outcomes = _together(_writing(shared_store, write), _writing(shared_store, read))

    assert seen == ["uncommitted"]
    assert [type(outcome) for outcome in outcomes] == [IntegrityError, type(None)]
    assert _all(shared_store, tables.Matter.no) == []
