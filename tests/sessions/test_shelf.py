"""Choosing a branch in a long session, and lists that go on where they were."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from schemas.resources import UpdateSession
from sessions.archive import SESSIONS, TURNS
from sessions.stores.cursors import read_before
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.room import Room, filled_room
from tests.sessions.turns import AT, session, turn


@pytest.fixture
async def room(documents: SqliteDocuments) -> AsyncIterator[Room]:
    room = await filled_room(documents)
    yield room
    await room.tasks.cancel()


async def test_a_branch_is_chosen_however_much_came_later(
    room: Room, documents: SqliteDocuments
) -> None:
    await documents.insert(TURNS, turn(6, follows=1, forked=True, origin=2, supersedes="t_2"))
    for number in range(7, 1010):
        await documents.insert(TURNS, turn(number))
    await documents.insert(TURNS, turn(1010, follows=5))

    await room.shelf.update("u1", "s_1", UpdateSession(branch="t_2"))
    page = await room.shelf.messages("u1", "s_1", before=None, limit=3)
    assert [each.turn_id for each in page.messages[::2]] == ["t_4", "t_5", "t_1010"]

    await room.shelf.update("u1", "s_1", UpdateSession(branch="t_6"))
    page = await room.shelf.messages("u1", "s_1", before=None, limit=3)
    assert [each.turn_id for each in page.messages[::2]] == ["t_1007", "t_1008", "t_1009"]
    assert room.owners.leaves == [1010, 1009]


async def test_sessions_used_at_one_moment_are_all_listed_though_one_goes_meanwhile(
    room: Room, documents: SqliteDocuments
) -> None:
    for number in range(2, 10):
        await documents.insert(SESSIONS, session(id=f"s_{number}", updated_at=AT))
    listed: list[str] = []
    before = None
    while True:
        page = await room.shelf.page("u1", before=before, limit=2)
        listed += [each.id for each in page.sessions]
        if page.next is None:
            break
        before = read_before(page.next)
        # also the one that the list goes on from
        await documents.delete(SESSIONS, listed[-1])

    assert listed == [f"s_{number}" for number in range(9, 0, -1)]
    earlier = await room.shelf.page("u1", before=read_before(AT.isoformat()), limit=2)
    assert (earlier.sessions, earlier.next) == ((), None)


async def test_siblings_are_those_of_the_shown_turns(
    room: Room, documents: SqliteDocuments
) -> None:
    for number in range(6, 606):
        fork = turn(number, follows=0, forked=True, origin=1, supersedes=f"t_{number - 1}")
        await documents.insert(TURNS, fork)
    await documents.insert(TURNS, turn(606))
    await documents.insert(
        TURNS, turn(607, follows=605, forked=True, origin=606, supersedes="t_606")
    )
    await documents.replace(SESSIONS, structs.replace(session(), branched_at=AT))

    page = await room.shelf.messages("u1", "s_1", before=None, limit=1)

    assert page.messages[0].siblings == ("t_606", "t_607")
