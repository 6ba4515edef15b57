"""Following one turn: across processes, a lost log, silence, and what was deleted."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs

from app.realtime.turns import TurnFrame, TurnReader, asked
from schemas.frames import Ack, Attached, Delta, Routed, Send, TurnDone, TurnFailed, TurnStarted
from sessions.archive import COLLECTIONS, TURNS
from sessions.bookmarks import Bookmarks
from sessions.clock import SystemClock
from sessions.errors import Gone, IonError, LogUnavailable, ProviderRejected
from sessions.llm.provider import Chunk, Prompt
from sessions.llm.scripted import ScriptedProvider
from sessions.reading import Reading
from sessions.stores.redis_client import redis_client
from sessions.stores.sqlite import SqliteDocuments
from sessions.threads import Threads
from tests.sessions.processes import Process, running_process
from tests.virtual_time import in_virtual_time

WORDS = "".join(f"w{i} " for i in range(40))


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
def threads(documents: SqliteDocuments) -> Threads:
    clock = SystemClock()
    bookmarks = Bookmarks(documents=documents, clock=clock)
    return Threads(documents=documents, bookmarks=bookmarks, clock=clock)


@pytest.fixture
async def one(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    async with running_process("p1", documents, redis_url) as process:
        yield process


@pytest.fixture
async def two(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    async with running_process("p2", documents, redis_url) as process:
        yield process


def say(text: str = "hello", key: str = "c1", session_id: str | None = None) -> Send:
    return Send(client_msg_id=key, text=text, session_id=session_id, policy="queue")


async def heard(process: Process, threads: Threads, frame: Send) -> list[TurnFrame]:
    async with asyncio.timeout(10), asked(process.sessions, threads, "u1", frame) as turn:
        return [each async for each in turn.frames() if each is not None]


def text_of(frames: list[TurnFrame]) -> str:
    """Return the text since the answer last began."""
    text = ""
    for frame in frames:
        if isinstance(frame, Delta):
            text += frame.text
        elif not isinstance(frame, Routed | TurnDone):
            text = ""
    return text


async def test_a_turn_is_heard_from_its_beginning_to_its_end(
    one: Process, threads: Threads
) -> None:
    frames = await heard(one, threads, say())

    kinds = [type(frame) for frame in frames]
    assert kinds == [TurnStarted, Routed, *[Delta] * (len(frames) - 3), TurnDone]
    assert isinstance(frames[-1], TurnDone)
    assert text_of(frames) == frames[-1].text == WORDS
    async with asyncio.timeout(20):
        while len(one.logs):
            await asyncio.sleep(0.01)


async def test_a_turn_that_has_ended_is_heard_as_if_it_ran(one: Process, threads: Threads) -> None:
    first = await heard(one, threads, say())
    again = await heard(one, threads, say())

    assert [type(frame) for frame in again] == [TurnStarted, Routed, Delta, TurnDone]
    assert text_of(again) == WORDS
    ended, told = first[-1], again[-1]
    assert isinstance(ended, TurnDone)
    assert isinstance(told, TurnDone)
    assert (told.turn_id, told.usage, told.model) == (ended.turn_id, ended.usage, ended.model)


async def test_two_readers_of_one_message_hear_the_same_turn(
    one: Process, two: Process, threads: Threads
) -> None:
    first, other = await asyncio.gather(
        heard(one, threads, say()), heard(two, threads, say()), return_exceptions=False
    )

    assert text_of(first) == text_of(other) == WORDS
    assert first[-1].turn_id == other[-1].turn_id


async def test_who_comes_while_the_turn_runs_hears_it_from_its_beginning(
    one: Process, threads: Threads
) -> None:
    async with asyncio.timeout(10), asked(one.sessions, threads, "u1", say()) as turn:
        async for frame in turn.frames():
            if isinstance(frame, Delta) and frame.text == "w9 ":
                break
        frames = await heard(one, threads, say())

    assert [type(frame) for frame in frames[:3]] == [TurnStarted, Routed, Delta]
    assert text_of(frames) == WORDS


async def test_a_message_that_waits_for_another_turn_hears_its_own(
    one: Process, threads: Threads
) -> None:
    accepted = await one.say("first", "c0")
    frames = await heard(one, threads, say("second", "c1", accepted.ack.session_id))

    assert {frame.turn_id for frame in frames} == {frames[0].turn_id}
    assert frames[0].turn_id != accepted.ack.turn_id
    assert text_of(frames) == WORDS


async def test_a_turn_is_heard_on_when_its_process_dies(
    documents: SqliteDocuments, redis_url: str, two: Process, threads: Threads
) -> None:
    async with running_process("p1", documents, redis_url) as one:
        accepted = await one.say("hello", "c1")
        frames: list[TurnFrame] = []
        async with asyncio.timeout(10), asked(two.sessions, threads, "u1", say()) as turn:
            async for frame in turn.frames():
                if frame is not None:
                    frames.append(frame)
                if len(frames) == 8:
                    one.crash()

    assert frames[-1].turn_id == accepted.ack.turn_id
    assert isinstance(frames[-1], TurnDone)
    assert text_of(frames) == WORDS


async def test_a_turn_is_heard_on_when_the_log_was_lost(
    one: Process, threads: Threads, redis_url: str
) -> None:
    frames: list[TurnFrame] = []
    redis = redis_client(redis_url)
    async with asyncio.timeout(10), asked(one.sessions, threads, "u1", say()) as turn:
        async for frame in turn.frames():
            if frame is not None:
                frames.append(frame)
            if len(frames) == 8:
                await redis.flushall()
    await redis.aclose()

    assert text_of(frames) == WORDS


async def test_a_reader_that_leaves_hears_no_end_and_the_turn_has_one(
    one: Process, threads: Threads
) -> None:
    frames: list[Any] = []
    async with asked(one.sessions, threads, "u1", say()) as turn:
        async for frame in turn.frames():
            frames.append(frame)
            turn.leave()
    again = await heard(one, threads, say())

    assert not any(isinstance(frame, TurnDone) for frame in frames)
    assert text_of(again) == WORDS


async def test_a_session_that_is_deleted_ends_the_hearing(one: Process, threads: Threads) -> None:
    async def delete_when_it_speaks() -> None:
        async with asyncio.timeout(10), asked(one.sessions, threads, "u1", say()) as turn:
            async for frame in turn.frames():
                if isinstance(frame, Delta):
                    with suppress(IonError):
                        await one.deletions.delete("u1", turn.ack.session_id)

    with pytest.raises(IonError) as caught:
        await delete_when_it_speaks()

    assert caught.value.code in ("gone", "not_found")


async def test_a_turn_whose_answer_was_deleted_is_gone(
    one: Process, threads: Threads, documents: SqliteDocuments
) -> None:
    told = (await heard(one, threads, say()))[-1]
    turn = await documents.get(TURNS, told.turn_id)
    assert turn is not None
    await documents.replace(TURNS, structs.replace(turn, answer=None))

    with pytest.raises(Gone):
        await heard(one, threads, say())


async def test_a_turn_that_fails_is_heard_to_fail_at_once_and_again(
    documents: SqliteDocuments, redis_url: str, threads: Threads
) -> None:
    provider = ScriptedProvider(tokens=3, interval_ms=1)
    async with running_process("p1", documents, redis_url, provider=provider) as one:
        frame = say("FAIL_BEFORE_FIRST")
        first, again = [await heard(one, threads, frame) for _ in range(2)]

    for frames in (first, again):
        assert isinstance(frames[-1], TurnFailed)
        assert (frames[-1].code, frames[-1].retryable) == ("provider_unavailable", True)


class Silent:
    """A reading in which nothing happens."""

    ready = False

    async def next(self) -> tuple[tuple[Attached, ...], list[bytes]]:
        return (), []


class Refusing(ScriptedProvider):
    """A language model that will never take this."""

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Raise ProviderRejected."""
        raise ProviderRejected("no such model")
        yield


async def test_a_turn_that_failed_for_good_is_heard_to_have_failed_so_again(
    documents: SqliteDocuments, redis_url: str, threads: Threads
) -> None:
    async with running_process("p1", documents, redis_url, provider=Refusing()) as one:
        first, again = [await heard(one, threads, say()) for _ in range(2)]

    ends = [frames[-1] for frames in (first, again)]
    assert [isinstance(each, TurnFailed) and each.retryable for each in ends] == [False, False]


@in_virtual_time
async def test_a_turn_that_does_not_begin_is_not_waited_for_for_ever() -> None:
    ack = Ack(client_msg_id="c", session_id="s", turn_id="t", message_id="m", duplicate=False)
    turn = TurnReader(ack, cast("Reading", Silent()), asyncio.Event(), cast("Threads", None))
    beats: list[object] = []

    async def listen() -> None:
        async for frame in turn.frames():
            beats.append(frame)

    with pytest.raises(LogUnavailable):
        await listen()

    assert beats == [None]
    assert asyncio.get_running_loop().time() == pytest.approx(30)
