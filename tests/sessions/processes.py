"""Several processes of the product in one event loop: same documents, same log store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec

from schemas.frames import Attached, LogFrame, Send, Snapshot
from sessions.admission import Admission
from sessions.budget import Budget
from sessions.clock import SystemClock
from sessions.deletions import Deletions
from sessions.erasure.cascade import Cascade
from sessions.errors import LogUnavailable, StoreError, StoreUnavailable
from sessions.llm.provider import Provider
from sessions.llm.scripted import ScriptedProvider
from sessions.log import Logs
from sessions.owners import Owners
from sessions.profiles.learner import Learner
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.reach import Reach
from sessions.reading import Reading
from sessions.service import Accepted, Sessions
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_log import RedisLog
from sessions.tasks import Tasks
from sessions.turn import TurnEngine
from tests.personas import packaged

__all__ = ["Process", "Reader", "Switch", "running_process"]

_decode = msgspec.json.Decoder(LogFrame).decode


class Switch:
    """Passes calls on to a store until it is turned off; then every call is an error."""

    def __init__(self, store: Any, error: type[StoreError]) -> None:
        self._store = store
        self._error = error
        self.off = False

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._store, name)
        if not asyncio.iscoroutinefunction(value):
            return value

        async def call(*args: Any, **kwargs: Any) -> Any:
            if self.off:
                raise self._error("switched off")
            return await value(*args, **kwargs)

        return call


class Process:
    """One process; `crash` makes it stand still as a killed one would."""

    def __init__(
        self,
        name: str,
        documents: Any,
        redis_url: str,
        provider: Provider,
        *,
        max_turns: int = 0,
        tokens_a_day: int = 0,
        lease_ms: int = 500,
        forgotten_s: float = 0.3,
        reach: Reach | None = None,
    ) -> None:
        clock = SystemClock()
        self.errors: list[str] = []
        self.tasks = Tasks(lambda task, error: self.errors.append(f"{task}: {error!r}"))
        self.redis = redis_client(redis_url)
        self.log = RedisLog(
            self.redis, process=name, clock=clock, lease_ms=lease_ms, bell_retry_s=0.05
        )
        self.store = Switch(self.log, LogUnavailable)
        self.documents = Switch(documents, StoreUnavailable)
        self.logs = Logs(self.store, clock=clock, window_ms=5, running_poll_s=0.2)
        names = Pseudonyms("a secret of the tests")
        learner = Learner(documents=self.documents, clock=clock, names=names)
        self.engine = TurnEngine(
            documents=self.documents,
            provider=provider,
            catalogue=packaged(),
            learner=learner,
            clock=clock,
            reach=reach,
            coalesce_ms=0,
            save_s=5,
        )
        self.admission = Admission(clock=clock, max_turns=max_turns)
        budget = Budget(documents=self.documents, clock=clock, tokens_a_day=tokens_a_day)
        self.owners = Owners(
            store=self.store,
            documents=self.documents,
            logs=self.logs,
            engine=self.engine,
            admission=self.admission,
            budget=budget,
            learner=learner,
            clock=clock,
            tasks=self.tasks,
            heartbeat_s=0.1,
            sweep_s=0.1,
            forgotten_s=forgotten_s,
        )
        self.deletions = Deletions(
            documents=self.documents,
            owners=self.owners,
            cascade=Cascade(documents=self.documents, clock=clock, names=names),
            clock=clock,
            tasks=self.tasks,
        )
        self.sessions = Sessions(
            documents=self.documents,
            store=self.store,
            logs=self.logs,
            owners=self.owners,
            admission=self.admission,
            budget=budget,
            learner=learner,
            catalogue=packaged(),
            deletions=self.deletions,
            clock=clock,
            tasks=self.tasks,
            reach=reach,
        )

    def start(self, *, sweeping: bool = True) -> None:
        works = {
            "flusher": self.logs.flusher.run(),
            "poll": self.logs.poll(),
            "heartbeat": self.owners.heartbeat(),
            "bells": self.owners.answer_bells(),
        }
        if sweeping:
            works["watch over"] = self.owners.watch_over()
        for name, work in works.items():
            self.tasks.start(work, name=name)

    def crash(self) -> None:
        """Reach no store any more, as if killed."""
        self.store.off = True
        self.documents.off = True

    async def say(
        self, text: str, key: str, session_id: str | None = None, *, user_id: str = "u1"
    ) -> Accepted:
        """Send as a user and have it answered."""
        frame = Send(client_msg_id=key, text=text, session_id=session_id)
        accepted = await self.sessions.send(user_id, frame)
        self.sessions.begin(accepted)
        return accepted

    async def read(self, session_id: str, *, user_id: str = "u1", **cursor: Any) -> "Reader":
        """Read a user's session."""
        wake = asyncio.Event()
        return Reader(await self.sessions.read(user_id, session_id, wake.set, **cursor), wake)


class Reader:
    """Collects what a reading gives, and checks that it makes sense."""

    def __init__(self, reading: Reading, wake: asyncio.Event) -> None:
        self._reading = reading
        self._wake = wake
        self.frames: list[LogFrame] = []
        self.snapshots: list[Snapshot] = []
        self.attached: list[Attached] = []

    async def until(self, condition: Callable[["Reader"], bool], deadline_s: float = 30) -> None:
        """Read on until the condition holds."""
        async with asyncio.timeout(deadline_s):
            while not condition(self):
                if not self._reading.ready:
                    await self._wake.wait()
                self._wake.clear()
                await self._next()

    async def _next(self) -> None:
        connection_frames, log_frames = await self._reading.next()
        for frame in connection_frames:
            if isinstance(frame, Snapshot):
                self.snapshots.append(frame)
            else:
                self.attached.append(frame)
        self.frames.extend(_decode(data) for data in log_frames)

    def close(self) -> None:
        """Stop reading."""
        self._reading.close()

    def of(self, type_: type) -> list[Any]:
        """Return the log frames of a type."""
        return [frame for frame in self.frames if isinstance(frame, type_)]


@asynccontextmanager
async def running_process(
    name: str,
    documents: Any,
    redis_url: str,
    *,
    provider: Provider | None = None,
    sweeping: bool = True,
    reach: Reach | None = None,
    **limits: int,
) -> AsyncIterator[Process]:
    """Run a process until the block ends."""
    scripted = ScriptedProvider(tokens=40, interval_ms=5)
    async with AsyncExitStack() as stack:
        process = Process(name, documents, redis_url, provider or scripted, reach=reach, **limits)
        stack.push_async_callback(process.redis.aclose)
        stack.push_async_callback(process.log.aclose)
        stack.push_async_callback(process.tasks.cancel)
        process.start(sweeping=sweeping)
        yield process
        if not process.store.off:
            await process.owners.drain(deadline_s=0)
