"""Users are reminded of days that they named: once, where they agreed, and at a decent hour."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from app.pushing.handover import Handover
from app.pushing.reminders import LEAD, Reminders
from app.stores import COLLECTIONS
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CHECK_INS, OUTBOX, CheckInDocument
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, Opening
from sessions.memory.dates import as_due
from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.facts import Facts
from sessions.memory.refusals import Refusals
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.desk import allowed, mentors, openings
from tests.app.pushing.parts import Dead, FewWrites, an_outbox
from tests.clocks import FakeClock
from tests.sessions.memory.made import fact
from tests.sessions.turns import answer, session, turn

SEOUL = ZoneInfo("Asia/Seoul")
HOUR = 3_600


def reminders(documents: Documents, clock: FakeClock) -> Reminders:
    return Reminders(
        documents=documents,
        check_ins=CheckIns(documents=documents, clock=clock),
        settings=NotificationSettings(documents=documents, clock=clock),
        devices=Devices(documents=documents, clock=clock),
        clock=clock,
    )


def facts(documents: Documents, clock: FakeClock) -> Facts:
    refusals = Refusals(documents=documents, clock=clock, secret="a secret")
    return Facts(documents=documents, clock=clock, refusals=refusals)


async def named(
    documents: Documents, day: date, zone: str = "Asia/Seoul", **fields: Any
) -> FactDocument:
    """Have u1 say in s_1 what is due on a day, on Monday 2026-11-23 at 18:00 in Seoul."""
    known: dict[str, Any] = {
        "kind": "deadline",
        "text": f"The essay is due on Friday. ({day})",
        "slot": "",
        "due": as_due(day, zone),
        "persona": "riri",
    }
    made = fact("d", user_id="u1", **known | fields)
    await documents.insert(SESSIONS, session(timezone=zone))
    await documents.insert(FACTS, made)
    return made


async def lived(documents: Documents, clock: FakeClock, hours: float) -> list[Opening]:
    """Live for some hours, looking for reminders every half an hour as the product does."""
    for _ in range(int(hours * 2)):
        clock.advance(HOUR / 2)
        await reminders(documents, clock).run_once()
        await mentors(documents, clock).run_once()
    return await openings(documents)


async def planned(documents: Documents) -> list[CheckInDocument]:
    return await documents.find(CHECK_INS, "by_user", {"user_id": "u1"})


async def test_of_a_deadline_the_user_is_reminded_once_on_the_evening_before(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    said = await named(documents, date(2026, 11, 27))
    await allowed(documents, clock, reminders=True)
    early = await lived(documents, clock, 70)
    [opening] = await lived(documents, clock, 4)
    again = await lived(documents, clock, 72)

    assert early == []
    assert again == [opening]
    assert (opening.kind, opening.persona, opening.memories) == ("reminder", "riri", (said.id,))
    assert "Tomorrow" in opening.text
    assert "“The essay is due on Friday.”" in opening.text
    [told] = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    at = told.created_at.astimezone(SEOUL)
    assert (at.day, at.hour) == (26, 18)
    [stored] = await planned(documents)
    assert (stored.kind, stored.fact_day, stored.active) == ("reminder", "2026-11-27", False)
    # what was reminded of is still known
    assert await documents.get(FACTS, said.id) == said


@pytest.mark.parametrize(
    ("kind", "day", "told"),
    [("commitment", 27, "27 09"), ("deadline", 24, "24 09"), ("commitment", 23, "")],
)
async def test_of_other_days_on_their_morning_unless_it_was_said_just_before(
    documents: SqliteDocuments, clock: FakeClock, kind: str, day: int, told: str
) -> None:
    await named(documents, date(2026, 11, day), kind=kind)
    await allowed(documents, clock, reminders=True)
    await lived(documents, clock, 120)

    turns = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    times = [each.created_at.astimezone(SEOUL).strftime("%d %H") for each in turns]
    assert times == ([told] if told else [])
    assert all("oday" in each.opening.text for each in turns if each.opening is not None)


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize(("hour", "told"), [(11.9, "26 18"), (12.5, "27 09")])
async def test_not_within_six_hours_of_being_told_or_put_in_other_words(
    documents: SqliteDocuments, clock: FakeClock, hour: float, told: str, edited: bool
) -> None:
    at = datetime(2026, 11, 26, tzinfo=SEOUL) + timedelta(hours=hour)
    said: dict[str, Any] = {"edited_at": at} if edited else {"created_at": at}
    clock.advance((at - clock.now()).total_seconds())
    await named(documents, date(2026, 11, 27), **said)
    await allowed(documents, clock, reminders=True)
    await lived(documents, clock, 24)

    [turn_] = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    assert turn_.created_at.astimezone(SEOUL).strftime("%d %H") == told


@pytest.mark.parametrize(
    "unwanted",
    [
        {"consents": {"check_ins": True, "nudges": True}},
        {"fact": {"sharing": "user"}},
        {"fact": {"sensitivity": "sensitive"}},
        {"fact": {"shown": False}},
        {"fact": {"kind": "goal"}},
        {"session": {"private": True}},
        {"zone": ""},
        {"risk": True},
    ],
)
async def test_g9_nobody_is_reminded_unasked_nor_of_what_waits_to_be_spoken_of(
    documents: SqliteDocuments, clock: FakeClock, unwanted: dict[str, Any]
) -> None:
    zone = unwanted.get("zone", "Asia/Seoul")
    await named(documents, date(2026, 11, 27), zone, **unwanted.get("fact", {}))
    await allowed(documents, clock, **unwanted.get("consents", {"reminders": True}))
    found = await documents.get(SESSIONS, "s_1")
    assert found is not None
    await documents.replace(SESSIONS, structs.replace(found, **unwanted.get("session", {})))
    if unwanted.get("risk"):
        hurt = structs.replace(answer(), finish_reason="safety")
        await documents.insert(TURNS, turn(1, answer=hurt))

    assert await lived(documents, clock, 120) == []


@pytest.mark.parametrize("change", ["deleted", "ended", "another day", "not that any more"])
async def test_a_reminder_goes_with_what_it_is_of(
    documents: SqliteDocuments, clock: FakeClock, change: str
) -> None:
    said = await named(documents, date(2026, 11, 27))
    await allowed(documents, clock, reminders=True)
    await lived(documents, clock, 72)
    [waiting] = await planned(documents)
    assert waiting.active
    if change == "deleted":
        await facts(documents, clock).delete("u1", said.id)
    elif change == "ended":
        await facts(documents, clock).end("u1", said.id, clock.now())
    elif change == "another day":
        await facts(documents, clock).edit("u1", said.id, "The essay is due on 2026-11-30")
    else:
        await facts(documents, clock).edit("u1", said.id, "There is no essay to write")
    # until the evening before the 30th
    told = await lived(documents, clock, 75)
    later = [each.text for each in told]

    assert len(later) == (1 if change == "another day" else 0)
    assert all("2026-11-30" in each for each in later)


async def test_what_was_put_in_other_words_is_told_in_these(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    said = await named(documents, date(2026, 11, 27))
    await allowed(documents, clock, reminders=True)
    await lived(documents, clock, 60)
    await facts(documents, clock).edit("u1", said.id, "My thesis is due on Friday")
    [opening] = await lived(documents, clock, 30)

    assert "“My thesis is due on Friday" in opening.text


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("lives", range(1, 6))
async def test_g1_killed_at_any_write_it_still_reminds_exactly_once(
    documents: SqliteDocuments, clock: FakeClock, lives: int, done: bool
) -> None:
    await named(documents, date(2026, 11, 27))
    await allowed(documents, clock, reminders=True)
    clock.advance(72 * HOUR)
    mortal: Any = FewWrites(documents, lives, done=done)
    with suppress(Dead):
        await lived(mortal, clock, 2)
    clock.advance(61)

    assert len(await lived(documents, clock, 24)) == 1


@settings(max_examples=15, deadline=None)
@given(
    zone=st.sampled_from(["Asia/Seoul", "America/New_York", "Pacific/Apia", "Europe/London"]),
    quiet=st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    ahead=st.integers(1, 3),
    kind=st.sampled_from(["deadline", "commitment"]),
)
async def test_g5_g6_a_reminder_never_comes_in_quiet_hours_or_after_its_day(
    tmp_path_factory: pytest.TempPathFactory,
    zone: str,
    quiet: tuple[int, int],
    ahead: int,
    kind: str,
) -> None:
    clock = FakeClock()
    began = clock.now()
    store = SqliteDocuments(tmp_path_factory.mktemp("r") / "ion.sqlite", COLLECTIONS)
    await store.open()
    try:
        there = ZoneInfo(zone)
        day = clock.now().astimezone(there).date() + timedelta(days=ahead)
        await named(store, day, zone, kind=kind)
        wishes = NotificationSettings(documents=store, clock=clock)
        await wishes.update("u1", reminders=True, quiet_from=quiet[0], quiet_to=quiet[1])
        told = await lived(store, clock, 24 * (ahead + 1))
        turns = await store.find(TURNS, "by_session", {"session_id": "s_1"})
    finally:
        await store.aclose()

    assert len(told) <= 1
    for each in turns:
        at = each.created_at.astimezone(there)
        assert each.created_at >= began + LEAD
        assert at.date() in (day - timedelta(days=1), day)
        assert not _quiet(at, *quiet)
        word = "Today" if at.date() == day else "Tomorrow"
        assert told[0].text.startswith(word)


def _quiet(at: datetime, begins: int, ends: int) -> bool:
    minute = at.hour * 60 + at.minute
    if begins <= ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends


async def test_what_is_written_is_told_as_a_reminder_of_use_for_two_hours(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session())
    opening = Opening(text="Tomorrow", persona="lua", language="en", kind="reminder")
    said = turn(1, messages=(), opening=opening, push="pending", push_at=clock.now())
    await documents.insert(TURNS, said)
    await Handover(documents=documents, outbox=an_outbox(documents, clock), clock=clock).run_once()

    [row] = await documents.find(OUTBOX, "by_user", {"user_id": "u1"})
    assert (row.kind, row.subject_id, row.text) == ("reminder", "t_1", "")
    assert row.useful_until - row.created_at == timedelta(hours=2)
