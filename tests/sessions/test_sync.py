"""What changed since a token."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from schemas.resources import SyncPage
from sessions.archive import SESSIONS, TOMBSTONES, TURNS, TombstoneDocument
from sessions.errors import BadRequest
from sessions.stores.sqlite import SqliteDocuments
from sessions.sync import TOMBSTONE_DAYS, Sync, read_token, token_of
from tests.clocks import FakeClock
from tests.sessions.turns import AT, session, turn


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
