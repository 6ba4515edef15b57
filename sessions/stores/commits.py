"""Group commit: one thread writes to SQLite and makes what is waiting durable with one sync."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Generic, TypeVar

from msgspec import Struct

from .turnstile import Turnstile

__all__ = ["GroupCommit"]

R = TypeVar("R")


class _Reply(Generic[R]):
    """What a coroutine waits for, with as much of a `Future` as the writer uses.

    Wrapping a real one costs twice as much as all that is done here.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.arrived: asyncio.Future[R] = self._loop.create_future()

    def set_running_or_notify_cancel(self) -> bool:
        return not self.arrived.cancelled()

    def set_result(self, result: R) -> None:
        self._call(self._give, result)

    def set_exception(self, error: BaseException) -> None:
        self._call(self._fail, error)

    def _call(self, told: Callable[..., None], what: object) -> None:
        # nobody waits any more when the loop is closed
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(told, what)

    def _give(self, result: R) -> None:
        if not self.arrived.done():
            self.arrived.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.arrived.done():
            self.arrived.set_exception(error)


class _Write(Struct, frozen=True):
    operation: Callable[[sqlite3.Connection], Any]
    future: Future[Any] | _Reply[Any]
    apart: bool = False
    hurried: bool = False


class _Failure(Struct, frozen=True):
    error: Exception


class GroupCommit:
    """The one writer of a database; it owns `connection` and `turn`, and closes them at the end.

    `turn` is taken for every transaction, so that several processes write one after the other.
    `before` runs first in every transaction; when it raises, all writes of the group fail.

    A transaction and its sync cost as much as several writes. So a busy writer waits up to
    `linger_s` for others to go along, but for no moment when a hurried one has come.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        turn: Turnstile,
        before: Callable[[sqlite3.Connection], None],
        *,
        group_size: int = 256,
        linger_s: float = 0.003,
    ) -> None:
        self._connection = connection
        self._turn = turn
        self._before = before
        self._group_size = group_size
        self._linger_s = linger_s
        self._lingers_until = 0.0
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Callable[[sqlite3.Connection], R]) -> Future[R]:
        """Run `operation` in a transaction; the future is done once its effects are durable.

        What it raises undoes its own effects alone.
        """
        future: Future[R] = Future()
        self._queue.put(_Write(operation, future))
        return future

    async def run(
        self, operation: Callable[[sqlite3.Connection], R], *, hurried: bool = False
    ) -> R:
        """Run `operation` as `submit` does, and return what it returns."""
        reply: _Reply[R] = _Reply()
        self._queue.put(_Write(operation, reply, hurried=hurried))
        return await reply.arrived

    async def run_apart(self, operation: Callable[[sqlite3.Connection], R]) -> R:
        """Run `operation` outside of any transaction while nobody else writes."""
        reply: _Reply[R] = _Reply()
        self._queue.put(_Write(operation, reply, apart=True))
        return await reply.arrived

    def close(self) -> None:
        """Finish all that was submitted and close the connection."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        group: list[_Write | None] = []
        while None not in group:
            group = self._gather()
            begun = [each for each in group if each and self._begins(each)]
            self._commit([each for each in begun if not each.apart])
            for write in begun:
                if write.apart:
                    self._tell([write], [self._apart(write.operation)])
        self._connection.close()
        self._turn.close()

    def _gather(self) -> list[_Write | None]:
        """Wait for a write and return it with those behind it; None in the end."""
        group: list[_Write | None] = []
        newest = self._queue.get()
        until = self._lingers_until
        while True:
            group.append(newest)
            if newest is None or len(group) == self._group_size:
                break
            until = 0.0 if newest.hurried else until
            left_s = until - monotonic()
            try:
                newest = self._queue.get(left_s > 0, max(left_s, 0.0))
            except Empty:
                break
        self._lingers_until = monotonic() + self._linger_s
        return group

    @staticmethod
    def _begins(write: _Write) -> bool:
        """Tell whether the caller still waits; from now on it cannot cancel."""
        return write.future.set_running_or_notify_cancel()

    def _commit(self, group: list[_Write]) -> None:
        self._tell(group, self._outcomes(group) if group else [])

    @staticmethod
    def _tell(group: list[_Write], outcomes: list[Any]) -> None:
        for write, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, _Failure):
                write.future.set_exception(outcome.error)
            else:
                write.future.set_result(outcome)

    def _apart(self, operation: Callable[[sqlite3.Connection], Any]) -> Any:
        try:
            with self._turn.at_length():
                return operation(self._connection)
        except Exception as error:  # noqa: BLE001 - it is told to the caller
            return _Failure(error)

    def _outcomes(self, group: list[_Write]) -> list[Any]:
        try:
            with self._turn:
                return self._transaction(group)
        except Exception as error:  # noqa: BLE001 - it is told to each caller
            return [_Failure(error)] * len(group)

    def _transaction(self, group: list[_Write]) -> list[Any]:
        """Run a group as if no write raises; when one does, again with each undone by itself."""
        try:
            return self._once(group, lambda write: write.operation(self._connection))
        except Exception:
            if len(group) == 1:
                raise
        return self._once(group, lambda write: self._attempt(write.operation))

    def _once(self, group: list[_Write], run: Callable[[_Write], Any]) -> list[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._before(self._connection)
            outcomes = [run(write) for write in group]
            self._connection.execute("COMMIT")
        except Exception:
            self._undo()
            raise
        return outcomes

    def _attempt(self, operation: Callable[[sqlite3.Connection], Any]) -> Any:
        self._connection.execute("SAVEPOINT write")
        try:
            outcome = operation(self._connection)
        except Exception as error:  # noqa: BLE001 - it is told to the caller, the others go on
            # When SQLite has given up the whole transaction (disk full), this raises and ends it.
            self._connection.execute("ROLLBACK TO write")
            outcome = _Failure(error)
        self._connection.execute("RELEASE write")
        return outcome

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
