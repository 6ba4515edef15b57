"""An index that is missing, damaged, behind or another process's is repaired, and said so."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from sessions.archive import TURNS
from sessions.embedding import Vector
from sessions.errors import StoreUnavailable
from sessions.memory.documents import MEMORY_SETTINGS, MemorySettings, Pause
from sessions.memory.recall import loaded, loading, segments
from sessions.memory.recall.documents import RECALL, RECALL_STATES
from sessions.memory.recall.indexer import Indexer
from sessions.memory.recall.recall import Recall
from sessions.memory.recall.rows import Row, opened
from tests.sessions.memory.recall.house import USER, House, Meanings, house

SAID = ("The harbour was foggy.", "My cousin plays the tuba.", "We ate lentils again.")


class SlowMeanings(Meanings):
    """An embedder that gives no meaning of a passage before it is `awake`."""

    def __init__(self) -> None:
        super().__init__()
        self.awake = asyncio.Event()

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        """Return one unit vector for each text."""
        if passages:
            await self.awake.wait()
        return await super().embed(texts, passages=passages)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which a few turns ended a while ago."""
    async with house(tmp_path, Meanings()) as made:
        await made.session("s1")
        await made.session("secret", private=True)
        for number, text in enumerate(SAID, 1):
            await made.recall.note_turn(await made.says("s1", number, text))
        await made.says("secret", 1, "The tuba is stolen.")
        await made.recall.note_fact(await made.knows("f_1", "The tuba has a dent."))
        made.clock.advance(3600)
        yield made


async def repaired(home: House, recall: Recall, *, known: bool) -> list[str]:
    """Ask one that finds the index unsound, and again when it is built."""
    found = await recall.recall(USER, "tuba", now=home.clock.now())
    # its meanings may be there already, or not yet
    assert (found.state != "building") is known
    await home.settled()
    again = await recall.recall(USER, "tuba", now=home.clock.now())
    assert again.state == "ready"
    return [hit.text for hit in again.hits]


async def test_a_missing_one(home: House) -> None:
    await home.recall.forget_user(USER)
    assert set((await repaired(home, home.another(), known=True))[:2]) == {
        SAID[1],
        "The tuba has a dent.",
    }
    for segment in await home.documents.find(RECALL, "by_user", {"user_id": USER}):
        parts = [part for row in opened(segment).rows for part in row.parts]
        assert all(part.vector for part in parts)


@pytest.mark.parametrize("how", ["checksum", "rows", "key", "unfinished"])
async def test_a_damaged_one(home: House, how: str) -> None:
    segment = (await home.documents.find(RECALL, "by_user", {"user_id": USER}))[0]
    state = await home.documents.get(RECALL_STATES, USER)
    assert state is not None
    recall = home.another()
    if how == "checksum":
        await home.documents.replace(RECALL, structs.replace(segment, check=1))
    elif how == "rows":
        await home.documents.replace(
            RECALL, structs.replace(segment, data=b"\xc1", check=2710559180)
        )
    elif how == "key":
        recall = home.another(secret="another secret of thirty-two chars")
    else:
        await home.documents.replace(RECALL_STATES, structs.replace(state, finished=False))
    assert set((await repaired(home, recall, known=False))[:2]) == {
        SAID[1],
        "The tuba has a dent.",
    }


async def test_one_that_is_damaged_when_something_is_forgotten(home: House) -> None:
    for segment in await home.documents.find(RECALL, "by_user", {"user_id": USER}):
        await home.documents.replace(RECALL, structs.replace(segment, check=1))
    await home.documents.delete(TURNS, "t_s1_3")
    await home.recall.forget(USER, ["t_s1_3"])
    texts = await repaired(home, home.another(), known=True)
    assert SAID[1] in texts
    assert SAID[2] not in texts


