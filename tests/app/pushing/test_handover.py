"""Answers that nobody read are put into the outbox, exactly once, wherever the process dies."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from app.pushing.handover import Handover
from push.documents import OUTBOX, NotificationDocument
from sessions.archive import SESSIONS, TURNS
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import Dead, FewWrites, an_outbox
from tests.clocks import FakeClock
from tests.sessions.turns import AT, answer, session, turn


def handover(documents: Documents, clock: FakeClock) -> Handover:
    return Handover(documents=documents, outbox=an_outbox(documents, clock), clock=clock)


async def ended(documents: Documents, clock: FakeClock, number: int = 1, **fields: Any) -> None:
    due = clock.now() + timedelta(seconds=3)
    await documents.insert(TURNS, turn(number, push="pending", push_at=due, **fields))


async def put(documents: Documents) -> list[NotificationDocument]:
    return await documents.find(OUTBOX, "by_user", {"user_id": "u1"})


async def push_state(documents: Documents, number: int = 1) -> str:
    stored = await documents.get(TURNS, f"t_{number}")
    assert stored is not None
    return stored.push


async def test_g1_an_unread_answer_is_put_once_it_was_unread_for_three_seconds(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await ended(documents, clock)
    work = handover(documents, clock)
    clock.advance(2.9)
    await work.run_once()
    early = await put(documents)
    clock.advance(0.2)
    await work.run_once()
    clock.advance(60)
    await work.run_once()
    rows = await put(documents)

    assert early == []
    assert [(each.kind, each.subject_id, each.session_id, each.numbers) for each in rows] == [
        ("reply_ready", "t_1", "s_1", (1,))
    ]
    assert await push_state(documents) == "handed"


async def test_g6_b9_how_fresh_an_answer_is_counts_from_its_end_however_late_it_is_put(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await ended(documents, clock)
    clock.advance(600)
    await handover(documents, clock).run_once()
    [row] = await put(documents)

    assert (row.created_at, row.useful_until) == (AT, AT + timedelta(hours=24))


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("lives", range(1, 10))
async def test_g1_killed_at_any_write_it_still_puts_each_answer_exactly_once(
    documents: SqliteDocuments, clock: FakeClock, lives: int, done: bool
) -> None:
    await documents.insert(SESSIONS, session())
    for number in (1, 2, 3):
        await ended(documents, clock, number)
    clock.advance(5)
    mortal: Any = FewWrites(documents, lives, done=done)
    died = False
    try:
        await handover(mortal, clock).run_once()
    except Dead:
        died = True
    # another process goes on when the lease of the dead one ends
    clock.advance(11)
    await handover(documents, clock).run_once()

    assert died == (lives <= 7)
    assert sorted(each.numbers for each in await put(documents)) == [(1,), (2,), (3,)]
    assert {await push_state(documents, number) for number in (1, 2, 3)} == {"handed"}


async def test_g3_an_answer_that_was_read_is_not_put(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session(read_upto=1))
    await ended(documents, clock)
    clock.advance(5)
    await handover(documents, clock).run_once()

    assert await put(documents) == []
    assert await push_state(documents) == "handed"


async def test_nothing_is_put_of_a_deleted_session_or_an_emptied_turn(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session(id="s_2"))
    await ended(documents, clock)
    await ended(documents, clock, 2, session_id="s_2", answer=None, messages=())
    clock.advance(5)
    await handover(documents, clock).run_once()

    assert await put(documents) == []


async def test_help_in_a_crisis_is_told_as_such(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    help_ = structs.replace(answer(), finish_reason="safety", model="safety")
    await documents.insert(SESSIONS, session())
    await ended(documents, clock, answer=help_)
    clock.advance(5)
    await handover(documents, clock).run_once()

    assert [each.kind for each in await put(documents)] == ["safety"]


async def test_an_answer_that_its_model_filtered_is_no_help_in_a_crisis(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    filtered = structs.replace(answer(), finish_reason="safety", model="a model")
    await documents.insert(SESSIONS, session())
    await ended(documents, clock, answer=filtered)
    clock.advance(5)
    await handover(documents, clock).run_once()

    assert [each.kind for each in await put(documents)] == ["reply_ready"]


async def test_two_processes_hand_over_each_answer_once(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    for number in range(1, 21):
        await ended(documents, clock, number)
    clock.advance(5)
    await asyncio.gather(*(handover(documents, clock).run_once() for _ in range(3)))

    assert len(await put(documents)) == 20
