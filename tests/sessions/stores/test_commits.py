"""Group commit: what waits shares a transaction, and each write fails alone."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sessions.errors import StoreUnavailable
from sessions.stores.commits import GroupCommit
from sessions.stores.turnstile import Turnstile


class Bench:
    """A writer on a database in memory, with the statements it ran."""

    def __init__(self, directory: Path, *, group_size: int = 256, linger_s: float = 0.0) -> None:
        self.statements: list[str] = []
        self.refusal: Exception | None = None
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        connection.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        connection.set_trace_callback(self.statements.append)
        turn = Turnstile(directory / "file", timeout_s=0.01)
        self.writer = GroupCommit(
            connection, turn, self.before, group_size=group_size, linger_s=linger_s
        )

    def before(self, _: sqlite3.Connection) -> None:
        if self.refusal is not None:
            raise self.refusal

    def add(self, number: int) -> Future[int]:
        def write(connection: sqlite3.Connection) -> int:
            connection.execute("INSERT INTO t VALUES (?)", (number,))
            return number

        return self.writer.submit(write)

    def stored(self) -> list[int]:
        query = "SELECT x FROM t ORDER BY x"
        return self.writer.submit(lambda it: [x for (x,) in it.execute(query)]).result(5)

    def hold(self) -> Event:
        """Keep the writer busy until the event is set."""
        entered, release = Event(), Event()

        def wait(_: sqlite3.Connection) -> None:
            entered.set()
            release.wait(5)

        self.writer.submit(wait)
        assert entered.wait(5)
        return release


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.writer.close()


def test_writes_that_wait_share_a_commit(bench: Bench) -> None:
    release = bench.hold()
    futures = [bench.add(number) for number in range(100)]
    release.set()
    assert [future.result(5) for future in futures] == list(range(100))
    assert bench.statements.count("COMMIT") == 2


def test_a_group_has_a_limit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, group_size=10)
    release = bench.hold()
    futures = [bench.add(number) for number in range(25)]
    release.set()
    assert [future.result(5) for future in futures] == list(range(25))
    assert bench.statements.count("COMMIT") == 1 + 3
    bench.writer.close()


async def test_a_busy_writer_waits_for_more_until_one_is_hurried(tmp_path: Path) -> None:
    bench = Bench(tmp_path, linger_s=3600)
    bench.add(1).result(5)
    before = bench.statements.count("COMMIT")
    others = [bench.add(number) for number in (2, 3)]
    async with asyncio.timeout(5):
        await bench.writer.run(lambda it: it.execute("INSERT INTO t VALUES (4)"), hurried=True)
    assert [each.result(5) for each in others] == [2, 3]
    assert bench.statements.count("COMMIT") == before + 1
    await asyncio.to_thread(bench.writer.close)


def test_a_write_that_fails_leaves_the_others(bench: Bench) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (7)")
        raise KeyError("half")

    release = bench.hold()
    first, failing, last = bench.add(1), bench.writer.submit(half), bench.add(2)
    release.set()
    assert (first.result(5), last.result(5)) == (1, 2)
    with pytest.raises(KeyError, match="half"):
        failing.result(5)
    assert bench.stored() == [1, 2]


def test_a_lost_transaction_fails_the_whole_group(bench: Bench) -> None:
    def lose(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    release = bench.hold()
    futures: list[Future[Any]] = [bench.add(1), bench.writer.submit(lose), bench.add(2)]
    release.set()
    for future in futures:
        assert isinstance(future.exception(5), sqlite3.OperationalError)
    assert bench.add(3).result(5) == 3
    assert bench.stored() == [3]


def test_a_refused_transaction_writes_nothing_and_the_next_goes_on(bench: Bench) -> None:
    bench.refusal = ValueError("not now")
    with pytest.raises(ValueError, match="not now"):
        bench.add(1).result(5)
    bench.refusal = None
    assert bench.add(2).result(5) == 2
    assert bench.stored() == [2]


def test_a_turn_that_does_not_come_fails_the_writes_and_the_next_go_on(
    bench: Bench, tmp_path: Path
) -> None:
    other = Turnstile(tmp_path / "file")
    with other, pytest.raises(StoreUnavailable):
        bench.add(1).result(5)
    other.close()
    assert bench.add(2).result(5) == 2
    assert bench.stored() == [2]


def test_a_cancelled_write_is_not_run(bench: Bench) -> None:
    release = bench.hold()
    future = bench.add(1)
    assert future.cancel()
    release.set()
    with pytest.raises(CancelledError):
        future.result(5)
    assert bench.stored() == []


def test_closing_finishes_what_was_submitted(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    release = bench.hold()
    futures = [bench.add(number) for number in range(10)]
    release.set()
    bench.writer.close()
    assert all(future.done() for future in futures)


async def test_a_coroutine_gets_what_its_write_returns_or_raises(bench: Bench) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise KeyError("no")

    assert await bench.writer.run(lambda _: 7) == 7
    with pytest.raises(KeyError, match="no"):
        await bench.writer.run(fail)


async def test_a_coroutine_that_waits_no_more_writes_nothing(bench: Bench) -> None:
    release = bench.hold()
    write = bench.writer.run(lambda it: it.execute("INSERT INTO t VALUES (1)"))
    waiting = asyncio.get_running_loop().create_task(write)
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    release.set()

    assert bench.stored() == []
