"""What changed since a token."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from schemas.resources import SyncPage
from sessions.archive import COLLECTIONS, SESSIONS, TOMBSTONES, TURNS, TombstoneDocument
from sessions.errors import BadRequest, Duplicate
from sessions.stores.sqlite import SqliteDocuments
from sessions.sync import TOMBSTONE_DAYS, Sync, read_token, token_of
from tests.clocks import FakeClock
from tests.sessions.turns import AT, answer, session, turn


async def all_pages(sync: Sync, since: str | None = None) -> list[SyncPage]:
    pages = [await sync.page("u1", since)]
    while pages[-1].more:
        pages.append(await sync.page("u1", pages[-1].next))
        assert len(pages) < 100, "no progress"
    return pages


@given(st.timedeltas(min_value=timedelta(days=-20_000), max_value=timedelta(days=100_000)))
def test_a_token_stands_for_its_moment(distance: timedelta) -> None:
    assert read_token(token_of(AT + distance)) == AT + distance


@given(st.text(max_size=64))
def test_what_is_no_token_is_refused_or_read(text: str) -> None:
    try:
        read_token(text)
    except BadRequest:
        return
    assert text.startswith("1-")


@pytest.mark.parametrize("token", ["", "x", "1-", "1-zz", "2-10", "1--5", "1-" + "f" * 16, "1-٣"])
def test_tokens_that_make_no_sense_are_refused(token: str) -> None:
    with pytest.raises(BadRequest):
        read_token(token)


async def test_pages_hold_everything_once_caught_up(documents: SqliteDocuments) -> None:
    clock = FakeClock(AT + timedelta(hours=1))
    sync = Sync(documents=documents, clock=clock, limit=3)
    for index in range(1, 9):
        at = AT + timedelta(seconds=index)
        mine = session(id=f"s_{index}", title=str(index), changed_at=at)
        await documents.insert(SESSIONS, mine)
        await documents.insert(
            TURNS, structs.replace(turn(1), id=f"t_{index}", session_id=mine.id, updated_at=at)
        )
    await documents.insert(SESSIONS, session(id="s_other", user_id="u2"))

    pages = await all_pages(sync)

    assert {each.session.id for page in pages for each in page.sessions} == {
        f"s_{index}" for index in range(1, 9)
    }
    told = {
        (each.session.id, message.text)
        for page in pages
        for each in page.sessions
        for message in each.messages
    }
    assert len(told) == 16
    assert (pages[-1].more, pages[-1].reset) == (False, False)


async def test_a_page_ends_when_it_has_enough_text(documents: SqliteDocuments) -> None:
    sync = Sync(documents=documents, clock=FakeClock(AT + timedelta(hours=1)), page_bytes=50)
    await documents.insert(SESSIONS, session())
    for number in range(1, 31):
        await documents.insert(TURNS, turn(number))

    pages = await all_pages(sync)

    texts = [message.text for page in pages for each in page.sessions for message in each.messages]
    assert set(texts) == {
        f"{what} {number}" for what in ("said", "answer") for number in range(1, 31)
    }
    assert len(texts) == 60
    for page in pages:
        assert sum(len(each.messages) for each in page.sessions) <= 8


async def test_a_page_holds_few_sessions_that_come_whole(documents: SqliteDocuments) -> None:
    sync = Sync(documents=documents, clock=FakeClock(AT + timedelta(hours=1)))
    for index in range(50):
        at = AT + timedelta(seconds=index)
        mine = session(id=f"s_{index}", changed_at=at, branched_at=AT)
        await documents.insert(SESSIONS, mine)
        await documents.insert(
            TURNS, structs.replace(turn(1), id=f"t_{index}", session_id=mine.id, updated_at=at)
        )

    pages = await all_pages(sync)

    assert [len(page.sessions) for page in pages] == [20, 20, 10]
    assert len({each.session.id for page in pages for each in page.sessions}) == 50


class Change(Struct, frozen=True):
    """When something changed, in seconds; `words` None: the session was deleted."""

    session: int
    second: int
    words: int | None


@st.composite
def histories(draw: st.DrawFn) -> tuple[set[int], list[Change]]:
    forked = draw(st.sets(st.integers(0, 4)))
    number = st.integers(0, 4)
    words = st.one_of(st.none(), st.integers(0, 60))
    last = draw(st.integers(1, 30))
    changes = draw(st.lists(st.builds(Change, number, st.integers(1, last), words), max_size=40))
    return forked, changes


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(1, 400), st.integers(2, 9))
async def test_pages_lose_nothing_however_small_they_are(
    history: tuple[set[int], list[Change]], page_bytes: int, limit: int
) -> None:
    forked, changes = history
    with TemporaryDirectory() as directory:
        documents = SqliteDocuments(Path(directory) / "ion.sqlite", COLLECTIONS)
        await documents.open()
        gone = await _lived(documents, forked, changes)
        clock = FakeClock(AT + timedelta(hours=1))
        pages = await all_pages(
            Sync(documents=documents, clock=clock, limit=limit, page_bytes=page_bytes)
        )
        await documents.aclose()

    told = {m.turn_id for page in pages for each in page.sessions for m in each.messages}
    said = {f"t_{n}" for n, each in enumerate(changes) if each.words is not None}
    assert told == {each for each in said if changes[int(each[2:])].session not in gone}
    assert {each for page in pages for each in page.deleted} == {f"s_{each}" for each in gone}
    assert {each.session.id for page in pages for each in page.sessions} == {
        f"s_{each}" for each in set(range(5)) - gone
    }


async def _lived(documents: SqliteDocuments, forked: set[int], changes: list[Change]) -> set[int]:
    """Write what changed; return the sessions that were deleted."""
    gone = {each.session for each in changes if each.words is None}
    for index in set(range(5)) - gone:
        branched_at = AT if index in forked else None
        at = AT + timedelta(seconds=index)
        await documents.insert(
            SESSIONS, session(id=f"s_{index}", changed_at=at, branched_at=branched_at)
        )
    for number, each in enumerate(changes):
        at = AT + timedelta(seconds=each.second)
        if each.words is None:
            await _buried(documents, f"s_{each.session}", at)
        elif each.session not in gone:
            place = sum(other.session == each.session for other in changes[:number]) + 1
            said = turn(place, answer=answer("x" * each.words), updated_at=at)
            session_id = f"s_{each.session}"
            mine = structs.replace(said, id=f"t_{number}", session_id=session_id)
            await documents.insert(TURNS, mine)
    return gone


async def _buried(documents: SqliteDocuments, session_id: str, at: datetime) -> None:
    with suppress(Duplicate):
        await documents.insert(
            TOMBSTONES,
            TombstoneDocument(
                id=session_id, user_id="u1", deleted_at=at, expires_at=at + timedelta(days=90)
            ),
        )


async def test_only_what_changed_since_comes_again(documents: SqliteDocuments) -> None:
    clock = FakeClock(AT)
    sync = Sync(documents=documents, clock=clock)
    await documents.insert(SESSIONS, session())
    await documents.insert(TURNS, turn(1))
    token = (await sync.page("u1", None)).next
    clock.advance(3600)
    later = await sync.page("u1", token)
    again = await sync.page("u1", later.next)
    clock.advance(60)
    [old] = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    await documents.insert(TURNS, turn(2, updated_at=clock.now()))
    await documents.replace(TURNS, structs.replace(old, updated_at=AT + timedelta(seconds=2)))
    news = await sync.page("u1", again.next)

    assert [each.session.id for each in later.sessions] == ["s_1"], "the overlap"
    assert again.sessions == ()
    [changed] = news.sessions
    assert [message.text for message in changed.messages] == ["said 2", "answer 2"]
    assert not changed.replaces


async def test_a_session_runs_also_where_its_turn_began_before_the_token(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(AT)
    sync = Sync(documents=documents, clock=clock)
    await documents.insert(SESSIONS, session())
    await documents.insert(TURNS, turn(1, state="streaming", open=True, answer=None))
    clock.advance(60)
    token = (await sync.page("u1", None)).next
    [stored] = await documents.find(SESSIONS, "by_user", {"user_id": "u1"})
    await documents.replace(SESSIONS, structs.replace(stored, changed_at=clock.now()))
    [renamed] = (await sync.page("u1", token)).sessions
    [begun] = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    clock.advance(60)
    await documents.replace(
        TURNS, structs.replace(begun, state="done", open=False, updated_at=clock.now())
    )
    [ended] = (await sync.page("u1", token)).sessions

    assert (renamed.messages, renamed.session.running) == ((), True)
    assert not ended.session.running


async def test_a_session_that_forked_comes_whole(documents: SqliteDocuments) -> None:
    sync = Sync(documents=documents, clock=FakeClock(AT))
    await documents.insert(SESSIONS, session(branched_at=AT))
    await documents.insert(TURNS, turn(1))
    await documents.insert(TURNS, turn(2))
    await documents.insert(TURNS, turn(3, forked=True, origin=2, follows=1, supersedes="t_2"))

    [synced] = (await sync.page("u1", None)).sessions

    assert synced.replaces
    texts = [message.text for message in synced.messages]
    assert texts == ["said 1", "answer 1", "said 3", "answer 3"]
    assert synced.messages[-1].siblings == ("t_2", "t_3")


async def test_deleted_sessions_are_named(documents: SqliteDocuments) -> None:
    sync = Sync(documents=documents, clock=FakeClock(AT))
    tombstone = TombstoneDocument(
        id="s_9", user_id="u1", deleted_at=AT, expires_at=AT + timedelta(days=90)
    )
    await documents.insert(TOMBSTONES, tombstone)

    assert (await sync.page("u1", None)).deleted == ("s_9",)


async def test_a_token_older_than_the_memory_of_deletions_begins_anew(
    documents: SqliteDocuments,
) -> None:
    sync = Sync(documents=documents, clock=FakeClock(AT))
    await documents.insert(SESSIONS, session(changed_at=AT - timedelta(days=365)))

    page = await sync.page("u1", token_of(AT - timedelta(days=TOMBSTONE_DAYS)))

    assert page.reset
    assert [each.session.id for each in page.sessions] == ["s_1"]
