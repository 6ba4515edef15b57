"""Sessions rest, close of themselves and are opened again; private ones leave nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.resources import CreateSession, UpdateSession
from sessions.archive import SESSIONS, TOMBSTONES, TURNS
from sessions.context import past_turn
from sessions.conversation import Summary
from sessions.errors import NotFound, StoreUnavailable
from sessions.history import fold
from sessions.life import Life
from sessions.profiles.documents import CHOICES
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.room import Room, choice, choices, words
from tests.sessions.turns import AT, message, session, turn

HOUR = 3_600.0
ORDER = ["active", "idle", "closed"]


@pytest.fixture
async def room(documents: SqliteDocuments) -> AsyncIterator[Room]:
    room = Room(documents)
    yield room
    await room.tasks.cancel()


def summary(*said: str) -> Summary:
    """Return the summary of a session in which this was said."""
    made = Summary()
    for number, text in enumerate(said, start=1):
        made = fold(made, past_turn(turn(number, messages=(message(text),))), number=number)
    return made


TALK = summary("I want to change jobs by June.", "I'll write to Sam about the opening tomorrow.")


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=2, max_size=6), st.booleans())
def test_a_session_that_nobody_speaks_in_only_comes_to_rest(
    seconds: list[float], running: bool
) -> None:
    life, quiet = Life(), session()
    states = [
        life.state(quiet, AT + timedelta(seconds=each), running=running) for each in sorted(seconds)
    ]
    assert [ORDER.index(each) for each in states] == sorted(ORDER.index(each) for each in states)
    assert not running or set(states) == {"active"}


@given(st.floats(min_value=0, max_value=1e6), st.floats(min_value=0, max_value=1e6))
def test_who_comes_back_has_the_whole_time_again(slept: float, later: float) -> None:
    back = AT + timedelta(seconds=slept)
    life, fresh = Life(), session(updated_at=back)
    resumed = session(resumed_at=back)
    now = back + timedelta(seconds=later)
    assert life.state(resumed, now) == life.state(fresh, now)
    assert life.closes_at(resumed) == life.closes_at(fresh)
    assert life.state(session(closed_at=back), now) == "closed"


def test_without_a_time_to_live_a_session_never_closes_of_itself() -> None:
    life = Life(ttl=timedelta())
    assert life.state(session(), AT + timedelta(days=900)) == "idle"
    assert life.closes_at(session()) is None


async def test_a_session_sleeps_is_told_in_a_line_and_is_opened_again(
    room: Room, documents: SqliteDocuments
) -> None:
    await documents.insert(SESSIONS, session(summary=TALK))

    fresh = await room.shelf.get("u1", "s_1")
    room.clock.advance(HOUR)
    idle = await room.shelf.get("u1", "s_1")
    room.clock.advance(23 * HOUR)
    asleep = await room.shelf.get("u1", "s_1")
    opened = await room.shelf.update("u1", "s_1", UpdateSession(state="active"))
    again = await room.shelf.update("u1", "s_1", UpdateSession(state="active"))
    room.clock.advance(24 * HOUR)
    (listed,) = (await room.shelf.page("u1", before=None, limit=9)).sessions

    states = [each.state for each in (fresh, idle, asleep, opened, listed)]
    assert states == ["active", "idle", "closed", "active", "closed"]
    assert (fresh.recap, idle.recap) == ("", "")
    assert asleep.closes_at == AT + timedelta(hours=24)
    line = "Last time: change jobs by June. Next: Write to Sam about the opening tomorrow."
    assert asleep.recap == opened.recap == again.recap == listed.recap == line
    assert fresh.progress is not None
    assert fresh.progress.next == ("Write to Sam about the opening tomorrow",)
    assert opened.closes_at == AT + timedelta(hours=48)


async def test_a_user_closes_a_session_and_finds_it_closed(
    room: Room, documents: SqliteDocuments
) -> None:
    await documents.insert(SESSIONS, session(summary=TALK))
    closed = await room.shelf.update("u1", "s_1", UpdateSession(state="closed"))
    room.clock.advance(HOUR)
    renamed = await room.shelf.update("u1", "s_1", UpdateSession(title="Jobs"))

    assert (closed.state, renamed.state, renamed.title) == ("closed", "closed", "Jobs")
    assert (closed.closes_at, bool(closed.recap)) == (None, True)
    await room.settled()
    assert room.owners.kinds == ["updated", "updated"]


async def test_of_a_private_session_that_slept_nothing_is_left(
    room: Room, documents: SqliteDocuments
) -> None:
    made = await room.shelf.create("u1", CreateSession(private=True))
    plain = await room.shelf.create("u1", CreateSession())
    await documents.insert(TURNS, turn(1, session_id=made.id))
    await documents.insert(CHOICES, choice("t_1"))
    room.clock.advance(24 * HOUR - 1)
    await room.deletions.forget_private()
    awake = await room.shelf.get("u1", made.id)
    room.clock.advance(1)

    with pytest.raises(NotFound):
        await room.shelf.get("u1", made.id)
    with pytest.raises(NotFound):
        await room.shelf.update("u1", made.id, UpdateSession(state="active"))
    listed = await room.shelf.page("u1", before=None, limit=9)
    await room.deletions.forget_private()
    await room.settled()

    assert (awake.private, plain.private) == (True, False)
    assert [each.id for each in listed.sessions] == [plain.id]
    assert await documents.get(SESSIONS, made.id) is None
    assert await documents.get(TOMBSTONES, made.id) is not None
    assert await documents.get(SESSIONS, plain.id) is not None
    assert (await words(documents, made.id), await choices(documents)) == (0, [])
    assert room.owners.kinds == ["deleted"]


async def test_a_private_session_does_not_go_while_a_message_waits_for_its_answer(
    room: Room, documents: SqliteDocuments
) -> None:
    made = await room.shelf.create("u1", CreateSession(private=True))
    room.clock.advance(24 * HOUR - 1)
    stored = await documents.get(SESSIONS, made.id)
    assert stored is not None
    await room.shelf._wake(stored)
    room.clock.advance(2)
    await room.deletions.forget_private()

    assert (await room.shelf.get("u1", made.id)).state == "active"


async def test_a_private_session_whose_closing_is_cut_off_is_still_there_to_be_closed(
    room: Room, documents: SqliteDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StoreUnavailable("cut off")

    made = await room.shelf.create("u1", CreateSession(private=True))
    with monkeypatch.context() as cut:
        cut.setattr(room.cut, "insert", fail, raising=False)
        with pytest.raises(StoreUnavailable):
            await room.shelf.update("u1", made.id, UpdateSession(state="closed"))
    await room.shelf.update("u1", made.id, UpdateSession(state="closed"))

    assert await documents.get(SESSIONS, made.id) is None


async def test_a_private_session_that_is_closed_is_deleted_and_says_so(
    room: Room, documents: SqliteDocuments
) -> None:
    made = await room.shelf.create("u1", CreateSession(private=True))
    await documents.insert(TURNS, turn(1, session_id=made.id))
    closed = await room.shelf.update("u1", made.id, UpdateSession(state="closed"))

    assert (closed.state, closed.private) == ("closed", True)
    assert await documents.get(SESSIONS, made.id) is None
    assert await words(documents, made.id) == 0
