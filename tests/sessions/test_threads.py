"""Sessions found by a name, or by what was said in them, on real documents."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from sessions.archive import (
    COLLECTIONS,
    SESSIONS,
    TOMBSTONES,
    TURNS,
    Opening,
    TombstoneDocument,
)
from sessions.bookmarks import Bookmarks
from sessions.errors import BadRequest, NotFound
from sessions.exchanges import Exchange
from sessions.stores.sqlite import SqliteDocuments
from sessions.sync import Sync
from sessions.tally import tallied
from sessions.threads import Place, Threads
from tests.clocks import FakeClock
from tests.sessions.turns import turn

SAID = [Exchange(f"question {number}", f"answer {number}") for number in range(30)]


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def threads(documents: SqliteDocuments, clock: FakeClock) -> Threads:
    bookmarks = Bookmarks(documents=documents, clock=clock)
    return Threads(documents=documents, bookmarks=bookmarks, clock=clock)


async def test_a_name_is_one_session_of_one_user(
    threads: Threads, documents: SqliteDocuments
) -> None:
    first = await threads.named("u1", "work", text="I want a new job")
    again = await threads.named("u1", "work", text="something else")
    others = {
        await threads.named("u2", "work", text="x"),
        await threads.named("u1", "wor", text="x"),
    }

    assert again == first == threads.session_id("u1", "work")
    assert first not in others
    assert len(others) == 2
    session = await documents.get(SESSIONS, first)
    assert session is not None
    assert (session.user_id, session.title) == ("u1", "I want a new job")


async def test_a_name_that_was_deleted_and_made_again_is_there_and_not_deleted(
    threads: Threads, documents: SqliteDocuments, clock: FakeClock
) -> None:
    session_id = await threads.named("u1", "work", text="one")
    now = clock.now()
    await documents.insert(
        TOMBSTONES,
        TombstoneDocument(
            id=session_id, user_id="u1", deleted_at=now, expires_at=now + timedelta(days=90)
        ),
    )
    await documents.delete(SESSIONS, session_id)
    again = await threads.named("u1", "work", text="two")
    page = await Sync(documents=documents, clock=clock).page("u1", None)

    assert again == session_id
    assert page.deleted == ()
    [synced] = page.sessions
    assert (synced.session.title, synced.replaces) == ("Two", True)


async def test_a_session_id_is_a_name_for_its_owner_alone(threads: Threads) -> None:
    session_id = await threads.named("u1", "work", text="x")

    assert await threads.named("u1", session_id, text="y") == session_id
    for user_id, name in (("u2", session_id), ("u1", "s_unknown")):
        with pytest.raises(NotFound):
            await threads.named(user_id, name, text="y")


@pytest.mark.parametrize("name", ["", "n" * 257])
async def test_a_name_has_a_length(threads: Threads, name: str) -> None:
    with pytest.raises(BadRequest):
        await threads.named("u1", name, text="x")


async def test_the_last_exchanges_of_elsewhere_become_turns_once(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID)
    again = await threads.begun("u1", "c1", SAID)
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})

    assert again == session_id
    assert [turn.number for turn in turns] == list(range(1, 21))
    assert turns[-1].messages[0].text == "question 29"
    assert turns[-1].answer is not None
    assert turns[-1].answer.text == "answer 29"
    assert not any(turn.open for turn in turns)


async def test_texts_of_elsewhere_are_kept_as_far_as_texts_go_here(
    threads: Threads, documents: SqliteDocuments
) -> None:
    long = [Exchange("q" * 9_000, "a" * 20_000)]
    session_id = await threads.begun("u1", "c1", long)
    await threads.remember("u1", session_id, long)
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})

    assert len(turns[0].messages[0].text) == 8_000
    assert await threads.continued("u1", long, "new") == Place(session_id=session_id)


async def test_what_was_said_elsewhere_is_counted_and_read(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session = await documents.get(SESSIONS, await threads.begun("u1", "c1", SAID[:3]))
    assert session is not None
    turns = await documents.find(TURNS, "by_session", {"session_id": session.id})

    assert tallied(session, turns) == session
    assert (session.message_count, session.unread) == (6, 0)


async def test_a_conversation_is_found_by_its_user_until_it_is_forgotten(
    threads: Threads, clock: FakeClock
) -> None:
    session_id = await threads.begun("u1", "c1", SAID)
    await threads.remember("u1", session_id, SAID)

    assert await threads.continued("u1", SAID, "new") == Place(session_id=session_id)
    assert await threads.continued("u1", SAID[-2:], "new") == Place(session_id=session_id)
    assert await threads.continued("u2", SAID, "new") is None
    assert await threads.continued("u1", SAID[:-1], "new") is None
    clock.advance(91 * 86_400)
    assert await threads.continued("u1", SAID, "new") is None


async def test_the_last_message_again_is_the_turn_to_make_again(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:3])
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})

    async def place(said: list[Exchange], text: str) -> Place | None:
        return await threads.place("u1", session_id, said, text)

    again = Place(session_id=session_id, again=turns[-1].id)
    assert await place(SAID[:2], " question 2\n") == again
    assert await place(SAID[:2], "another") is None
    assert await place(SAID[:1], "question 2") is None
    assert await place([], "question 2") is None
    assert await place(SAID[:3], "question 2") == Place(session_id=session_id)
    assert await threads.place("u2", session_id, SAID[:2], "question 2") is None
    assert await threads.place("u1", "s_unknown", SAID[:2], "question 2") is None


async def test_the_only_message_again_is_the_turn_to_make_again(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:1])
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})
    empty = await threads.named("u1", "empty", text="x")

    found = await threads.place("u1", session_id, [], "question 0")
    assert found == Place(session_id=session_id, again=turns[0].id)
    assert await threads.place("u1", empty, [], "question 0") is None


async def test_a_message_that_could_not_be_answered_is_made_again(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:2])
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})
    failed = structs.replace(turns[1], answer=None, state="failed", failure="internal")
    await documents.replace(TURNS, failed)

    place = await threads.place("u1", session_id, SAID[:1], "question 1")
    other = await threads.place("u1", session_id, SAID[:1], "never mind")
    assert place == Place(session_id=session_id, again=failed.id)
    assert other == Place(session_id=session_id)


async def test_nobody_goes_on_while_somebody_waits_for_an_answer(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:2])
    turns = await documents.find(TURNS, "by_session", {"session_id": session_id})
    assert not await threads.waits(session_id)
    await documents.replace(TURNS, structs.replace(turns[1], answer=None, open=True))

    assert await threads.waits(session_id)
    assert await threads.place("u1", session_id, SAID[:1], "question 1") is None


async def test_a_session_in_which_more_was_said_is_not_the_conversation(threads: Threads) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:3])
    await threads.remember("u1", session_id, SAID[:2])

    assert await threads.continued("u1", SAID[:2], "new") is None


async def test_a_session_with_another_beginning_is_not_the_conversation(threads: Threads) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:3])
    await threads.remember("u1", session_id, SAID[:3])

    assert await threads.continued("u1", [SAID[9], *SAID[1:3]], "new") is None


async def test_a_deleted_session_is_not_found(threads: Threads, documents: SqliteDocuments) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:1])
    await threads.remember("u1", session_id, SAID[:1])
    await documents.delete(SESSIONS, session_id)

    assert await threads.continued("u1", SAID[:1], "new") is None


async def test_what_a_mentor_wrote_first_is_no_part_of_the_conversation_elsewhere(
    threads: Threads, documents: SqliteDocuments
) -> None:
    session_id = await threads.begun("u1", "c1", SAID[:2])
    await threads.remember("u1", session_id, SAID[:2])
    words = Opening(text="Good morning", persona="lua", language="en")
    first = turn(3, session_id=session_id, messages=(), opening=words)
    await documents.insert(TURNS, first)

    assert await threads.continued("u1", SAID[:2], "new") == Place(session_id=session_id)
    await documents.replace(TURNS, structs.replace(first, open=True))
    assert await threads.continued("u1", SAID[:2], "new") is None


async def test_a_bookmark_is_set_anew(documents: SqliteDocuments, clock: FakeClock) -> None:
    bookmarks = Bookmarks(documents=documents, clock=clock)
    for session_id in ("s_1", "s_2"):
        await bookmarks.put("u1", "k", "m", session_id=session_id, keep=timedelta(hours=1))
    found = await bookmarks.find("u1", "k", "m")

    assert found is not None
    assert found.session_id == "s_2"
    assert await bookmarks.find("u1", "other", "m") is None
    clock.advance(3_600)
    assert await bookmarks.find("u1", "k", "m") is None
