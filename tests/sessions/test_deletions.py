"""Deleting for good, whatever cuts it off."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sessions.archive import SESSIONS, TOMBSTONES, TURNS, TombstoneDocument
from sessions.errors import NotFound, StoreUnavailable
from sessions.profiles.documents import CHOICES
from sessions.stores.sqlite import SqliteDocuments
from sessions.sync import TOMBSTONE_DAYS
from tests.sessions.room import Room, choice, choices, filled_room, words
from tests.sessions.turns import AT, turn


@pytest.fixture
async def room(documents: SqliteDocuments) -> AsyncIterator[Room]:
    room = await filled_room(documents)
    yield room
    await room.tasks.cancel()


async def test_a_deleted_session_leaves_nothing_in_the_log_of_choices(
    room: Room, documents: SqliteDocuments
) -> None:
    await documents.insert(CHOICES, choice("t_of_another_session"))

    await room.deletions.delete("u1", "s_1")

    assert await choices(documents) == ["t_of_another_session"]


@pytest.mark.parametrize("left", range(11))
async def test_a_deletion_that_was_cut_off_can_be_asked_for_again(
    room: Room, documents: SqliteDocuments, left: int
) -> None:
    room.cut.left = left
    with pytest.raises(StoreUnavailable):
        await room.deletions.delete("u1", "s_1")
    room.cut.left = 10**9
    room.clock.advance(3600)
    with pytest.raises(NotFound):
        await room.deletions.delete("u2", "s_1")
    await room.deletions.delete("u1", "s_1")

    tombstone = await documents.get(TOMBSTONES, "s_1")
    assert (await documents.get(SESSIONS, "s_1"), await words(documents)) == (None, 0)
    assert await choices(documents) == []
    assert tombstone is not None
    assert tombstone.deleted_at == AT + timedelta(hours=1)
    assert tombstone.expires_at == tombstone.deleted_at + timedelta(days=TOMBSTONE_DAYS)


@pytest.mark.parametrize("left", range(11))
async def test_a_deletion_that_was_cut_off_is_finished_and_told(
    room: Room, documents: SqliteDocuments, left: int
) -> None:
    room.cut.left = left
    with pytest.raises(StoreUnavailable):
        await room.deletions.delete("u1", "s_1")
    room.cut.left = 10**9
    await room.deletions.finish()
    assert await words(documents) > 0, "who deletes is given a minute"
    room.clock.advance(60)
    await room.deletions.finished(await room.deletions.finish())
    assert await room.deletions.finish() == []

    assert (await documents.get(SESSIONS, "s_1"), await words(documents)) == (None, 0)
    assert await choices(documents) == []
    assert room.owners.kinds == ["deleted"]
    with pytest.raises(NotFound):
        await room.deletions.delete("u1", "s_1")


async def test_a_deletion_is_found_until_its_files_are_written_too(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.deletions.delete("u1", "s_1")
    room.clock.advance(60)
    first = await room.deletions.finish()
    later = await room.deletions.finish()
    await room.deletions.finished(first)

    assert [each.id for each in first] == [each.id for each in later] == ["s_1"]
    assert await room.deletions.finish() == []


async def test_a_deletion_that_is_made_again_meanwhile_is_not_finished_with_the_first(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.deletions.delete("u1", "s_1")
    room.clock.advance(60)
    cleared = await room.deletions.finish()
    await room.deletions.delete("u1", "s_1")
    await room.deletions.finished(cleared)

    tombstone = await documents.get(TOMBSTONES, "s_1")
    assert tombstone is not None
    assert not tombstone.finished


async def test_what_was_said_while_a_session_went_goes_too(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.deletions.delete("u1", "s_1")
    await documents.insert(TURNS, turn(6, done=False))
    room.clock.advance(60)
    await room.deletions.finish()

    assert await words(documents) == 0


async def test_a_process_that_drains_leaves_deletions_to_others(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.deletions.delete("u1", "s_1")
    room.clock.advance(60)
    room.owners.draining = True
    await room.deletions.finish()

    tombstone = await documents.get(TOMBSTONES, "s_1")
    assert isinstance(tombstone, TombstoneDocument)
    assert not tombstone.finished
