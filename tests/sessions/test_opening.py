"""A mentor writes first: a turn that nobody asked for, told once, and known to later turns."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.frames import Delta, Read, Regenerate, Routed, TurnDone, TurnStarted
from schemas.resources import CreateSession, UpdateSession
from sessions.archive import SESSIONS, TURNS, Opening, TurnDocument
from sessions.context import folded, past_turns
from sessions.conversation import Summary
from sessions.erasure.emptied import emptied
from sessions.errors import NotFound
from sessions.llm.offline import OfflineProvider
from sessions.llm.provider import Chunk, Prompt
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Process, running_process
from tests.sessions.turns import turn

WORDS = "Good morning. How did the talk with your boss go?"
HELLO = Opening(text=WORDS, persona="riri", language="en", memories=("f_1",))
KEY = "check_in:c_1:2026-11-30"


class Listening(OfflineProvider):
    """The engine of the house, which keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.prompts: list[Prompt] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk]:
        self.prompts.append(prompt)
        async for chunk in super().stream(prompt):
            yield chunk


async def open_session(process: Process) -> str:
    return (await process.sessions.create("u1", CreateSession(title="Work"))).id


async def opened(process: Process, session_id: str, key: str = KEY) -> TurnDocument | None:
    made = await process.sessions.open("u1", session_id, HELLO, key=key)
    if made is not None:
        process.sessions.show(made)
    return made


async def ended(documents: SqliteDocuments, session_id: str, count: int) -> list[TurnDocument]:
    async with asyncio.timeout(10):
        while True:
            turns = await documents.find(TURNS, "by_session", {"session_id": session_id})
            session = await documents.get(SESSIONS, session_id)
            counted = session is not None and session.counted == count
            if counted and len(turns) == count and not any(each.open for each in turns):
                return turns
            await asyncio.sleep(0.01)


