"""Forgetting is true: no word is ever stored, and no hash of one is left behind."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sessions.archive import SESSIONS, TURNS
from sessions.memory.documents import FACTS
from sessions.memory.recall.documents import RECALL, RECALL_STATES
from sessions.memory.recall.rows import opened
from sessions.memory.recall.sealing import Sealer
from sessions.memory.recall.segments import Segments
from sessions.memory.recall.words import terms
from tests.sessions.memory.recall.house import SECRET, USER, House, Meanings, house

RARE = "zanzibarquux"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A house with an encoder, in which three rare things were said and one is known."""
    async with house(tmp_path, Meanings()) as made:
        await made.session("s1")
        await made.session("s2")
        for session_id in ("s1", "s2"):
            for number in (1, 2):
                text = f"We sailed to {RARE} {session_id} {number}."
                answer = f"Is {RARE} {session_id} {number} far?"
                await made.recall.note_turn(await made.says(session_id, number, text, answer))
        await made.recall.note_fact(await made.knows("f_1", f"Their sister lives in {RARE}."))
        yield made


async def holders(home: House, word: str = RARE) -> set[str]:
    """Return the ids of the parts in whose terms the word's hash is."""
    (term,) = terms(word)
    mark = Sealer(SECRET).term(term).to_bytes(4, "little")
    found = set()
    for segment in await home.documents.find(RECALL, "by_user", {"user_id": USER}):
        for row in opened(segment).rows:
            found |= {part.id for part in row.parts if mark in part.terms}
    return found


async def test_no_word_is_in_the_index(home: House, tmp_path: Path) -> None:
    assert len(await holders(home)) == 9
    with sqlite3.connect(tmp_path / "ion.db") as file:
        stored = file.execute(
            "SELECT document FROM recall UNION SELECT document FROM recall_states"
        )
        assert not any(RARE in document or "sail" in document for (document,) in stored)


async def test_a_turn_a_message_and_a_fact_are_forgotten(home: House) -> None:
    await home.documents.delete(TURNS, "t_s1_1")
    await home.documents.delete(FACTS, "f_1")
    await home.recall.forget(USER, ["t_s1_1", "m_s2_2", "f_1"])
    assert await holders(home) == {"m_s1_2", "a_s1_2", "m_s2_1", "a_s2_1", "a_s2_2"}
    hits = (await home.asks(RARE, limit=20)).hits
    assert {hit.message_id for hit in hits} == await holders(home)


async def test_a_turn_that_is_still_there_is_forgotten_without_reading_the_whole_index(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_of_it(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Segments, "of_user", all_of_it)
    await home.recall.forget(USER, ["t_s1_1"])
    monkeypatch.undo()
    assert not await holders(home) & {"m_s1_1", "a_s1_1"}


async def test_a_session_and_a_user_are_forgotten(home: House) -> None:
    other = home.another()
    assert (await other.recall(USER, RARE, now=home.clock.now())).entries == 9
    assert await home.recall.forget_session(USER, "s1") == 1
    assert await holders(home) == {"m_s2_1", "a_s2_1", "m_s2_2", "a_s2_2", "f_1"}
    # another process has the whole index in memory, and hears of it
    assert (await other.recall(USER, RARE, now=home.clock.now())).entries == 5
    assert await home.recall.forget_user(USER) == 3
    assert await holders(home) == set()
    assert await home.documents.get(RECALL_STATES, USER) is None


async def test_what_is_noted_while_it_is_deleted_does_not_stay(home: House) -> None:
    turn = await home.says("s1", 3, f"Never say {RARE}.")
    fact = await home.knows("f_2", f"They fear {RARE}.")
    await home.documents.delete(TURNS, turn.id)
    await home.documents.delete(FACTS, fact.id)
    await home.recall.note_turn(turn)
    await home.recall.note_fact(fact)
    gone = await home.says("s2", 3, f"Never say {RARE}.")
    await home.documents.delete(SESSIONS, "s2")
    await home.recall.note_turn(gone)
    assert not await holders(home) & {"m_s1_3", "f_2", "m_s2_3"}
