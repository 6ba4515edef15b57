"""Messages that are taken out of a session: numbers, branches and counts stay right."""

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from sessions.archive import COLLECTIONS, SESSIONS, TURNS, Opening, TurnDocument, UserMessage
from sessions.branches import load_shown
from sessions.context import load_conversation
from sessions.erasure.documents import ERASURES
from sessions.erasure.emptied import emptied, family
from sessions.errors import StoreUnavailable
from sessions.intake import Intake
from sessions.keeper import Keeper
from sessions.memory.gate import Gate
from sessions.memory.keeping import MemoryKeeper
from sessions.memory.refusals import Refusals
from sessions.stores.sqlite import SqliteDocuments
from sessions.tally import load_uncounted, tallied
from sessions.views import message_views
from tests.clocks import FakeClock
from tests.sessions.erasure.estate import Process
from tests.sessions.turns import AT, answer, session, turn


def said(number: int, *texts: str, **fields: Any) -> TurnDocument:
    """Return an answered turn of some messages."""
    messages = tuple(
        UserMessage(id=f"m_{number}_{place}", client_msg_id=f"c{number}", text=text, created_at=AT)
        for place, text in enumerate(texts)
    )
    return turn(number, messages=messages, **fields)


def test_a_message_is_of_one_family_with_all_it_was_edited_from_and_to() -> None:
    first = said(1, "one", "beside")
    edits = [
        structs.replace(first.messages[0], id=f"m_{number}_0", supersedes=before)
        for number, before in ((2, "m_1_0"), (3, "m_2_0"))
    ]
    turns = [first, *(turn(n, messages=(e, first.messages[1])) for n, e in enumerate(edits, 2))]

    for each in ("m_1_0", "m_2_0", "m_3_0"):
        assert family(each, turns) == {"m_1_0", "m_2_0", "m_3_0"}
    assert family("m_1_1", turns) == {"m_1_1"}


def test_an_answer_goes_alone_when_it_alone_is_meant() -> None:
    whole = said(1, "one", "two")
    without = emptied(whole, {"a_1"}, "a_1")

    assert without.messages == whole.messages
    assert without.answer is None
    assert emptied(said(2, "three"), {"a_1"}, "a_1") == said(2, "three")


