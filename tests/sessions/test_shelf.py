"""Deleting for good, whatever cuts it off, and choosing a branch in a long session."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from schemas.resources import UpdateSession
from sessions.archive import SESSIONS, TOMBSTONES, TURNS, SessionDocument, TombstoneDocument
from sessions.erasure.cascade import Cascade
from sessions.errors import NotFound, StoreUnavailable
from sessions.profiles.documents import CHOICES, ChoiceDocument, Chosen
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.shelf import Shelf
from sessions.stores.cursors import read_before
from sessions.stores.sqlite import SqliteDocuments
from sessions.sync import TOMBSTONE_DAYS
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.personas import packaged
from tests.sessions.turns import AT, session, turn

NAMES = Pseudonyms("a secret of the tests")


class Told:
    """Owners that only write down what they are told."""

    def __init__(self) -> None:
        self.draining = False
        self.kinds: list[str] = []
        self.leaves: list[int] = []

    def rebranched(self, session: SessionDocument) -> None:
        self.leaves.append(session.chosen)

    async def tell(self, _session_id: str, command: Any) -> None:
        self.kinds.append(command.kind)

    insist = tell


class Cut:
    """Documents of which some deletions fail: those for which `left` is used up."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents
        self.left = 10**9

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def delete(self, *args: Any) -> bool:
        if not self.left:
            raise StoreUnavailable("cut off")
        self.left -= 1
        return await self._documents.delete(*args)


class Room:
    """A shelf over real documents, and what is around it."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.clock, self.owners, self.cut = FakeClock(AT), Told(), Cut(documents)
        self.tasks = Tasks(lambda _, error: None)
        owners: Any = self.owners
        self.shelf = Shelf(
            documents=self.cut,
            owners=owners,
            catalogue=packaged(),
            cascade=Cascade(documents=self.cut, clock=self.clock, names=NAMES),
            clock=self.clock,
            tasks=self.tasks,
        )

    async def settled(self) -> None:
        """Wait for what runs in the background."""
        while len(self.tasks):
            await asyncio.sleep(0)


@pytest.fixture
async def room(documents: SqliteDocuments) -> AsyncIterator[Room]:
    room = Room(documents)
    await documents.insert(SESSIONS, session())
    for number in range(1, 6):
        await documents.insert(TURNS, turn(number))
        await documents.insert(CHOICES, choice(f"t_{number}"))
    yield room
    await room.tasks.cancel()


def choice(turn_id: str) -> ChoiceDocument:
    chosen = Chosen(
        persona="lua",
        intent="planning",
        mood="level",
        probabilities={"lua": 1.0},
        leaning={},
        pulls={},
        propensities={"lua": 1.0},
        policy="steady",
    )
    return ChoiceDocument(
        id=NAMES.turn(turn_id),
        user=NAMES.user("u1"),
        at=AT,
        expires_at=AT + timedelta(days=90),
        chosen=chosen,
        propensity=1.0,
        user_id="u1",
        turn_id=turn_id,
    )


async def words(documents: SqliteDocuments, session_id: str = "s_1") -> int:
    return len(await documents.find(TURNS, "by_session", {"session_id": session_id}))


async def choices(documents: SqliteDocuments) -> list[str]:
    return [row.turn_id for row in await documents.find(CHOICES, "by_time", {})]


async def test_a_deleted_session_leaves_nothing_in_the_log_of_choices(
    room: Room, documents: SqliteDocuments
) -> None:
    await documents.insert(CHOICES, choice("t_of_another_session"))

    await room.shelf.delete("u1", "s_1")

    assert await choices(documents) == ["t_of_another_session"]


@pytest.mark.parametrize("left", range(11))
async def test_a_deletion_that_was_cut_off_can_be_asked_for_again(
    room: Room, documents: SqliteDocuments, left: int
) -> None:
    room.cut.left = left
    with pytest.raises(StoreUnavailable):
        await room.shelf.delete("u1", "s_1")
    room.cut.left = 10**9
    room.clock.advance(3600)
    with pytest.raises(NotFound):
        await room.shelf.delete("u2", "s_1")
    await room.shelf.delete("u1", "s_1")

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
        await room.shelf.delete("u1", "s_1")
    room.cut.left = 10**9
    await room.shelf.finish_deletions()
    assert await words(documents) > 0, "who deletes is given a minute"
    room.clock.advance(60)
    await room.shelf.deletions_finished(await room.shelf.finish_deletions())
    assert await room.shelf.finish_deletions() == []

    assert (await documents.get(SESSIONS, "s_1"), await words(documents)) == (None, 0)
    assert await choices(documents) == []
    assert room.owners.kinds == ["deleted"]
    with pytest.raises(NotFound):
        await room.shelf.delete("u1", "s_1")


async def test_a_deletion_is_found_until_its_files_are_written_too(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.shelf.delete("u1", "s_1")
    room.clock.advance(60)
    first = await room.shelf.finish_deletions()
    later = await room.shelf.finish_deletions()
    await room.shelf.deletions_finished(first)

    assert [each.id for each in first] == [each.id for each in later] == ["s_1"]
    assert await room.shelf.finish_deletions() == []


async def test_a_deletion_that_is_made_again_meanwhile_is_not_finished_with_the_first(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.shelf.delete("u1", "s_1")
    room.clock.advance(60)
    cleared = await room.shelf.finish_deletions()
    await room.shelf.delete("u1", "s_1")
    await room.shelf.deletions_finished(cleared)

    tombstone = await documents.get(TOMBSTONES, "s_1")
    assert tombstone is not None
    assert not tombstone.finished


async def test_what_was_said_while_a_session_went_goes_too(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.shelf.delete("u1", "s_1")
    await documents.insert(TURNS, turn(6, done=False))
    room.clock.advance(60)
    await room.shelf.finish_deletions()

    assert await words(documents) == 0


async def test_a_process_that_drains_leaves_deletions_to_others(
    room: Room, documents: SqliteDocuments
) -> None:
    await room.shelf.delete("u1", "s_1")
    room.clock.advance(60)
    room.owners.draining = True
    await room.shelf.finish_deletions()

    tombstone = await documents.get(TOMBSTONES, "s_1")
    assert isinstance(tombstone, TombstoneDocument)
    assert not tombstone.finished


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
