"""Group commit: one writer for SQLite, and one sync for all that waits together.

A statement takes SQLite some microseconds, so writes run on the event loop: a thread would wait for
the interpreter at every one of them. What waits for others has a thread: for the disk at a commit,
for a turn that another process has.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Literal, TypeVar

from msgspec import Struct

from .turnstile import Turnstile

__all__ = ["GroupCommit", "is_busy"]

R = TypeVar("R")
# in a transaction on the event loop, in one that is too long for it, or outside of any
Manner = Literal["here", "away", "apart"]
_Job = Callable[[], None]


class _Write(Struct, frozen=True):
    operation: Callable[[sqlite3.Connection], Any]
    reply: "asyncio.Future[Any]"
    manner: Manner
    hurried: bool


class _Failure(Struct, frozen=True):
    error: Exception


class GroupCommit:
    """The one writer of a database; it owns `connection` and `turn`, and closes them at the end.

    `turn` is taken for every transaction, so that several processes write one after the other.
    `before` runs first in every transaction; when it raises, all writes of the group fail. Another
    program's transaction is waited for `patience_s`.

    A transaction and its sync cost as much as several writes. So a busy writer waits up to
    `linger_s` for others to go along, but for no moment when a hurried one has come.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        turn: Turnstile,
        before: Callable[[sqlite3.Connection], None],
        *,
        group_size: int = 64,
        linger_s: float = 0.003,
        patience_s: float = 5.0,
    ) -> None:
        self._connection = connection
        self._turn = turn
        self._before = before
        self._group_size = group_size
        self._linger_s = linger_s
        self._patience_ms = round(patience_s * 1000)
        self._lingers_until = 0.0
        self._waiting: deque[_Write] = deque()
        self._busy = False
        self._begun = False
        self._timer: asyncio.TimerHandle | None = None
        self._rested: asyncio.Future[None] | None = None
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        # on the event loop nobody waits
        connection.execute("PRAGMA busy_timeout = 0")
        self._thread = Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(
        self,
        operation: Callable[[sqlite3.Connection], R],
        *,
        hurried: bool = False,
        lengthy: bool = False,
    ) -> R:
        """Run `operation` in a transaction and return what it returns, once that is durable.

        What it raises undoes its own effects alone. What is `lengthy` runs in the thread.
        """
        return await self._add(operation, "away" if lengthy else "here", hurried=hurried)

    async def run_apart(self, operation: Callable[[sqlite3.Connection], R]) -> R:
        """Run `operation` outside of any transaction while nobody else writes."""
        return await self._add(operation, "apart", hurried=True)

    @property
    def at_rest(self) -> sqlite3.Connection | None:
        """The connection, for a short read in this round of the event loop; None while it writes.

        It has in memory what it wrote; one that only reads begins anew after each write.
        """
        return None if self._begun else self._connection

    async def aclose(self) -> None:
        """Finish all that was asked for and close the connection."""
        loop = asyncio.get_running_loop()
        self._lingers_until = 0.0
        try:
            while self._busy or self._waiting:
                self._rested = loop.create_future()
                self._consider(loop)
                await self._rested
        finally:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    async def _add(
        self, operation: Callable[[sqlite3.Connection], R], manner: Manner, *, hurried: bool
    ) -> R:
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[R] = loop.create_future()
        self._waiting.append(_Write(operation, reply, manner, hurried))
        if hurried:
            self._lingers_until = 0.0
        self._consider(loop)
        return await reply

    def _consider(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin with what waits, after this round of the event loop or a little later."""
        if self._busy or not self._waiting:
            return
        left_s = self._lingers_until - loop.time()
        if left_s > 0 and len(self._waiting) < self._group_size:
            if self._timer is None:
                self._timer = loop.call_later(left_s, self._go, loop)
            return
        if self._timer is not None:
            self._timer.cancel()
        self._busy = True
        loop.call_soon(self._go, loop)

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        self._busy = True
        group = self._gather()
        self._begun = bool(group)
        if not group:
            self._rest(loop)
        elif all(each.manner == "here" for each in group) and self._has_turn():
            self._run_here(group, loop)
        else:
            self._jobs.put(lambda: self._run_away(group, loop))

    def _has_turn(self) -> bool:
        try:
            return self._turn.at_once()
        except OSError:
            return False  # who waits for it is told

    def _gather(self) -> list[_Write]:
        """Take what waits and is still waited for; what runs apart goes alone."""
        group: list[_Write] = []
        while self._waiting and len(group) < self._group_size:
            if group and "apart" in (group[-1].manner, self._waiting[0].manner):
                break
            write = self._waiting.popleft()
            if not write.reply.done():
                group.append(write)
        return group

    def _run_here(self, group: list[_Write], loop: asyncio.AbstractEventLoop) -> None:
        try:
            outcomes = self._filled(group)
        except Exception as error:  # noqa: BLE001 - it is told to each caller
            self._turn.leave()
            if is_busy(error):
                self._jobs.put(lambda: self._run_away(group, loop))
            else:
                self._tell(group, [_Failure(error)] * len(group), loop)
        else:
            self._jobs.put(lambda: self._commit_away(group, outcomes, loop))

    def _tell(
        self, group: list[_Write], outcomes: list[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        for write, outcome in zip(group, outcomes, strict=True):
            if write.reply.done():
                continue
            if isinstance(outcome, _Failure):
                write.reply.set_exception(outcome.error)
            else:
                write.reply.set_result(outcome)
        self._rest(loop)

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let whatever waits begin, after a while in which others may come."""
        self._busy = self._begun = False
        if self._rested is not None and not self._rested.done():
            self._rested.set_result(None)
        hurried = any(each.hurried for each in self._waiting)
        self._lingers_until = 0.0 if hurried else loop.time() + self._linger_s
        self._consider(loop)

    # in the thread

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        self._connection.close()
        self._turn.close()

    def _commit_away(
        self, group: list[_Write], outcomes: list[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        try:
            try:
                self._commit()
            finally:
                self._turn.leave()
        except Exception as error:  # noqa: BLE001 - it is told to each caller
            outcomes = [_Failure(error)] * len(group)
        self._report(group, outcomes, loop)

    def _run_away(self, group: list[_Write], loop: asyncio.AbstractEventLoop) -> None:
        try:
            with self._patience():
                outcomes = self._apart(group[0]) if group[0].manner == "apart" else self._all(group)
        except Exception as error:  # noqa: BLE001 - it is told to each caller
            outcomes = [_Failure(error)] * len(group)
        self._report(group, outcomes, loop)

    def _report(
        self, group: list[_Write], outcomes: list[Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        # nobody waits any more when the loop is closed
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._tell, group, outcomes, loop)

    @contextmanager
    def _patience(self) -> Iterator[None]:
        self._connection.execute(f"PRAGMA busy_timeout = {self._patience_ms}")
        try:
            yield
        finally:
            self._connection.execute("PRAGMA busy_timeout = 0")

    def _apart(self, write: _Write) -> list[Any]:
        with self._turn.at_length():
            return [write.operation(self._connection)]

    def _all(self, group: list[_Write]) -> list[Any]:
        with self._turn:
            outcomes = self._filled(group)
            self._commit()
        return outcomes

    # in either

    def _filled(self, group: list[_Write]) -> list[Any]:
        """Run a group up to its commit as if no write raises; else with each undone by itself."""
        try:
            return self._once(group, lambda write: write.operation(self._connection))
        except Exception as error:
            if len(group) == 1 or is_busy(error):
                raise
        return self._once(group, lambda write: self._attempt(write.operation))

    def _once(self, group: list[_Write], run: Callable[[_Write], Any]) -> list[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._before(self._connection)
            return [run(write) for write in group]
        except Exception:
            self._undo()
            raise

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

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except Exception:
            self._undo()
            raise

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def is_busy(error: Exception) -> bool:
    """Tell whether SQLite gave up because somebody else has the file."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    # the upper bits say in the midst of what
    return bool(code & 0xFF == sqlite3.SQLITE_BUSY)
