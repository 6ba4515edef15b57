"""What push hears of conversations is what is in the documents now."""

import asyncio
from datetime import timedelta
from typing import Any

from msgspec import structs
from structlog.testing import capture_logs

from app.pushing.conversations import DocumentConversations
from app.pushing.presence import HERE_S, Presence
from sessions.archive import SESSIONS, TURNS
from sessions.errors import LogUnavailable
from sessions.life import Life
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.sessions.turns import AT, answer, session, turn


class Seats:
    """Passes the contract of app.pushing.presence.Seats, on the tests' clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}
        self.away = False
        self.marks = 0

    async def take(self, user_id: str, session_id: str, *, seconds: int) -> None:
        if self.away:
            raise LogUnavailable
        self.marks += 1
        self._until[user_id, session_id] = self._clock.monotonic() + seconds

    async def taken(self, user_id: str, session_id: str) -> bool:
        if self.away:
            raise LogUnavailable
        return self._clock.monotonic() < self._until.get((user_id, session_id), 0.0)


def told(documents: SqliteDocuments, clock: FakeClock) -> DocumentConversations:
    presence = Presence(Seats(clock), clock=clock, tasks=Tasks(lambda _, error: None))
    return DocumentConversations(documents=documents, presence=presence, clock=clock, life=Life())


async def talk(documents: SqliteDocuments, turns: int, **fields: Any) -> None:
    await documents.insert(SESSIONS, session(**fields))
    for number in range(1, turns + 1):
        await documents.insert(TURNS, turn(number))


async def test_g3_of_some_replies_only_those_unread_are_told_with_the_newest_text(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 4, read_upto=1)
    conversations = told(documents, clock)
    found = await conversations.replies("u1", "s_1", (1, 2, 3))

    assert (found.count, found.text, found.persona) == (2, "answer 3", "lua")
    assert found.at == AT
    assert not found.at_risk


async def test_what_is_read_deleted_emptied_private_or_anothers_is_not_told(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 2, read_upto=1)
    conversations = told(documents, clock)
    await documents.insert(SESSIONS, session(id="s_2", private=True))
    await documents.insert(TURNS, turn(9, session_id="s_2"))
    emptied = await documents.get(TURNS, "t_2")
    assert emptied is not None
    asked = [
        ("u1", "s_1", (1,)),
        ("u1", "s_1", ()),
        ("u1", "s_0", (1,)),
        ("u2", "s_1", (2,)),
        ("u1", "s_2", (9,)),
    ]
    counts = [(await conversations.replies(*each)).count for each in asked]
    before = (await conversations.replies("u1", "s_1", (2,))).count
    await documents.replace(TURNS, structs.replace(emptied, messages=(), answer=None))
    after = (await conversations.replies("u1", "s_1", (2,))).count

    assert counts == [0] * len(asked)
    assert (before, after) == (1, 0)


async def test_g4_an_answer_that_was_deleted_is_not_counted(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 3)
    emptied = await documents.get(TURNS, "t_2")
    assert emptied is not None
    await documents.replace(TURNS, structs.replace(emptied, messages=(), answer=None))
    found = await told(documents, clock).replies("u1", "s_1", (1, 2, 3))

    assert (found.count, found.text) == (2, "answer 3")


async def test_a_session_that_spoke_of_a_risk_is_known(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 1)
    conversations = told(documents, clock)
    calm = await conversations.at_risk("s_1")
    help_ = structs.replace(answer(), finish_reason="safety")
    await documents.insert(TURNS, turn(2, answer=help_))
    await documents.insert(TURNS, turn(3))

    assert not calm
    assert await conversations.at_risk("s_1")
    assert (await conversations.replies("u1", "s_1", (3,))).at_risk


async def test_g8_an_answer_soon_after_a_risk_counts_as_about_it_though_that_was_read(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 9, read_upto=3)
    helped = await documents.get(TURNS, "t_3")
    assert helped is not None
    help_ = structs.replace(answer(), finish_reason="safety")
    await documents.replace(TURNS, structs.replace(helped, answer=help_))
    found = [await told(documents, clock).replies("u1", "s_1", (number,)) for number in (8, 9)]

    assert [(each.count, each.at_risk) for each in found] == [(1, True), (1, False)]


async def test_d10_the_badge_is_what_is_unread_in_all_sessions(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    for number, unread in enumerate((2, 0, 3)):
        await documents.insert(SESSIONS, session(id=f"s_{number}", unread=unread))
    closed = session(id="s_9", unread=5, private=True, closed_at=AT)
    await documents.insert(SESSIONS, closed)
    await documents.insert(SESSIONS, session(id="s_8", unread=7, user_id="u2"))

    few = await told(documents, clock).unread("u1")
    assert (few.count, sorted(few.sessions or ())) == (5, ["s_0", "s_2"])

    for number in range(20, 51):
        await documents.insert(SESSIONS, session(id=f"s_{number}", unread=1))
    many = await told(documents, clock).unread("u1")
    assert (many.count, many.sessions) == (36, None)


async def test_g7_who_writes_again_has_returned(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await talk(documents, 1)
    conversations = told(documents, clock)

    assert await conversations.wrote_since("u1", AT - timedelta(seconds=1))
    # the answer and what is thought of it come later, and are nobody's return
    assert not await conversations.wrote_since("u1", AT)
    assert not await conversations.wrote_since("u2", AT - timedelta(days=1))


async def test_who_did_something_a_moment_ago_is_here_and_nobody_when_it_is_unknown(
    clock: FakeClock,
) -> None:
    tasks = Tasks(lambda _, error: None)
    seats = Seats(clock)
    presence = Presence(seats, clock=clock, tasks=tasks)

    async def note(times: int) -> None:
        for _ in range(times):
            presence.note("u1", "s_1")
        while len(tasks):
            await asyncio.sleep(0)

    before = await presence.is_here("u1", "s_1")
    await note(50)
    here = await presence.is_here("u1", "s_1")
    others = [await presence.is_here("u2", "s_1"), await presence.is_here("u1", "s_2")]
    clock.advance(HERE_S + 1)
    later = await presence.is_here("u1", "s_1")
    seats.away = True
    await note(1)
    unknown = await presence.is_here("u1", "s_1")

    assert (before, here, later, unknown) == (False, True, False, False)
    assert others == [False, False]
    assert seats.marks == 1


async def test_what_every_message_of_an_outage_meets_is_logged_now_and_then(
    clock: FakeClock,
) -> None:
    seats = Seats(clock)
    seats.away = True
    presence = Presence(seats, clock=clock, tasks=Tasks(lambda _, error: None))

    with capture_logs() as lines:
        for _ in range(30):
            await presence.is_here("u1", "s_1")
        clock.advance(10)
        await presence.is_here("u1", "s_1")

    assert [(line["event"], line["count"]) for line in lines] == [
        ("presence_unknown", 1),
        ("presence_unknown", 30),
    ]
