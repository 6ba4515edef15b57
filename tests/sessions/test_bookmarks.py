"""Bookmarks on real documents."""

import asyncio
from datetime import timedelta

from sessions.archive import BookmarkDocument
from sessions.bookmarks import Bookmarks
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


async def kept(bookmarks: Bookmarks, session_id: str, *, over: bool = False) -> BookmarkDocument:
    keep = timedelta(days=1)
    return await bookmarks.put("u1", "request", "key", session_id=session_id, keep=keep, over=over)


async def test_of_bookmarks_set_at_once_one_stays_until_it_ends(documents: SqliteDocuments) -> None:
    clock = FakeClock()
    bookmarks = Bookmarks(documents=documents, clock=clock)
    set_at_once = await asyncio.gather(*(kept(bookmarks, f"s_{number}") for number in range(5)))
    [session_id] = {each.session_id for each in set_at_once}
    found = await bookmarks.find("u1", "request", "key")
    clock.advance(86_401)
    later = await kept(bookmarks, "s_later")

    assert found is not None
    assert found.session_id == session_id
    assert later.session_id == "s_later"


async def test_a_bookmark_is_set_over_another_unless_it_must_stay(
    documents: SqliteDocuments,
) -> None:
    bookmarks = Bookmarks(documents=documents, clock=FakeClock())
    await kept(bookmarks, "s_1")

    assert (await kept(bookmarks, "s_2")).session_id == "s_1"
    assert (await kept(bookmarks, "s_3", over=True)).session_id == "s_3"
    assert (await kept(bookmarks, "s_4")).session_id == "s_3"


async def test_a_bookmark_that_was_dropped_is_not_found(documents: SqliteDocuments) -> None:
    bookmarks = Bookmarks(documents=documents, clock=FakeClock())
    await kept(bookmarks, "s_1")
    for _ in range(2):
        await bookmarks.drop("u1", "request", "key")

    assert await bookmarks.find("u1", "request", "key") is None