async def test_a_mentor_writes_first_and_everybody_is_told_once(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with (
        running_process("p1", documents, redis_url) as one,
        running_process("p2", documents, redis_url) as two,
    ):
        session_id = await open_session(one)
        reader = await two.read(session_id)
        made = await asyncio.gather(*(opened(each, session_id) for each in (one, two, one, two)))
        await reader.until(lambda each: bool(each.of(TurnDone)))
        [stored] = await ended(documents, session_id, 1)

        assert [each.id for each in made if each is not None] == [stored.id]
        assert [each.message_ids for each in reader.of(TurnStarted)] == [()]
        assert [each.persona for each in reader.of(Routed)] == ["riri"]
        assert [each.text for each in reader.of(Delta)] == [WORDS]
        [done] = reader.of(TurnDone)
        assert (done.text, done.model, done.memories_used) == (WORDS, "check_in", ("f_1",))

        page = await one.sessions.messages("u1", session_id, before=None, limit=10)
        [shown] = page.messages
        assert (shown.role, shown.text, shown.turn_id) == ("assistant", WORDS, stored.id)
        synced = (await one.sessions.sync("u1", None)).sessions
        assert [each.text for each in synced[0].messages] == [WORDS]
        view = await one.sessions.get("u1", session_id)
        assert (view.unread, view.message_count, view.last_text) == (1, 1, WORDS)
        await one.sessions.mark_read("u1", Read(session_id=session_id, message_id=shown.id))
        assert (await one.sessions.get("u1", session_id)).unread == 0
        assert await opened(one, session_id) is None


async def test_who_dies_before_it_is_told_leaves_it_to_another_process(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process("p1", documents, redis_url) as one:
        session_id = await open_session(one)
        made = await one.sessions.open("u1", session_id, HELLO, key=KEY)
        assert made is not None
        assert made.open
        one.crash()
        async with running_process("p2", documents, redis_url) as two:
            assert await opened(two, session_id) is None
            [stored] = await ended(documents, session_id, 1)

    assert stored.answer is not None
    assert stored.answer.text == WORDS


async def test_later_answers_know_what_the_mentor_wrote(
    documents: SqliteDocuments, redis_url: str
) -> None:
    provider = Listening()
    async with running_process("p1", documents, redis_url, provider=provider) as one:
        session_id = await open_session(one)
        await opened(one, session_id)
        await ended(documents, session_id, 1)
        await one.say("It went well, I got the raise", "c1", session_id)
        await ended(documents, session_id, 2)
        await opened(one, session_id, key="another day")
        await ended(documents, session_id, 3)
        await one.say("I am a bit tired today", "c2", session_id)
        turns = await ended(documents, session_id, 4)
        session = await documents.get(SESSIONS, session_id)

    first, second = provider.prompts
    assert [each.answer for each in first.conversation.recent] == [WORDS]
    assert [each.role for each in first.messages] == ["system", "user", "assistant", "user"]
    [before] = second.conversation.recent[1:]
    assert before.user_text == "It went well, I got the raise"
    assert before.answer.endswith(WORDS)
    assert before.persona == "riri"
    assert all(each.answer is not None and each.answer.text for each in turns)
    assert session is not None
    assert (session.summary.upto, session.counted) == (4, 4)


async def test_it_waits_for_its_place_and_follows_the_branch_that_is_shown(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process("p1", documents, redis_url) as one:
        accepted = await one.say("hello there", "c1")
        session_id = accepted.ack.session_id
        await opened(one, session_id)
        await ended(documents, session_id, 2)
        again = Regenerate(
            session_id=session_id, turn_id=accepted.ack.turn_id, client_msg_id="again"
        )
        one.sessions.begin(await one.sessions.regenerate("u1", again))
        await ended(documents, session_id, 3)
        texts = await shown_texts(one, session_id)
        assert WORDS not in texts
        first = UpdateSession(branch=accepted.ack.turn_id)
        await one.sessions.update("u1", session_id, first)
        assert (await shown_texts(one, session_id))[-1] == WORDS
        await opened(one, session_id, key="another day")
        await ended(documents, session_id, 4)
        assert (await shown_texts(one, session_id))[-2:] == [WORDS, WORDS]


async def shown_texts(process: Process, session_id: str) -> list[str]:
    page = await process.sessions.messages("u1", session_id, before=None, limit=50)
    return [each.text for each in page.messages]


async def test_it_opens_a_session_again_and_is_no_answer_that_can_be_made_again(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process("p1", documents, redis_url) as one:
        session_id = await open_session(one)
        await one.sessions.update("u1", session_id, UpdateSession(state="closed"))
        await opened(one, session_id)
        [stored] = await ended(documents, session_id, 1)

        assert (await one.sessions.get("u1", session_id)).state == "active"
        again = Regenerate(session_id=session_id, turn_id=stored.id, client_msg_id="c9")
        with pytest.raises(NotFound):
            await one.sessions.regenerate("u1", again)
        with pytest.raises(NotFound):
            await one.sessions.open("u2", session_id, HELLO, key=KEY)


def test_deleting_it_empties_the_turn() -> None:
    gone = emptied(mine(1), set(), "a_1")
    assert gone.empty
    assert gone.answer is None
    assert emptied(mine(1), {"m_1"}, "m_1") == mine(1)


def mine(number: int) -> TurnDocument:
    """Return a turn in which a mentor wrote first."""
    return turn(number, messages=(), opening=HELLO)


@given(st.lists(st.sampled_from(["asked", "first", "emptied"]), min_size=1, max_size=12))
def test_nothing_that_was_said_is_lost_to_later_turns(kinds: list[str]) -> None:
    made: dict[str, Any] = {
        "asked": turn,
        "first": mine,
        "emptied": lambda number: emptied(mine(number), set(), f"a_{number}"),
    }
    turns = [made[kind](number) for number, kind in enumerate(kinds, 1)]
    summary = Summary()
    for each in turns:
        summary = folded(summary, each)
    past = past_turns(turns)
    told = [line for each in past for line in each.answer.split("\n\n")]

    assert summary.upto == len(turns)
    assert all(each.user_text for each in past[1:])
    assert told == [f"answer {each.number}" for each in turns if not each.empty]
    assert folded(summary, turn(1)) == summary
