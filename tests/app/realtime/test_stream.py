"""The life of one event stream, in virtual time, over a reading that the test feeds."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import msgspec

from app.product import Product
from app.realtime.connections import Connections
from app.realtime.cursor import Cursor
from app.realtime.stream import EventStream
from app.security.tokens import Access
from schemas.frames import Attached
from sessions.errors import IonError, LogUnavailable
from sessions.stores.limits import Charge, Verdict
from sessions.tasks import Tasks
from tests.event_source import EventParser
from tests.sessions.frames import delta
from tests.virtual_time import LoopClock, in_virtual_time

_encode = msgspec.json.Encoder().encode


class Log:
    """A reading and the sessions that give it: attached first, then what the test says."""

    def __init__(self) -> None:
        self.epoch, self.after = "e", 0
        self.closed = 0
        self.taken = 0
        self.failures: list[IonError] = []
        self._wake: Callable[[], None] = lambda: None
        self._attached = False
        self._frames: list[bytes] = []

    async def read(self, _user: str, _session: str, wake: Callable[[], None], **_: Any) -> "Log":
        self._wake = wake
        return self

    @property
    def ready(self) -> bool:
        return not self._attached or bool(self._frames)

    async def next(self) -> tuple[tuple[Attached, ...], list[bytes]]:
        if self.failures:
            raise self.failures.pop(0)
        frames, self._frames = self._frames, []
        heads = () if self._attached else (self._first(),)
        self._attached = True
        self.after += len(frames)
        self.taken += len(frames)
        return heads, frames

    def say(self, text: str) -> None:
        self._frames.append(_encode(delta(self.after + len(self._frames) + 1, text)))
        self._wake()

    def close(self) -> None:
        self.closed += 1

    def _first(self) -> Attached:
        return Attached(session_id="s1", epoch=self.epoch, seq=self.after, recovered=True)


class Client:
    """The ASGI side: what was sent, and a way to stop reading or to go away."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.parser = EventParser()
        self.kinds: list[str] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._gone = asyncio.Event()

    @property
    def ended(self) -> bool:
        return self.messages[-1].get("more_body") is False

    async def receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reads.wait()
        self.messages.append(message)
        self.kinds += [each.type for each in self.parser.feed(message.get("body", b""))]

    def go_away(self) -> None:
        self.reads.set()
        self._gone.set()


class Scene:
    """A stream that is being served."""

    def __init__(self, *, token_s: float = 900) -> None:
        self.log, self.client, self.connections = Log(), Client(), Connections(most=2)
        self.tasks = Tasks(lambda _, error: None)
        clock, self.limits = LoopClock(), _Free()
        product = SimpleNamespace(
            sessions=self.log, tasks=self.tasks, clock=clock, limits=self.limits
        )
        self.stream = EventStream(
            cast("Product", product),
            self.connections,
            access=Access(user_id="u1", expires_at=int(clock.now().timestamp() + token_s)),
            session_id="s1",
            cursor=Cursor(epoch="e", after=0),
        )
        scope: Any = {"client": ("192.0.2.7", 4711)}
        serving = self.stream(scope, self.client.receive, self.client.send)
        self.served = self.tasks.start(serving, name="stream")

    async def end(self) -> None:
        self.client.go_away()
        await self.served
        await asyncio.sleep(0)
        assert (self.log.closed, len(self.connections), len(self.tasks)) == (1, 0, 0)


class _Free:
    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def take(self, *charges: Charge) -> Verdict:
        self.taken += [(each.rate.name, each.who) for each in charges]
        return Verdict(wait_ms=0, standings=())


@in_virtual_time
async def test_a_stream_is_counted_for_its_user_and_its_network() -> None:
    scene = Scene()
    await asyncio.sleep(1)

    assert scene.limits.taken == [("connect", "u1"), ("address", "192.0.2.7")]
    await scene.end()


@in_virtual_time
async def test_a_silent_stream_says_something_every_fifteen_seconds() -> None:
    scene = Scene()
    await asyncio.sleep(61)

    assert scene.client.parser.comments == 4
    await scene.end()


@in_virtual_time
async def test_a_stream_that_talks_needs_no_comments() -> None:
    scene = Scene()
    for number in range(10):
        await asyncio.sleep(10)
        scene.log.say(f"w{number}")

    assert scene.client.parser.comments == 0
    await scene.end()


@in_virtual_time
async def test_frames_wait_in_the_log_while_a_client_does_not_read() -> None:
    scene = Scene()
    await asyncio.sleep(1)
    scene.client.reads.clear()
    for number in range(1000):
        scene.log.say(f"w{number}")
        await asyncio.sleep(0.01)
    taken = scene.log.taken
    scene.client.reads.set()
    await asyncio.sleep(1)

    assert taken == 1
    assert scene.client.parser.last_id == "e:1000"
    assert scene.client.kinds == ["attached"] + ["delta"] * 1000
    await scene.end()


@in_virtual_time
async def test_a_client_that_never_reads_again_is_given_up() -> None:
    scene = Scene()
    await asyncio.sleep(1)
    scene.client.reads.clear()
    scene.log.say("w")
    await scene.served

    assert asyncio.get_running_loop().time() == 41
    await scene.end()


@in_virtual_time
async def test_a_store_that_is_away_for_a_while_is_asked_again() -> None:
    scene = Scene()
    scene.log.failures = [LogUnavailable() for _ in range(50)]
    await asyncio.sleep(24)
    before = list(scene.client.kinds)
    await asyncio.sleep(2)

    assert before == []
    assert scene.client.kinds == ["attached"]
    assert scene.client.parser.comments == 1
    await scene.end()


@in_virtual_time
async def test_the_stream_ends_with_its_token() -> None:
    scene = Scene(token_s=100)
    await asyncio.sleep(99.5)
    before = scene.client.ended
    await asyncio.sleep(1)
    scene.log.say("too late")
    await asyncio.sleep(1)

    assert (before, scene.client.ended) == (False, True)
    assert scene.client.kinds == ["attached", "error"]
    await scene.end()


@in_virtual_time
async def test_a_drain_sends_what_there_is_before_it_ends_the_stream() -> None:
    scene = Scene()
    scene.connections.drain()
    scene.log.say("w0")
    await scene.served

    assert scene.client.kinds == ["attached", "delta", "drain"]
    assert scene.client.ended
    assert 200 <= (scene.client.parser.retry_ms or 0) <= 3000
    await scene.end()


@in_virtual_time
async def test_a_restart_ends_the_stream_with_a_drain() -> None:
    scene = Scene()
    await asyncio.sleep(1)
    scene.connections.close()
    await scene.served

    assert scene.client.kinds == ["attached", "drain"]
    await scene.end()


@in_virtual_time
async def test_a_stream_that_is_replaced_is_told_to_come_back_late() -> None:
    scene = Scene()
    await asyncio.sleep(1)
    for _ in range(2):
        scene.connections.add("u1", _Other())
    await scene.served

    assert scene.client.kinds == ["attached", "error"]
    assert scene.client.parser.retry_ms == 60_000


class _Other:
    def leave(self, code: int, reason: str) -> None: ...
    def announce_drain(self, reconnect_in_ms: int) -> None: ...
