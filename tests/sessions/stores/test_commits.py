"""Group commit: what waits shares a transaction, and each write fails alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event, get_ident
from typing import Any

import pytest

from sessions.errors import StoreUnavailable
from sessions.stores.commits import GroupCommit
from sessions.stores.turnstile import Turnstile


class Bench:
    """A writer on a database in a file, with the statements it ran."""

    def __init__(self, directory: Path, *, group_size: int = 256, linger_s: float = 0.0) -> None:
        self.statements: list[str] = []
        self.refusal: Exception | None = None
        self.path = directory / "file"
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        connection.set_trace_callback(self.statements.append)
        turn = Turnstile(self.path, timeout_s=0.01)
        self.writer = GroupCommit(
            connection, turn, self.before, group_size=group_size, linger_s=linger_s, patience_s=5
        )

    def before(self, _: sqlite3.Connection) -> None:
        if self.refusal is not None:
            raise self.refusal

    @property
    def commits(self) -> int:
        return self.statements.count("COMMIT")

    def add(self, number: int, *, hurried: bool = False) -> "asyncio.Task[int]":
        def write(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT INTO t VALUES (?)", (number,))
            return number

        return asyncio.create_task(self.writer.run(write, hurried=hurried))

    async def stored(self) -> list[int]:
        query = "SELECT x FROM t ORDER BY x"
        return await self.writer.run(lambda it: [x for (x,) in it.execute(query)])

    async def hold(self) -> Event:
        """Keep the writer busy until the event is set."""
        entered, release = Event(), Event()

        def wait(_: sqlite3.Connection) -> None:
            entered.set()
            release.wait(5)

        self.held = asyncio.create_task(self.writer.run(wait, hurried=True, lengthy=True))
        assert await asyncio.to_thread(entered.wait, 20)
        return release


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    await bench.writer.aclose()


async def test_writes_that_wait_share_a_commit(bench: Bench) -> None:
    release = await bench.hold()
    adding = [bench.add(number) for number in range(100)]
    await asyncio.sleep(0)
    release.set()
    assert await asyncio.gather(*adding) == list(range(100))
    assert bench.commits == 2


async def test_writes_of_one_moment_share_a_commit(bench: Bench) -> None:
    assert await asyncio.gather(*(bench.add(number) for number in range(20))) == list(range(20))
    assert bench.commits == 1


async def test_a_group_has_a_limit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, group_size=10)
    release = await bench.hold()
    adding = [bench.add(number) for number in range(25)]
    await asyncio.sleep(0)
    release.set()
    assert await asyncio.gather(*adding) == list(range(25))
    assert bench.commits == 1 + 3
    await bench.writer.aclose()


@pytest.mark.parametrize("busy", [False, True])
async def test_a_busy_writer_waits_for_more_until_one_is_hurried(
    tmp_path: Path, busy: bool
) -> None:
    bench = Bench(tmp_path, linger_s=3600)
    await bench.add(1)
    release = await bench.hold() if busy else Event()
    others = [bench.add(number) for number in (2, 3)]
    async with asyncio.timeout(20):
        for _ in range(5):
            await asyncio.sleep(0)
        before = bench.commits
        hurried = bench.add(4, hurried=True)
        await asyncio.sleep(0)
        release.set()
        assert await asyncio.gather(*others, hurried) == [2, 3, 4]
    assert bench.commits == before + 1 + busy
    await bench.writer.aclose()


async def test_short_writes_run_where_they_are_asked_for_and_commit_in_the_thread(
    bench: Bench,
) -> None:
    assert await bench.writer.run(lambda _: get_ident()) == get_ident()
    assert await bench.writer.run(lambda _: get_ident(), lengthy=True) != get_ident()
    assert await bench.writer.run_apart(lambda _: get_ident()) != get_ident()


async def test_the_connection_is_at_rest_but_for_the_time_of_a_write(bench: Bench) -> None:
    release = await bench.hold()
    assert bench.writer.at_rest is None
    release.set()
    await bench.held
    reader = bench.writer.at_rest
    assert reader is not None
    assert not reader.in_transaction


async def test_a_write_that_fails_leaves_the_others(bench: Bench) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (7)")
        raise KeyError("half")

    first, failing, last = (
        bench.add(1),
        asyncio.create_task(bench.writer.run(half)),
        bench.add(2),
    )
    assert (await first, await last) == (1, 2)
    with pytest.raises(KeyError, match="half"):
        await failing
    assert await bench.stored() == [1, 2]


async def test_a_lost_transaction_fails_the_whole_group(bench: Bench) -> None:
    def lose(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    writes: list[asyncio.Task[Any]] = [
        bench.add(1),
        asyncio.create_task(bench.writer.run(lose)),
        bench.add(2),
    ]
    for outcome in await asyncio.gather(*writes, return_exceptions=True):
        assert isinstance(outcome, sqlite3.OperationalError)
    assert await bench.add(3) == 3
    assert await bench.stored() == [3]


async def test_a_commit_that_fails_fails_the_group_and_the_next_goes_on(bench: Bench) -> None:
    def owe(connection: sqlite3.Connection) -> None:
        # what a deferred key forbids is told at the commit
        connection.execute("INSERT INTO child VALUES (1)")

    def prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("CREATE TABLE child (x REFERENCES t DEFERRABLE INITIALLY DEFERRED)")

    await bench.writer.run_apart(prepare)
    writes: list[asyncio.Task[Any]] = [bench.add(2), asyncio.create_task(bench.writer.run(owe))]
    for outcome in await asyncio.gather(*writes, return_exceptions=True):
        assert isinstance(outcome, sqlite3.IntegrityError)
    assert await bench.add(3) == 3
    assert await bench.stored() == [3]


async def test_a_refused_transaction_writes_nothing_and_the_next_goes_on(bench: Bench) -> None:
    bench.refusal = ValueError("not now")
    with pytest.raises(ValueError, match="not now"):
        await bench.add(1)
    bench.refusal = None
    assert await bench.add(2) == 2
    assert await bench.stored() == [2]


async def test_a_turn_that_does_not_come_fails_the_writes_and_the_next_go_on(
    bench: Bench,
) -> None:
    other = Turnstile(bench.path)
    with other, pytest.raises(StoreUnavailable):
        await bench.add(1)
    other.close()
    assert await bench.add(2) == 2
    assert await bench.stored() == [2]


async def test_another_programs_transaction_is_waited_for_while_the_event_loop_goes_on(
    bench: Bench,
) -> None:
    other = sqlite3.connect(bench.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    adding = bench.add(1)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not adding.done()
    other.execute("ROLLBACK")
    other.close()
    assert await adding == 1
    assert await bench.stored() == [1]


async def test_who_waits_no_more_writes_nothing(bench: Bench) -> None:
    release = await bench.hold()
    adding = bench.add(1)
    await asyncio.sleep(0)
    adding.cancel()
    await asyncio.gather(adding, return_exceptions=True)
    release.set()

    assert await bench.stored() == []


async def test_closing_waits_for_no_turn_where_nothing_is_asked_for(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.add(1)
    other = Turnstile(bench.path)
    with other:
        await bench.writer.aclose()
    other.close()


async def test_a_lock_that_cannot_be_asked_for_is_told_and_the_next_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_place: int, _how: int) -> None:
        raise OSError("no locks available")

    with monkeypatch.context() as broken:
        broken.setattr("sessions.stores.turnstile.fcntl.flock", fail)
        with pytest.raises(OSError, match="no locks"):
            await bench.add(1)
    assert await bench.add(2) == 2


async def test_closing_finishes_what_was_asked_for(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    release = await bench.hold()
    adding = [bench.add(number) for number in range(10)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(bench.writer.aclose())
    await asyncio.sleep(0)
    release.set()
    await closing
    assert all(each.done() for each in adding)