@pytest.mark.parametrize("age_s", [0, 3, 120])
@pytest.mark.parametrize("begun", [True, False])
async def test_what_a_killed_process_left_out_is_found_by_the_first_question_to_the_next(
    home: House, age_s: int, begun: bool
) -> None:
    if not begun:
        await home.recall.forget_user(USER)
    await home.says("s1", 4, "The tuba is mended.")
    home.clock.advance(age_s + 0.01)
    recall = home.another()
    found = await recall.recall(USER, "tuba", now=home.clock.now())
    assert found.state != "building"
    assert "The tuba is mended." in [hit.text for hit in found.hits]


@pytest.mark.parametrize("begun", [True, False])
async def test_a_question_waits_for_the_words_of_what_was_left_out_and_not_for_its_meaning(
    home: House, begun: bool
) -> None:
    if not begun:
        await home.recall.forget_user(USER)
    for number in range(4, 44):
        await home.says("s1", number, f"The tuba is played for the {number}th time.")
    home.clock.advance(0.01)
    home.embedder = slow = SlowMeanings()
    recall = home.another()
    async with asyncio.timeout(10):
        found = await recall.recall(USER, "tuba 43th", now=home.clock.now())
    assert found.state == "unmeant"
    assert found.hits[0].text == "The tuba is played for the 43th time."

    slow.awake.set()
    await home.settled()
    assert (await recall.recall(USER, "tuba", now=home.clock.now())).state == "ready"
    for segment in await home.documents.find(RECALL, "by_user", {"user_id": USER}):
        parts = [part for row in opened(segment).rows for part in row.parts]
        assert all(part.vector for part in parts)


async def test_what_ended_just_now_beside_a_process_is_looked_for_again_within_two_minutes(
    home: House,
) -> None:
    recall = home.another()
    home.clock.advance(1)
    await home.says("s1", 4, "The tuba is mended.")
    first = await recall.recall(USER, "tuba", now=home.clock.now())
    assert "The tuba is mended." not in [hit.text for hit in first.hits]
    home.clock.advance(61)
    await recall.recall(USER, "tuba", now=home.clock.now())
    await home.settled()
    found = await recall.recall(USER, "tuba", now=home.clock.now())
    assert "The tuba is mended." in [hit.text for hit in found.hits]


async def test_what_was_said_in_a_pause_is_never_missed(home: House) -> None:
    since = home.clock.now()
    paused = await home.says("s1", 4, "The tuba is gold.", "A golden tuba!")
    home.clock.advance(120)
    pauses = (Pause(since=since, until=home.clock.now()),)
    await home.documents.insert(MEMORY_SETTINGS, MemorySettings(id=USER, pauses=pauses))
    home.clock.advance(1)
    after = await home.says("s1", 5, "The tuba is dull.")
    await home.recall.note_turns([paused, after])
    home.clock.advance(120)

    async def told(recall: Recall) -> list[str]:
        found = await recall.recall(USER, "tuba gold", now=home.clock.now(), limit=20)
        await home.settled()
        assert found.state == "ready"
        return [hit.text for hit in found.hits if hit.id in (paused.id, after.id)]

    assert await told(home.another()) == ["The tuba is dull."]
    await home.recall.note_turn(paused)
    await home.recall.rebuild(USER)
    assert await told(home.another()) == ["The tuba is dull."]


async def test_another_encoder_has_its_own_vectors_made(home: House) -> None:
    home.embedder = Meanings("newer")
    recall = home.another()
    first = await recall.recall(USER, "tuba", now=home.clock.now())
    assert first.state == "unmeant"
    await home.settled()
    (vector,) = await home.embedder.embed(["tuba"])
    again = await recall.recall(USER, "tuba", now=home.clock.now(), vector=vector)
    assert "meaning" in again.hits[0].why
    encoders = {
        stretch.encoder_of(part)
        for stretch in map(opened, await home.documents.find(RECALL, "by_user", {"user_id": USER}))
        for row in stretch.rows
        for part in row.parts
    }
    assert encoders == {"newer/1"}


async def test_nothing_is_built_twice_at_once(home: House) -> None:
    state = await home.documents.get(RECALL_STATES, USER)
    assert state is not None
    begun = structs.replace(state, finished=False, updated_at=home.clock.now())
    await home.documents.replace(RECALL_STATES, begun)
    assert await home.recall.rebuild(USER) == 0
    home.clock.advance(1200)
    assert await home.recall.rebuild(USER) == 4


