"""Recall on real documents: what is found, and what never is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from sessions.archive import SESSIONS
from sessions.memory.documents import FACTS
from tests.sessions.memory.recall.house import House, Meanings, house

KITCHEN = (
    ("My sister Mina starts nursing school in March.", "How does she feel about it?"),
    ("I could not sleep before the exam.", "Shall we plan your evenings?"),
    ("I painted the kitchen yellow.", "I promise to ask about the bathroom."),
)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """A house without an encoder."""
    async with house(tmp_path) as made:
        yield made


async def talked(home: House, session_id: str = "s1", **fields: object) -> None:
    """Have the kitchen's conversation, and note it."""
    await home.session(session_id, **fields)
    for number, (text, answer) in enumerate(KITCHEN, 1):
        await home.recall.note_turn(await home.says(session_id, number, text, answer))


async def test_it_finds_what_either_of_them_said(home: House) -> None:
    await talked(home)
    found = await home.asks("What does my sister study?")
    assert (found.state, found.entries) == ("ready", 6)
    assert (found.hits[0].text, found.hits[0].message_id) == (KITCHEN[0][0], "m_s1_1")
    assert "words" in found.hits[0].why
    found = await home.asks("what did you promise me?", limit=1)
    assert [(hit.id, hit.own, hit.persona) for hit in found.hits] == [("t_s1_3", False, "lua")]


async def test_nobody_is_told_what_is_not_for_them(home: House) -> None:
    await talked(home)
    await talked(home, "s2", private=True)
    assert {hit.session_id for hit in (await home.asks("kitchen")).hits} == {"s1"}
    assert (await home.asks("kitchen", not_in_session="s1")).hits == ()
    found = await home.recall.recall("u_2", "kitchen", now=home.clock.now())
    assert (found.hits, found.state) == ((), "ready")


async def test_facts_reach_only_the_personas_that_may_know_them(home: House) -> None:
    await home.recall.note_fact(await home.knows("f_1", "Jun is allergic to peanuts."))
    lua = {"sharing": "persona", "persona": "lua"}
    await home.recall.note_fact(await home.knows("f_2", "Jun hides his peanuts.", **lua))
    await home.recall.note_fact(await home.knows("f_3", "Peanuts saved Jun.", sharing="user"))

    async def told(persona: str) -> set[str]:
        return {hit.id for hit in (await home.asks("peanuts", persona=persona)).hits}

    assert await told("lua") == {"f_1", "f_2"}
    assert await told("elro") == {"f_1"}
    # the documents are the truth, also before the index has heard of a change
    fact = await home.documents.get(FACTS, "f_1")
    assert fact is not None
    over = structs.replace(fact, valid_to=home.clock.now(), superseded_by="f_9")
    over = await home.documents.replace(FACTS, over)
    assert await told("elro") == set()
    await home.recall.note_fact(over)
    assert await told("lua") == {"f_2"}


async def test_what_is_sensitive_stays_with_the_mentor_it_was_told(home: House) -> None:
    await home.session("s1")
    said = ("The dentist says I have epilepsy.", "The dentist will know what to do.")
    await home.recall.note_turn(await home.says("s1", 1, *said))
    plain = await home.says("s1", 2, "The dentist was late.", "Dentists often are.")
    await home.recall.note_turn(plain)

    async def told(persona: str) -> set[str]:
        return {hit.text for hit in (await home.asks("dentist", persona=persona)).hits}

    assert set(said) <= await told("lua")
    assert "The dentist was late." in await told("elro")
    assert not set(said) & await told("elro")


async def test_a_crisis_is_not_brought_back(home: House) -> None:
    await home.session("s1")
    turn = await home.says("s1", 1, "I can't go on, dentist.", "Call the dentist now.")
    await home.recall.note_turn(turn)
    assert len((await home.asks("dentist", persona="lua")).hits) == 2
    assert turn.answer is not None
    helped = structs.replace(turn.answer, finish_reason="safety")
    await home.recall.note_turn(await home.changed(turn, answer=helped))
    assert (await home.asks("dentist", persona="lua")).hits == ()


async def test_what_a_fact_says_is_not_said_again_by_its_source(home: House) -> None:
    await talked(home)
    await home.recall.note_fact(await home.knows("f_1", KITCHEN[2][0]))
    texts = [hit.text for hit in (await home.asks("Which colour is the kitchen?")).hits]
    assert texts.count(KITCHEN[2][0]) == 1


async def test_a_question_names_days_as_its_user_does(home: House) -> None:
    await home.session("s1", timezone="Asia/Seoul")
    for number, (text, at) in enumerate(
        (
            ("I ran along the river.", datetime(2026, 11, 12, 9, tzinfo=UTC)),
            ("I ran along the lake.", datetime(2026, 11, 19, 9, tzinfo=UTC)),
            ("On Monday I ran along the beach.", datetime(2026, 11, 21, 9, tzinfo=UTC)),
            ("I ran along the rails.", datetime(2026, 11, 1, 9, tzinfo=UTC)),
            ("I run a lot.", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ),
        1,
    ):
        await home.recall.note_turn(await home.says("s1", number, text, at=at))
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)

    async def first(query: str) -> str:
        found = await home.recall.recall("u_1", query, now=now, zone="Asia/Seoul")
        assert "time" in found.hits[0].why
        return found.hits[0].text

    assert await first("Where did I run on 12 November?") == "I ran along the river."
    assert await first("Where did I run last Monday?") == "On Monday I ran along the beach."
    assert await first("11월 1일에 어디를 run?") == "I ran along the rails."


async def test_a_named_speaker_is_preferred_and_is_no_word_to_look_for(home: House) -> None:
    await home.session("s1")
    for number, text in enumerate(("Hi there!", "I fixed a bike.", "Good night."), 1):
        turn = await home.says("s1", number, text, "Dana, I fixed a bike.")
        await home.recall.note_turn(turn, user_name="Dana Smith")
    found = await home.asks("What did Dana do with the bike?", limit=1)
    assert found.hits[0].text == "I fixed a bike."
    assert "speaker" in found.hits[0].why


async def test_meaning_finds_other_words_and_words_do_without_it(tmp_path: Path) -> None:
    embedder = Meanings()
    async with house(tmp_path, embedder) as home:
        await home.session("s1")
        said = ("The physician was kind.", "The soup was cold.", "Trains were late.")
        for number, text in enumerate(said, 1):
            embedder.busy = number == 2
            await home.recall.note_turn(await home.says("s1", number, text))
        embedder.busy = False
        found = await home.asks("surgeon")
        assert found.hits[0].text == said[0]
        assert found.hits[0].why == ("meaning",)
        # what was noted while the encoder was busy has got its meaning meanwhile
        await home.settled()
        assert (await home.asks("cold")).state == "ready"
        without = await home.recall.recall("u_1", "soup", now=home.clock.now())
        assert without.hits[0].text == said[1]


async def test_an_edited_turn_is_found_by_its_new_words_only(home: House) -> None:
    await talked(home)
    turn = await home.says("s1", 4, "I bought a violin.")
    await home.recall.note_turn(turn)
    assert (await home.asks("violin")).hits[0].id == turn.id
    message = structs.replace(turn.messages[0], text="I bought a cello.")
    await home.recall.note_turn(await home.changed(turn, messages=(message,)))
    found = await home.asks("violin cello", limit=1)
    assert (found.hits[0].text, found.entries) == ("I bought a cello.", 7)
    assert await home.documents.get(SESSIONS, "s1") is not None
