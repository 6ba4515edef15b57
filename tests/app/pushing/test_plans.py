"""What mentors are going to write is told before it comes, and can be called off."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from app.pushing.plans import Planned, Plans
from app.pushing.promises import Promises
from app.stores import COLLECTIONS
from push.checkins import MOST, CheckIns
from push.devices import Devices
from push.documents import CHECK_INS
from push.schedule import Plan
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, TurnDocument
from sessions.errors import NotFound
from sessions.memory.dates import as_due
from sessions.memory.documents import FACTS
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.desk import allowed, moments
from tests.app.pushing.test_reminders import HOUR, facts, lived, named, reminders
from tests.clocks import FakeClock
from tests.sessions.memory.made import fact
from tests.sessions.turns import answer, turn

SEOUL = ZoneInfo("Asia/Seoul")


def plans(documents: Documents, clock: FakeClock) -> Plans:
    check_ins = CheckIns(documents=documents, clock=clock)
    return Plans(
        check_ins=check_ins,
        moments=moments(documents, clock),
        reminders=reminders(documents, clock),
        promises=Promises(
            documents=documents,
            check_ins=check_ins,
            settings=NotificationSettings(documents=documents, clock=clock),
            devices=Devices(documents=documents, clock=clock),
            clock=clock,
        ),
        facts=facts(documents, clock),
        documents=documents,
        clock=clock,
    )


def told(found: list[Planned]) -> list[tuple[str, str, str]]:
    """Return what is planned: the kind, when it is in Seoul, and what it is about."""
    return [
        (each.check_in.kind, f"{each.at.astimezone(SEOUL):%a %H}", each.about) for each in found
    ]


async def agreed(documents: Documents, clock: FakeClock) -> None:
    """Have u1 agree on weekdays at nine, and be promised something for Thursday."""
    plan = Plan(user_id="u1", timezone="Asia/Seoul", minute=540, days=(1, 2, 3, 4, 5))
    check_ins = CheckIns(documents=documents, clock=clock)
    await check_ins.create(plan, session_id="s_1", about="the essay")
    await documents.insert(
        FACTS,
        fact(
            "p",
            user_id="u1",
            kind="promise",
            text="I will ask how it went. (2026-11-26)",
            slot="",
            due=as_due(date(2026, 11, 26), "Asia/Seoul"),
        ),
    )


async def test_all_that_is_to_come_is_told_days_before_it_is_made_the_next_first(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await named(documents, date(2026, 12, 4), text="The essay is due on Friday.")
    await agreed(documents, clock)
    before = await plans(documents, clock).of_user("u1")
    await allowed(documents, clock, reminders=True, check_ins=True)

    assert before == []
    found = await plans(documents, clock).of_user("u1")
    assert told(found) == [
        ("check_in", "Tue 09", "the essay"),
        ("check_in", "Thu 18", "I will ask how it went. (Thursday, November 26)"),
        ("reminder", "Thu 18", "The essay is due on Friday."),
    ]
    assert found[1].words == "I will ask how it went."
    assert found[2].at.date() == date(2026, 12, 3)
    assert await plans(documents, clock).of_user("u2") == []
    # only the check-in that was agreed on is stored
    assert len(await documents.find(CHECK_INS, "by_user", {"user_id": "u1"})) == 1


@pytest.mark.parametrize("ahead", [60, 100])
async def test_what_is_called_off_never_comes_whether_it_was_made_or_not(
    documents: SqliteDocuments, clock: FakeClock, ahead: int
) -> None:
    await named(documents, date(2026, 11, 29))
    await agreed(documents, clock)
    await allowed(documents, clock, reminders=True, check_ins=True)
    await lived(documents, clock, ahead)
    mine = plans(documents, clock)
    before = await mine.of_user("u1")
    for each in before:
        with pytest.raises(NotFound):
            await mine.cancel("u2", each.check_in.id)
        await mine.cancel("u1", each.check_in.id)
        with pytest.raises(NotFound):
            await mine.cancel("u1", each.check_in.id)
    written = await documents.find(TURNS, "by_session", {"session_id": "s_1"})
    after = await lived(documents, clock, 24 * 8)

    assert [each.check_in.kind for each in before].count("reminder") == 1
    assert await mine.of_user("u1") == []
    assert len(after) == len(written)
    # the day itself is still remembered, and on another one it is planned again
    await facts(documents, clock).edit("u1", "f_d", "The essay is due on 2026-12-20")
    assert [each.about for each in await mine.of_user("u1")] == ["The essay is due on 2026-12-20"]


async def test_no_more_is_told_than_can_be_made_of_a_kind_and_the_next_of_it(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    await named(documents, date(2027, 1, 30))
    await allowed(documents, clock, reminders=True, check_ins=True)
    for number in range(MOST):
        due = as_due(date(2027, 1, 28 - number), "Asia/Seoul")
        said = fact(f"d{number}", user_id="u1", kind="deadline", slot="", due=due)
        await documents.insert(FACTS, said)
    mine = plans(documents, clock)
    found = await mine.of_user("u1")
    assert len(found) == MOST
    assert "f_d" not in [each.check_in.fact_id for each in found]
    # another kind has room of its own
    await agreed(documents, clock)
    assert len(await mine.of_user("u1")) == MOST + 2


@pytest.mark.parametrize("change", ["deleted", "hidden", "no consent", "risk", "private"])
async def test_what_would_not_come_is_not_planned(
    documents: SqliteDocuments, clock: FakeClock, change: str
) -> None:
    said = await named(documents, date(2026, 11, 27))
    await allowed(documents, clock, reminders=True)
    await lived(documents, clock, 72)
    mine = plans(documents, clock)
    assert len(await mine.of_user("u1")) == 1
    if change == "deleted":
        await facts(documents, clock).delete("u1", said.id)
    elif change == "hidden":
        await facts(documents, clock).share("u1", said.id, "user")
    elif change == "no consent":
        await allowed(documents, clock, reminders=False)
    elif change == "risk":
        hurt = structs.replace(answer(), finish_reason="safety")
        await documents.insert(TURNS, turn(1, answer=hurt))
    else:
        found = await documents.get(SESSIONS, "s_1")
        assert found is not None
        await documents.replace(SESSIONS, structs.replace(found, private=True))

    assert await mine.of_user("u1") == []


@settings(max_examples=10, deadline=None)
@given(
    zone=st.sampled_from(["Asia/Seoul", "America/New_York", "Pacific/Apia", "Europe/London"]),
    # as is looked every half an hour, the day is longer than that
    quiet=st.tuples(st.integers(0, 1439), st.integers(0, 22 * 60)),
    ahead=st.integers(0, 3),
    kind=st.sampled_from(["deadline", "commitment"]),
)
async def test_g5_what_is_planned_comes_at_the_time_that_was_told_and_nothing_else_does(
    tmp_path_factory: pytest.TempPathFactory,
    zone: str,
    quiet: tuple[int, int],
    ahead: int,
    kind: str,
) -> None:
    clock = FakeClock()
    store = SqliteDocuments(tmp_path_factory.mktemp("p") / "ion.sqlite", COLLECTIONS)
    await store.open()
    try:
        day = clock.now().astimezone(ZoneInfo(zone)).date() + timedelta(days=ahead)
        await named(store, day, zone, kind=kind)
        wishes = NotificationSettings(documents=store, clock=clock)
        ends = sum(quiet) % 1440
        await wishes.update("u1", reminders=True, quiet_from=quiet[0], quiet_to=ends)
        mine: Any = plans(store, clock)
        promised = [each.at for each in await mine.of_user("u1")]
        # a night, or another day, that begins before it is looked again changes what was told
        soon = [_minutes_to(minute, each, zone) for minute in (quiet[0], 0) for each in promised]
        assume(all(minutes >= 30 for minutes in soon))
        said: list[datetime] = []
        written: list[TurnDocument] = []
        for _ in range(48 * (ahead + 1)):
            if not written:
                said += [each.at for each in await mine.of_user("u1")]
            await lived(store, clock, 0.5)
            written = await store.find(TURNS, "by_session", {"session_id": "s_1"})
    finally:
        await store.aclose()

    assert set(said) == set(promised)
    assert len(written) == len(promised) <= 1
    for at, each in zip(promised, written, strict=True):
        assert at <= each.created_at < at + timedelta(seconds=HOUR / 2)


def _minutes_to(minute: int, at: datetime, zone: str) -> int:
    """Return how long after `at` it is `minute` minutes past midnight in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return (minute - 60 * local.hour - local.minute - 1) % 1440
