"""One connection to Redis for many who ask: commands go out as they come, answers come in order."""

import asyncio
import math
import time
from collections import deque
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as AnswerTimeout

from sessions.tasks import Tasks

from .redis_client import Connection, packed

__all__ = ["Command", "Line"]

log = structlog.get_logger(__name__)

Command = tuple[Any, ...]
_TRIES = 2


class _Asked:
    """Commands of one caller; those that are answered are not sent again."""

    def __init__(self, commands: list[bytes], done: "asyncio.Future[list[Any]]") -> None:
        self.commands = commands
        self.done = done
        self.answers: list[Any] = []
        self.tries = _TRIES
        self.due = 0.0


class Line:
    """A connection out of a client's pool; opened when somebody asks, and again when it broke.

    A round trip on a connection of its own takes the client several times what a command takes it.
    So all that is asked in one round of the event loop is sent at once, and nobody waits for the
    answers of others. What a broken connection left without an answer is sent once more. `redis` is
    as `redis_client` makes it, and its patience is that of every question.
    """

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._patience_s: float = self._pool.connection_kwargs["socket_timeout"]
        self._unsent: list[_Asked] = []
        self._sent: deque[_Asked] = deque()
        self._connection: Connection | None = None
        self._serving = False
        self._late = False
        self._watch: asyncio.TimerHandle | None = None
        self._tasks = Tasks(_told)
        self._closed = False

    async def ask(self, *commands: Command) -> list[Any]:
        """Return the answers, the server's refusals (ResponseError) among them.

        Raises RedisError, OSError when there is no connection, or no answer in time; DataError, a
        RedisError, for what can't be sent.
        """
        if self._closed:
            raise RedisError("the line is closed")
        if not commands:
            return []
        loop = asyncio.get_running_loop()
        asked = _Asked([packed(each) for each in commands], loop.create_future())
        if not self._unsent:
            loop.call_soon(self._go)
        self._unsent.append(asked)
        return await asked.done

    async def aclose(self) -> None:
        """Take no more, cancel who waits, and give the connection back."""
        self._closed = True
        for each in (*self._sent, *self._unsent):
            each.done.cancel()
        self._unsent.clear()
        await self._tasks.cancel()

    def _go(self) -> None:
        if self._connection is not None:
            self._write(self._connection)
        elif self._unsent and not self._serving:
            self._serving = True
            self._tasks.start(self._serve(), name="redis line")

    async def _serve(self) -> None:
        """Hold a connection as long as it lasts, and further ones while somebody waits."""
        try:
            while self._unsent:
                try:
                    connection: Connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
                except Exception as error:  # noqa: BLE001 - it is told to all who wait
                    self._fail(self._taken_back(), error)
                    continue
                try:
                    await self._hold(connection)
                finally:
                    self._connection = None
                    await connection.disconnect(nowait=True)
                    await self._pool.release(connection)
        except Exception as error:
            self._fail(self._taken_back(), error)
            raise
        finally:
            self._serving = False

    async def _hold(self, connection: Connection) -> None:
        self._connection, self._late = connection, False
        self._write(connection)
        try:
            while True:
                self._take(await _answer(connection))
        except Exception as error:  # noqa: BLE001 - it is told to all who have no try left
            waiting = self._taken_back()
            self._unsent = [each for each in waiting if each.tries]
            why = AnswerTimeout("no answer in time") if self._late else error
            self._fail([each for each in waiting if not each.tries], why)

    def _write(self, connection: Connection) -> None:
        # whoever has left must not take what nobody would get
        asked = [each for each in self._unsent if not each.done.done()]
        self._unsent = []
        if not asked:
            return
        due = time.monotonic() + self._patience_s
        data: list[bytes] = []
        for each in asked:
            each.tries -= 1
            each.due = due
            data += each.commands[len(each.answers) :]
        self._sent.extend(asked)
        # who reads from it notices that it broke
        with suppress(OSError, RuntimeError):
            connection.write(b"".join(data))
        if self._watch is None:
            self._look_again(self._patience_s)

    def _look_again(self, after_s: float) -> None:
        self._watch = asyncio.get_running_loop().call_later(after_s, self._look)

    def _look(self) -> None:
        """Break the connection when the oldest question is not answered in time."""
        self._watch = None
        if not self._sent or self._connection is None:
            return
        left_s = self._sent[0].due - time.monotonic()
        if left_s > 0:
            self._look_again(left_s)
        else:
            self._late = True
            self._connection.abort()

    def _take(self, answer: Any) -> None:
        if not self._sent:
            raise RedisError("an answer to nothing")
        asked = self._sent[0]
        asked.answers.append(answer)
        if len(asked.answers) == len(asked.commands):
            self._sent.popleft()
            if not asked.done.done():
                asked.done.set_result(asked.answers)

    def _taken_back(self) -> list[_Asked]:
        """Return all who wait, in the order in which they asked."""
        waiting = [each for each in (*self._sent, *self._unsent) if not each.done.done()]
        self._sent.clear()
        self._unsent = []
        return waiting

    @staticmethod
    def _fail(asked: list[_Asked], error: Exception) -> None:
        for each in asked:
            each.done.set_exception(error)


def _told(_: str, error: BaseException) -> None:
    log.error("log_store_line_failed", error=type(error).__name__)


async def _answer(connection: Connection) -> Any:
    try:
        return await connection.read_response(timeout=math.inf)
    except ResponseError as error:
        return error