async def test_what_a_turn_began_with_does_not_come_back_with_its_end(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(AT)
    process, keeper = Process(documents, clock), Keeper(documents, clock, lambda _: "")
    one, two = said(1, "Zebrafinch sings"), said(2, "Marmots whistle")
    await documents.insert(SESSIONS, began := session(title="Zebrafinch sings"))
    for each in (one, two):
        await documents.insert(TURNS, each)
    for message, late in (("m_1_0", two), ("m_2_0", two)):
        before = (await load_conversation(documents, began, late)).summary
        await process.erasures.message("u1", "s_1", message, wait_s=20)
        await keeper.remember(began, late, before)
        stored = await documents.get(SESSIONS, "s_1")
        assert "Zebrafinch" not in str(stored)
    assert "whistle" not in str(stored)
    await process.tasks.cancel()


async def test_what_a_mentor_wrote_first_goes_alone_and_does_not_come_back(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(AT)
    process = Process(documents, clock)
    words = Opening(text="Did the Zebrafinch sing?", persona="lua", language="en")
    first = turn(2, messages=(), opening=words, answer=answer(words.text, turn_id="t_2"))
    began = session(counted=2, message_count=3, unread=2, last_text=words.text)
    for each in (said(1, "Marmots whistle"), first):
        await documents.insert(TURNS, each)
    await documents.insert(SESSIONS, began)
    await process.erasures.message("u1", "s_1", "a_2", wait_s=20)
    again = await Intake(documents, clock).opened(began, words, "c2")

    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    stored = await documents.get(SESSIONS, "s_1")
    assert again is None
    assert [each.empty for each in turns] == [False, True]
    assert "Zebrafinch" not in f"{turns} {stored}"
    assert stored is not None
    assert (stored.message_count, stored.unread, stored.last_text) == (2, 1, "answer 1")
    await process.tasks.cancel()


@pytest.mark.parametrize(
    ("gone", "kept"),
    [
        ("m_1_0", {"My sister Ana lives in Porto", "I work as a nurse"}),
        ("m_1_1", {"My name is Jo", "I work as a nurse"}),
        ("a_1", {"My name is Jo", "My sister Ana lives in Porto", "I work as a nurse"}),
    ],
)
async def test_of_a_burst_only_what_the_deleted_message_told_is_forgotten(
    documents: SqliteDocuments, gone: str, kept: set[str]
) -> None:
    clock = FakeClock(AT)
    process = Process(documents, clock)
    refusals = Refusals(documents=documents, clock=clock, secret="a secret of the tests")
    keeper = MemoryKeeper(
        documents=documents, facts=process.facts, refusals=refusals, clock=clock, gate=Gate(())
    )
    texts = ("My name is Jo", "My sister Ana lives in Porto", "I work as a nurse")
    burst = said(1, *texts, answer=answer("I'll ask you on Friday how it went."))
    await documents.insert(SESSIONS, began := session())
    await documents.insert(TURNS, burst)
    await keeper.ended(burst, began)
    await process.recall.note_turns([burst])
    assert len(await process.facts.of_user("u1")) == 4
    await process.erasures.message("u1", "s_1", gone, wait_s=20)

    left = {each.text for each in await process.facts.of_user("u1", past=True)}
    found = await process.recall.recall("u1", " ".join(texts), now=AT)
    assert left == kept
    assert {each.text for each in found.hits} == kept
    await process.tasks.cancel()


async def test_what_was_being_read_when_it_was_taken_out_is_not_remembered(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(AT)
    process = Process(documents, clock)
    refusals = Refusals(documents=documents, clock=clock, secret="a secret of the tests")
    keeper = MemoryKeeper(
        documents=documents,
        facts=process.facts,
        refusals=refusals,
        clock=clock,
        gate=Gate(()),
    )
    heard = said(1, "My name is Zebrafinch", "I like marmots")
    await documents.insert(SESSIONS, began := session())
    await documents.insert(TURNS, heard)
    await process.erasures.message("u1", "s_1", "m_1_0", wait_s=20)
    kept = await keeper.ended(heard, began)
    await process.recall.note_turns([heard])

    assert kept == ()
    assert await process.facts.of_user("u1", past=True) == []
    found = await process.recall.recall("u1", "Zebrafinch", now=AT)
    assert [hit for hit in found.hits if "Zebrafinch" in hit.text] == []
    await process.tasks.cancel()


@pytest.mark.parametrize("target", ["m_1_0", "m_3_0"])
async def test_wherever_it_is_cut_off_no_wording_of_an_edited_message_stays(
    documents: SqliteDocuments, target: str
) -> None:
    clock = FakeClock(AT)
    lives, died = 1, True
    while died:
        await documents.insert(SESSIONS, session())
        for each in edited_twice():
            await documents.insert(TURNS, each)
        dying = Process(documents, clock, lives=lives)
        with suppress(StoreUnavailable):
            await dying.erasures.message("u1", "s_1", target, wait_s=20)
        died = dying.mortal.lives <= 0
        await dying.tasks.cancel()
        clock.advance(130)
        other = Process(documents, clock)
        await other.erasures.resume()
        await other.tasks.cancel()

        turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
        assert "Zebrafinch" not in str(turns), f"died at write {lives}"
        for each in turns:
            await documents.delete(TURNS, each.id)
        await documents.delete(SESSIONS, "s_1")
        for erasure in await documents.find(ERASURES, "by_kind", {"kind": "message"}):
            await documents.delete(ERASURES, erasure.id)
        lives += 1


def edited_twice() -> list[TurnDocument]:
    """Return a turn and two forks: its message was edited, and that edited again."""
    turns = [said(1, "Zebrafinch")]
    for number in (2, 3):
        before = f"m_{number - 1}_0"
        edit = UserMessage(
            id=f"m_{number}_0",
            client_msg_id=f"c{number}",
            text=f"Zebrafinch {number}",
            created_at=AT,
            supersedes=before,
        )
        fork: dict[str, Any] = {"origin": 1, "forked": True, "supersedes": f"t_{number - 1}"}
        turns.append(turn(number, messages=(edit,), follows=0, **fork))
    return turns


@settings(max_examples=10)
@given(
    sizes=st.lists(st.integers(1, 3), min_size=1, max_size=8),
    picks=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2)), min_size=1, max_size=6),
    uncounted=st.integers(0, 3),
)
def test_what_is_left_is_what_would_be_there_had_it_never_been_said(
    sizes: list[int], picks: list[tuple[int, int]], uncounted: int
) -> None:
    asyncio.run(_never_said(sizes, picks, uncounted))


async def _never_said(sizes: list[int], picks: list[tuple[int, int]], uncounted: int) -> None:
    with TemporaryDirectory() as directory:
        documents = SqliteDocuments(Path(directory) / "ion.sqlite", COLLECTIONS)
        await documents.open()
        clock = FakeClock(AT)
        process = Process(documents, clock)
        turns = [
            said(number, *(f"word{number}x{place} is here" for place in range(size)))
            for number, size in enumerate(sizes, 1)
        ]
        counted = tallied(session(), turns[: max(0, len(turns) - uncounted)])
        await documents.insert(SESSIONS, counted)
        for each in turns:
            await documents.insert(TURNS, each)
        gone: set[str] = set()
        for number, place in picks:
            if number < len(turns) and place < sizes[number]:
                message = turns[number].messages[place]
                if message.id not in gone:
                    await process.erasures.message("u1", "s_1", message.id, wait_s=20)
                gone.add(message.id)
        await _check(documents, turns, gone)
        await process.tasks.cancel()
        await documents.aclose()


async def _check(documents: SqliteDocuments, turns: list[TurnDocument], gone: set[str]) -> None:
    stored = await documents.get(SESSIONS, "s_1")
    assert stored is not None
    shown = await load_shown(documents, stored, limit=50)
    assert [each.number for each in shown] == [each.number for each in turns]
    views = message_views(shown)
    told = {each.id for each in views if each.role == "user"}
    assert told == {m.id for each in turns for m in each.messages} - gone
    whole = tallied(stored, await load_uncounted(documents, stored))
    assert whole.message_count == sum(_own(each) for each in shown)
    assert whole.unread == sum(each.answer is not None for each in shown)
    lost = [m.text.split()[0] for each in turns for m in each.messages if m.id in gone]
    words = str((stored.summary, stored.title, stored.last_text))
    assert not [each for each in lost if each in words]
    next_turn = turn(len(turns) + 1, done=False)
    conversation = await load_conversation(documents, stored, next_turn)
    assert all(each.user_text for each in conversation.recent)


def _own(each: TurnDocument) -> int:
    own = sum(message.client_msg_id in each.client_msg_ids for message in each.messages)
    return own + (each.answer is not None)
