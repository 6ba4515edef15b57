"""What sessions tell of answers to whoever reaches people that are not looking."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import ValidationError

from schemas.frames import Ack, Delta, Read, Regenerate, TurnDone, Typing
from schemas.resources import CreateSession, Device
from sessions.archive import TURNS, TurnDocument
from sessions.errors import NotFound, StoreUnavailable
from sessions.ids import answer_id
from sessions.llm.scripted import ScriptedProvider
from sessions.reach import UNREAD_FOR
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Process, running_process


class Phones:
    """Passes the contract of sessions.reach.Reach: some users have phones."""

    def __init__(self, *owners: str) -> None:
        self.owners = owners
        self.seen: list[tuple[str, str]] = []
        self.told: list[tuple[str, str, int, str]] = []
        self.asked = 0

    async def reachable(self, user_id: str) -> bool:
        self.asked += 1
        return user_id in self.owners

    async def writes_first(self, user_id: str) -> bool:
        return user_id in self.owners

    def active(self, user_id: str, session_id: str) -> None:
        self.seen.append((user_id, session_id))

    def read(self, user_id: str, session_id: str, number: int, installation_id: str = "") -> None:
        self.told.append((user_id, session_id, number, installation_id))


class Written:
    """Documents that note each turn as it is written."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents
        self.turns: list[TurnDocument] = []

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Awaitable[Any]] = getattr(self._documents, name)
        if name != "replace":
            return method

        async def replace(collection: Any, document: Any) -> Any:
            stored = await method(collection, document)
            if collection is TURNS:
                self.turns.append(stored)
            return stored

        return replace

    def ends(self) -> list[tuple[str, str]]:
        """Return state and push of each turn as it was when it ended."""
        first = {turn.id: turn for turn in reversed(self.turns) if not turn.open}
        return [(turn.state, turn.push) for turn in first.values()]


async def answered(process: Process, text: str, session_id: str | None = None) -> Ack:
    accepted = await process.say(text, f"c-{text}", session_id)
    async with asyncio.timeout(20):
        while (await _turn(process, accepted.ack.turn_id)).open:
            await asyncio.sleep(0.01)
    return accepted.ack


async def _turn(process: Process, turn_id: str) -> TurnDocument:
    turn: TurnDocument | None = await process.documents.get(TURNS, turn_id)
    assert turn is not None
    return turn


async def test_g1_that_an_answer_is_to_be_told_is_stored_with_its_end(
    documents: SqliteDocuments, redis_url: str
) -> None:
    written, phones = Written(documents), Phones("u1")
    short = ScriptedProvider(tokens=3, interval_ms=1)
    async with running_process("p1", written, redis_url, provider=short, reach=phones) as process:
        await answered(process, "Hello")

    assert written.ends() == [("done", "pending")]
    [turn] = [each for each in written.turns if not each.open][:1]
    assert turn.answer is not None
    assert turn.push_at == turn.answer.created_at + UNREAD_FOR


@pytest.mark.parametrize("error", [ValidationError("no such kind"), StoreUnavailable("away")])
async def test_an_answer_ends_and_is_to_be_told_where_its_devices_cannot_be_read(
    documents: SqliteDocuments, redis_url: str, error: Exception
) -> None:
    written, phones = Written(documents), Phones("u1")

    async def unreadable(user_id: str) -> bool:
        raise error

    phones.reachable = unreadable  # type: ignore[method-assign]
    short = ScriptedProvider(tokens=3, interval_ms=1)
    async with running_process("p1", written, redis_url, provider=short, reach=phones) as process:
        await answered(process, "Hello")

    assert written.ends() == [("done", "pending")]


async def test_g1_devices_are_looked_for_before_the_first_words_and_not_after_the_last(
    documents: SqliteDocuments, redis_url: str
) -> None:
    written, phones = Written(documents), Phones("u1")
    endless = ScriptedProvider(tokens=5_000, interval_ms=5)
    async with running_process("p1", written, redis_url, provider=endless, reach=phones) as process:
        accepted = await process.say("Hello", "c1")
        reader = await process.read(accepted.ack.session_id)
        await reader.until(lambda each: bool(each.of(Delta)))
        asked_by_then = phones.asked
        await process.sessions.stop("u1", accepted.ack.session_id)
        await reader.until(lambda each: bool(each.of(TurnDone)))
        reader.close()

    assert asked_by_then == phones.asked == 1


async def test_nothing_is_to_be_told_without_a_device_or_of_a_private_session(
    documents: SqliteDocuments, redis_url: str
) -> None:
    written, phones = Written(documents), Phones()
    short = ScriptedProvider(tokens=3, interval_ms=1)
    async with running_process("p1", written, redis_url, provider=short, reach=phones) as process:
        await answered(process, "Hello")
        asked, phones.owners = phones.asked, ("u1",)
        private = await process.sessions.create("u1", CreateSession(private=True))
        await answered(process, "Between us", private.id)

    assert asked == phones.asked == 1
    assert written.ends() == [("done", ""), ("done", "")]


async def test_what_was_stopped_is_not_told(documents: SqliteDocuments, redis_url: str) -> None:
    written, phones = Written(documents), Phones("u1")
    endless = ScriptedProvider(tokens=5_000, interval_ms=5)
    async with running_process("p1", written, redis_url, provider=endless, reach=phones) as process:
        accepted = await process.say("Hello", "c1")
        session_id = accepted.ack.session_id
        reader = await process.read(session_id)
        await reader.until(lambda each: bool(each.frames) and len(each.frames) > 3)
        await process.sessions.stop("u1", session_id)
        await reader.until(lambda each: bool(each.of(TurnDone)))
        reader.close()

    assert written.ends() == [("stopped", "")]


async def test_who_writes_types_reads_or_asks_again_is_looking_and_what_was_read_is_told_where(
    documents: SqliteDocuments, redis_url: str
) -> None:
    phones = Phones()
    short = ScriptedProvider(tokens=3, interval_ms=1)
    phone = Device(installation_id="i-1", platform="ios")
    async with running_process("p1", documents, redis_url, provider=short, reach=phones) as process:
        first = await answered(process, "Hello")
        session_id = first.session_id
        await answered(process, "More", session_id)
        await process.sessions.typing("u1", Typing(session_id=session_id, active=True))
        read = Read(session_id=session_id, message_id=answer_id(first.turn_id))
        for _ in range(2):
            await process.sessions.mark_read("u1", read, device=phone)

        again = Regenerate(client_msg_id="r1", session_id=session_id, turn_id=first.turn_id)
        # nobody reads for another: what was told of a session is taken back on the word of its own
        with pytest.raises(NotFound):
            await process.sessions.mark_read("u2", read, device=phone)
        with pytest.raises(NotFound):
            await process.sessions.regenerate("u2", again)
        await process.sessions.regenerate("u1", again)

    assert phones.seen == [("u1", session_id)] * 5
    assert phones.told == [("u1", session_id, 1, "i-1"), ("u1", session_id, 2, "")]
