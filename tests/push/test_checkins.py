"""When mentors write first: agreed on once, each day at most once, only the next one known."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from push.checkins import MOST, CheckIns
from push.documents import CHECK_INS, CheckInDocument
from push.schedule import Plan
from sessions.errors import BadRequest, NotFound
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock

# the clock stands on Monday 2026-11-23, 9:00 UTC
WEEKDAYS = Plan(user_id="u1", timezone="Asia/Seoul", minute=9 * 60, days=(1, 2, 3, 4, 5))
PROMISE = Plan(user_id="u1", timezone="UTC", minute=18 * 60, date="2026-11-24", exact=False)


@pytest.fixture
def check_ins(documents: SqliteDocuments, clock: FakeClock) -> CheckIns:
    return CheckIns(documents=documents, clock=clock)


async def test_only_the_next_time_is_worked_out(check_ins: CheckIns, clock: FakeClock) -> None:
    made = await check_ins.create(WEEKDAYS, session_id="s_1")
    days = []
    for _ in range(6):
        [known] = await check_ins.of_user("u1")
        clock.advance((known.next_at - clock.now()).total_seconds() - 1)
        assert not await check_ins.claim()
        clock.advance(1)
        [due] = await check_ins.claim()
        assert not await check_ins.claim()
        days.append(due.next_date)
        await check_ins.written(due)

    assert made.next_at == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert [day[-2:] for day in days] == ["24", "25", "26", "27", "30", "01"]


async def test_what_is_agreed_on_twice_is_one_and_there_is_an_end_to_it(
    check_ins: CheckIns,
) -> None:
    await asyncio.gather(*(check_ins.create(WEEKDAYS, session_id="s_1") for _ in range(5)))
    assert len(await check_ins.of_user("u1")) == 1
    for number in range(1, MOST):
        await check_ins.create(WEEKDAYS, session_id="s_1", about=f"{number}")
    with pytest.raises(BadRequest):
        await check_ins.create(WEEKDAYS, session_id="s_1", about="one more")


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Nowhere/There"},
        {"days": ()},
        {"date": "2026-11-24"},
        {"days": (), "date": "2026-02-30"},
        {"days": (), "date": "2026-11-23"},
        {"days": (), "date": "2028-01-01"},
    ],
)
async def test_a_time_that_never_comes_is_refused(
    check_ins: CheckIns, wrong: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest):
        await check_ins.create(structs.replace(WEEKDAYS, **wrong), session_id="s_1")


async def test_b3_what_the_user_did_not_set_to_the_minute_keeps_off_the_quarters(
    check_ins: CheckIns,
) -> None:
    for number in range(50):
        plan = structs.replace(PROMISE, user_id=f"u{number}")
        made = await check_ins.create(plan, session_id="s_1", fact_id="f_1")
        seconds = made.next_at.minute % 15 * 60 + made.next_at.second
        assert 120 < seconds < 780
        assert made.next_at.hour == 18
    exact = await check_ins.create(structs.replace(PROMISE, exact=True), session_id="s_1")
    assert exact.next_at == datetime(2026, 11, 24, 18, tzinfo=UTC)


async def test_one_that_was_ended_comes_no_more(
    check_ins: CheckIns, documents: SqliteDocuments, clock: FakeClock
) -> None:
    schedule = await check_ins.create(WEEKDAYS, session_id="s_1")
    promise = await check_ins.create(PROMISE, session_id="s_1", fact_id="f_1")
    with pytest.raises(NotFound):
        await check_ins.remove("u2", schedule.id)
    for each in (schedule, promise):
        await check_ins.remove("u1", each.id)
        with pytest.raises(NotFound):
            await check_ins.remove("u1", each.id)
    clock.advance(24 * 3600)
    assert not await check_ins.claim()
    assert not await check_ins.of_user("u1")
    # the promise is still there, and the user wanted none of it
    again = await check_ins.create(PROMISE, session_id="s_1", fact_id="f_1")
    assert not again.active
    await documents.sweep(clock.now() + timedelta(days=5))
    assert await documents.get(CHECK_INS, promise.id) is None


async def test_one_that_was_removed_while_it_was_written_stays_away(
    check_ins: CheckIns, documents: SqliteDocuments, clock: FakeClock
) -> None:
    for plan, fact_id in ((WEEKDAYS, ""), (PROMISE, "f_1")):
        made = await check_ins.create(plan, session_id="s_1", fact_id=fact_id)
        clock.advance((made.next_at - clock.now()).total_seconds())
        [due] = await check_ins.claim()
        await check_ins.remove("u1", made.id)
        await check_ins.written(due)
        stored = await documents.get(CHECK_INS, made.id)
        assert stored is None or not stored.active


@settings(max_examples=25)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Seoul"]
    ),
    minute=st.integers(0, 24 * 60 - 1),
    days=st.sets(st.integers(1, 7), min_size=1),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - UTC below
    steps=st.lists(st.integers(-86_400, 3 * 86_400), min_size=1, max_size=20),
)
def test_g11_a_day_comes_once_however_the_clock_jumps(
    zone: str, minute: int, days: set[int], start: datetime, steps: list[int]
) -> None:
    asyncio.run(_a_day_comes_once(zone, minute, days, start.replace(tzinfo=UTC), steps))


async def _a_day_comes_once(
    zone: str, minute: int, days: set[int], start: datetime, steps: list[int]
) -> None:
    clock = FakeClock(start)
    check_ins = CheckIns(documents=_OneDocument(), clock=clock)  # type: ignore[arg-type]
    plan = Plan(user_id="u1", timezone=zone, minute=minute, days=tuple(sorted(days)))
    await check_ins.create(plan, session_id="s_1")
    seen = []
    for step in steps:
        clock.advance(step)
        while due := await check_ins.claim():
            assert due[0].next_at <= clock.now()
            seen.append(due[0].next_date)
            await check_ins.written(due[0])
    assert seen == sorted(set(seen))


class _OneDocument:
    """Documents of one check-in, in memory."""

    def __init__(self) -> None:
        self.stored: CheckInDocument | None = None

    async def get(self, _collection: object, _id: str) -> CheckInDocument | None:
        return self.stored

    async def insert(self, _collection: object, document: CheckInDocument) -> None:
        self.stored = document

    async def replace(self, _collection: object, document: CheckInDocument) -> CheckInDocument:
        self.stored = structs.replace(document, version=document.version + 1)
        return self.stored

    async def find(
        self, _collection: object, _index: str, _equals: object, *, bounds: Any = None, **_: Any
    ) -> list[CheckInDocument]:
        due = self.stored is not None and (bounds is None or self.stored.due_at <= bounds.lte)
        return [self.stored] if due and self.stored is not None else []

    async def claim(
        self, _collection: object, *_: object, until: datetime, **__: object
    ) -> list[CheckInDocument]:
        assert self.stored is not None
        return [await self.replace(None, structs.replace(self.stored, due_at=until))]