async def test_what_is_noted_bit_by_bit_is_what_a_fresh_reading_finds(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaded, "_SMALL", 20)
    chance = random.Random(7)
    words = (
        "harbour",
        "cousin",
        "tuba",
        "lentils",
        "fog",
        "dent",
        "rope",
        "anchor",
        "storm",
        "gull",
    )
    for session in range(3):
        await home.session(f"r{session}")
    numbers = dict.fromkeys(range(3), 0)
    for step in range(60):
        session = chance.randrange(3)
        numbers[session] += 1
        text = " ".join(chance.choices(words, k=5))
        turn = await home.says(f"r{session}", numbers[session], text, chance.choice(words))
        await home.recall.note_turn(turn)
        home.clock.advance(30)
        if step % 7 == 3:
            await home.documents.delete(TURNS, turn.id)
            await home.recall.forget(USER, [turn.id])
        if step % 10 == 9:
            query = " ".join(chance.choices(words, k=2))
            mine = await home.asks(query, limit=40)
            fresh = await home.another().recall(
                USER, query, now=home.clock.now(), limit=40, vector=(await _vector(home, query))
            )
            assert mine.entries >= fresh.entries
            assert {hit.id for hit in mine.hits[:3]} & {hit.id for hit in fresh.hits[:3]}


async def _vector(home: House, text: str) -> Vector:
    assert home.embedder is not None
    return (await home.embedder.embed([text]))[0]


async def test_what_another_process_lost_is_found_although_the_index_is_in_memory(
    home: House,
) -> None:
    recall = home.another()
    await recall.warm(USER)
    await home.says("s1", 4, "The tuba is mended.")
    home.clock.advance(600)
    await recall.recall(USER, "tuba", now=home.clock.now())
    await home.settled()
    found = await recall.recall(USER, "tuba", now=home.clock.now())
    assert "The tuba is mended." in [hit.text for hit in found.hits]


async def test_a_turn_that_was_emptied_is_not_missed(home: House) -> None:
    stored = await home.documents.get(TURNS, "t_s1_2")
    assert stored is not None
    await home.recall.note_turn(await home.changed(stored, messages=(), answer=None))
    recall = home.another()
    await recall.warm(USER)
    assert (await recall.recall(USER, "tuba", now=home.clock.now())).state == "ready"


async def test_a_change_behind_the_newest_ones_is_not_overlooked(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (loading, segments):
        monkeypatch.setattr(module, "MOST_CHANGED", 2)
    for session_id in ("s2", "s3", "slow"):
        await home.session(session_id)
    for session_id in ("s2", "s3"):
        await home.recall.note_turn(await home.says(session_id, 1, "A gull sat on the rope."))
    recall = home.another()
    await recall.warm(USER)
    # a process whose clock is slow
    home.clock.advance(-5)
    await home.recall.note_turn(await home.says("slow", 1, "The anchor is rusty."))
    home.clock.advance(5)
    found = await recall.recall(USER, "anchor", now=home.clock.now())
    assert "The anchor is rusty." in [hit.text for hit in found.hits]


async def test_others_come_in_between_two_rows_that_are_made_anew(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = 0
    seen = []
    row = Indexer.row

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    def watched(*args: Any) -> Row:
        seen.append(ticks)
        return row(*args)

    monkeypatch.setattr(Indexer, "row", watched)
    ticking = asyncio.create_task(tick())
    await home.recall.rebuild(USER)
    ticking.cancel()
    assert len(set(seen)) == len(seen) == 3


async def test_documents_that_are_away_are_told_to_who_asks_and_are_no_fault(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("away")

    recall = home.another()
    with monkeypatch.context() as patched:
        patched.setattr(home.documents, "find", away)
        with pytest.raises(StoreUnavailable):
            await recall.recall(USER, "tuba", now=home.clock.now())
        await home.settled()

    found = await recall.recall(USER, "tuba", now=home.clock.now())
    assert SAID[1] in [hit.text for hit in found.hits]
