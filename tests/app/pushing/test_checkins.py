"""Mentors write first: once for each day agreed on, wherever a process dies, and never unasked."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from app.pushing.handover import Handover
from app.pushing.promises import Promises
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CHECK_INS, OUTBOX
from push.schedule import Plan
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, Opening, TurnDocument
from sessions.clock import Clock
from sessions.conversation import Note, Summary
from sessions.memory.documents import FACTS, FactDocument
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.desk import Desk, allowed, mentors, openings
from tests.app.pushing.parts import Dead, FewWrites, an_outbox
from tests.clocks import FakeClock
from tests.sessions.memory.made import fact
from tests.sessions.turns import answer, session, turn

# the clock stands on Monday 2026-11-23, 9:00 UTC
DAILY = Plan(user_id="u1", timezone="UTC", minute=10 * 60, days=(1, 2, 3, 4, 5, 6, 7))


def promises(documents: Documents, clock: Clock) -> Promises:
    return Promises(
        documents=documents,
        check_ins=CheckIns(documents=documents, clock=clock),
        settings=NotificationSettings(documents=documents, clock=clock),
        devices=Devices(documents=documents, clock=clock),
        clock=clock,
    )


async def agreed(documents: Documents, clock: Clock, **fields: Any) -> str:
    check_ins = CheckIns(documents=documents, clock=clock)
    return (await check_ins.create(DAILY, session_id="s_1", **fields)).id


async def test_at_its_time_the_mentor_writes_what_it_was_asked_for(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await documents.insert(TURNS, turn(1))
    await allowed(documents, clock)
    await agreed(documents, clock, about="my running plan")
    work = mentors(documents, clock)
    written = []
    for seconds in (3_599, 1, 3_600, 22 * 3_600, 3_600):
        clock.advance(seconds)
        await work.run_once()
        written.append(len(await openings(documents)))

    assert written == [0, 1, 1, 1, 2]
    [first, second] = await openings(documents)
    assert "“my running plan”" in first.text
    assert (first.persona, first.language) == ("lua", "en")
    assert "my running plan" in second.text


async def test_b3_g6_it_is_written_at_its_minute_also_in_quiet_hours(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    wishes = NotificationSettings(documents=documents, clock=clock)
    await wishes.update("u1", quiet_from=0, quiet_to=24 * 60 - 1)
    await agreed(documents, clock)
    clock.advance(3_600)
    await mentors(documents, clock).run_once()
    assert len(await openings(documents)) == 1


async def test_a_check_in_that_fails_keeps_none_from_others(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    for name in ("s_0", "s_1"):
        await documents.insert(SESSIONS, session(id=name))
    await allowed(documents, clock)
    check_ins = CheckIns(documents=documents, clock=clock)
    for minute, name in ((599, "s_0"), (600, "s_1")):
        plan = structs.replace(DAILY, minute=minute)
        await check_ins.create(plan, session_id=name)
    house = Desk(documents, clock)
    failed = 0

    class Failing:
        async def open(self, user_id: str, session_id: str, opening: Opening, *, key: str) -> Any:
            nonlocal failed
            if session_id == "s_0":
                failed += 1
                raise RuntimeError
            return await house.open(user_id, session_id, opening, key=key)

        def show(self, turn: TurnDocument) -> None:
            house.show(turn)

    work = mentors(documents, clock, sessions=Failing())
    clock.advance(3_600)
    for _ in range(3):
        await work.run_once()
        clock.advance(61)
    assert len(await openings(documents)) == 1
    assert failed == 3


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("lives", range(1, 8))
async def test_g1_killed_at_any_write_it_still_writes_each_day_exactly_once(
    documents: SqliteDocuments, clock: FakeClock, lives: int, done: bool
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    await agreed(documents, clock)
    await promised(documents, clock)
    for _ in range(2):
        clock.advance(9 * 3_600 + 1_200)
        mortal: Any = FewWrites(documents, lives, done=done)
        with suppress(Dead):
            await mentors(mortal, clock).run_once()
        # others go on when the lease of the dead one has ended
        clock.advance(61)
        for _ in range(2):
            await mentors(documents, clock).run_once()
        clock.advance(15 * 3_600 - 1_261)

    texts = [each.text for each in await openings(documents)]
    assert len(texts) == 3
    assert sum("I'll ask" in each for each in texts) == 1
    [left] = await CheckIns(documents=documents, clock=clock).of_user("u1")
    assert left.next_date == "2026-11-25"
    kept = await documents.get(FACTS, "f_p")
    assert kept is not None
    assert not kept.current


async def promised(documents: Documents, clock: Clock, **fields: Any) -> FactDocument:
    due = clock.now() + timedelta(hours=3)
    words = "I'll ask you on Monday how the talk went. (2026-11-23)"
    made = fact("p", user_id="u1", kind="promise", text=words, slot="", due=due, persona="riri")
    made = structs.replace(made, **fields)
    await documents.insert(FACTS, made)
    await promises(documents, clock).run_once()
    return made


async def test_a_promise_is_kept_on_its_evening_by_who_made_it(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    await promised(documents, clock)
    await promises(documents, clock).run_once()
    clock.advance(9 * 3_600)
    await mentors(documents, clock).run_once()
    early = await openings(documents)
    clock.advance(900)
    await mentors(documents, clock).run_once()
    await promises(documents, clock).run_once()

    assert early == []
    [kept] = await openings(documents)
    assert "“I'll ask you on Monday how the talk went.”" in kept.text
    assert (kept.persona, kept.memories) == ("riri", ("f_p",))
    stored = await documents.get(FACTS, "f_p")
    assert stored is not None
    assert stored.valid_to == clock.now()


async def test_a_promise_is_kept_on_the_evening_where_the_user_is(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    devices = Devices(documents=documents, clock=clock)
    await devices.register(
        "u1", "i-1", kind="fcm_token", address="t-1", platform="ios", timezone="Asia/Seoul"
    )
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    await promised(documents, clock)

    [kept] = await CheckIns(documents=documents, clock=clock).of_user("u1")
    there = kept.next_at.astimezone(ZoneInfo("Asia/Seoul"))
    assert f"{there:%a %H}" == "Mon 18"


@pytest.mark.parametrize(
    "fields",
    [
        {"sensitivity": "sensitive"},
        {"sharing": "user"},
        {"shown": False},
        {"kind": "commitment"},
        {"due": None},
    ],
)
async def test_what_is_no_promise_for_all_to_see_is_not_written_about(
    documents: SqliteDocuments, clock: FakeClock, fields: dict[str, Any]
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    await promised(documents, clock, **fields)

    assert await CheckIns(documents=documents, clock=clock).of_user("u1") == []


@pytest.mark.parametrize("change", ["deleted", "ended", "another day"])
async def test_a_promise_that_is_off_by_then_is_not_kept(
    documents: SqliteDocuments, clock: FakeClock, change: str
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    made = await promised(documents, clock)
    if change == "deleted":
        await documents.delete(FACTS, made.id)
    elif change == "ended":
        await documents.replace(FACTS, structs.replace(made, valid_to=clock.now()))
    else:
        later = clock.now() + timedelta(days=3)
        await documents.replace(FACTS, structs.replace(made, due=later))
    clock.advance(10 * 3_600)
    await mentors(documents, clock).run_once()

    assert await openings(documents) == []
    assert await CheckIns(documents=documents, clock=clock).of_user("u1") == []


async def test_g9_nothing_is_written_without_consent_which_may_come_and_go(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await agreed(documents, clock)
    await promised(documents, clock)
    written = []
    for allows in (False, True, False):
        await allowed(documents, clock, check_ins=allows)
        clock.advance(3_600)
        await mentors(documents, clock).run_once()
        written.append(len(await openings(documents)))
        clock.advance(23 * 3_600)

    assert written == [0, 1, 1]


async def test_nobody_writes_first_where_a_risk_was_spoken_of_nor_long_after_the_time(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    await allowed(documents, clock)
    await agreed(documents, clock)
    clock.advance(14 * 3_600)
    await mentors(documents, clock).run_once()
    assert await openings(documents) == []
    [known] = await CheckIns(documents=documents, clock=clock).of_user("u1")
    assert known.next_date == "2026-11-24"
    hurt = structs.replace(answer(), finish_reason="safety")
    await documents.insert(TURNS, turn(1, answer=hurt))
    clock.advance(12 * 3_600)
    await mentors(documents, clock).run_once()
    assert await openings(documents) == []


@pytest.mark.parametrize("found", [None, session(private=True), session(user_id="u2")])
async def test_a_check_in_ends_with_its_session(
    documents: SqliteDocuments, clock: FakeClock, found: Any
) -> None:
    if found is not None:
        await documents.insert(SESSIONS, found)
    await allowed(documents, clock)
    check_in_id = await agreed(documents, clock)
    clock.advance(3_600)
    await mentors(documents, clock).run_once()

    assert await openings(documents) == []
    assert await documents.get(CHECK_INS, check_in_id) is None


@pytest.mark.parametrize(
    ("notes", "steps", "told"),
    [
        ((), (), ""),
        ((Note(kind="goal", text="to sleep better", turn_id="t_1"),), (), "to sleep better"),
        (
            (Note(kind="goal", text="to sleep better", turn_id="t_1"),),
            (
                Note(kind="step", text="no coffee after two", turn_id="t_1"),
                Note(kind="proposed", text="a walk", turn_id="t_1"),
            ),
            "no coffee after two",
        ),
    ],
)
async def test_it_goes_on_from_what_the_user_set_out_to_do(
    documents: SqliteDocuments,
    clock: FakeClock,
    notes: Sequence[Note],
    steps: Sequence[Note],
    told: str,
) -> None:
    summary = Summary(notes=tuple(notes), steps=tuple(steps))
    await documents.insert(SESSIONS, session(summary=summary, persona="elro"))
    await allowed(documents, clock)
    await agreed(documents, clock)
    clock.advance(3_600)
    await mentors(documents, clock).run_once()

    [opening] = await openings(documents)
    assert told in opening.text
    assert ("“" in opening.text) is bool(told)
    assert opening.persona == "elro"


async def test_what_a_mentor_wrote_first_is_told_as_a_check_in(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    opening = Opening(text="Good morning", persona="lua", language="en")
    said = turn(1, messages=(), opening=opening, push="pending", push_at=clock.now())
    await documents.insert(TURNS, said)
    await Handover(documents=documents, outbox=an_outbox(documents, clock), clock=clock).run_once()

    [row] = await documents.find(OUTBOX, "by_user", {"user_id": "u1"})
    assert (row.kind, row.subject_id, row.numbers) == ("check_in", "t_1", (1,))
    assert row.useful_until - row.created_at == timedelta(hours=12)
