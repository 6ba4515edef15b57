"""When a mentor writes next, on clocks that are set and with people who travel."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from push.documents import CheckInDocument
from push.schedule import Occurrence, Plan, next_occurrence, plan_of
from tests.push.zones import ODD, around_changes

DAYS = st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days)))
MINUTES = st.integers(0, 240) | st.integers(0, 24 * 60 - 1)
USERS = st.text("abcdef0123456789", min_size=1, max_size=8).map("u_{}".format)
WORKDAYS = (1, 2, 3, 4, 5)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def following(plan: Plan, after: datetime, *, done: str = "") -> Occurrence:
    found = next_occurrence(plan, after, done=done)
    assert found is not None
    return found


@settings(max_examples=100)
@given(st.data(), DAYS, MINUTES)
def test_g5_each_day_of_a_schedule_has_one_time_on_its_own_clock(
    data: st.DataObject, days: tuple[int, ...], minute: int
) -> None:
    name = data.draw(st.sampled_from(ODD))
    plan = Plan(user_id="u", timezone=name, minute=minute, days=days)
    after = data.draw(around_changes(name))
    found = [following(plan, after)]
    for _ in range(8):
        # also when the clock is asked again in the second hour of a fold
        again = found[-1].at + timedelta(minutes=data.draw(st.integers(0, 90)))
        found.append(following(plan, again))
    dates = [date.fromisoformat(each.date) for each in found]
    for earlier, later in pairwise(dates):
        between = [earlier + timedelta(days=each) for each in range(1, (later - earlier).days)]
        assert later > earlier
        assert all(day.isoweekday() not in days for day in between)
    for each, day in zip(found, dates, strict=True):
        wall = each.at.astimezone(ZoneInfo(name)).replace(tzinfo=None)
        wanted = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
        before = (each.at - timedelta(seconds=1)).astimezone(ZoneInfo(name)).replace(tzinfo=None)
        assert wall == wanted or before < wanted < wall
        assert wall.fold == 0
        assert each.at > after
        assert day.isoweekday() in days


@settings(max_examples=100)
@given(st.data(), USERS, DAYS, MINUTES)
def test_b3_what_needs_no_minute_is_off_the_quarter_hours(
    data: st.DataObject, user_id: str, days: tuple[int, ...], minute: int
) -> None:
    name = data.draw(st.sampled_from(ODD))
    plan = Plan(user_id=user_id, timezone=name, minute=minute, days=days, exact=False)
    after = data.draw(around_changes(name))
    at = following(plan, after).at
    assert 3 <= at.minute % 15 <= 12
    assert 3 <= at.astimezone(ZoneInfo(name)).minute % 15 <= 12
    assert following(plan, after).at == at
    assert following(plan, at - timedelta(microseconds=1)).at == at


def test_b3_users_are_spread_over_the_minutes_between() -> None:
    plans = [
        Plan(user_id=f"u_{each}", timezone="Asia/Seoul", minute=540, days=WORKDAYS, exact=False)
        for each in range(500)
    ]
    times = [following(plan, utc("2026-11-29 12:00")).at for plan in plans]
    by_minute = [sum(at.minute == minute for at in times) for minute in range(3, 13)]
    assert sum(by_minute) == 500
    assert min(by_minute) > 20


def test_b3_a_minute_that_a_user_set_is_kept() -> None:
    plan = Plan(user_id="u", timezone="Asia/Seoul", minute=540, days=WORKDAYS)
    assert following(plan, utc("2026-11-29 12:00")).at == utc("2026-11-30 00:00")


@settings(max_examples=100)
@given(st.data(), DAYS, MINUTES, st.booleans())
def test_g5_whoever_travels_is_written_to_once_a_local_day(
    data: st.DataObject, days: tuple[int, ...], minute: int, exact: bool
) -> None:
    after, done = data.draw(around_changes("America/New_York")), ""
    for name in data.draw(st.lists(st.sampled_from(ODD), min_size=2, max_size=6)):
        plan = Plan(user_id="u", timezone=name, minute=minute, days=days, exact=exact)
        found = following(plan, after, done=done)
        assert found.at > after
        assert found.date > done
        after, done = found.at, found.date


@settings(max_examples=60)
@given(st.data(), MINUTES)
def test_a_promise_is_kept_once_on_its_day(data: st.DataObject, minute: int) -> None:
    name = data.draw(st.sampled_from(ODD))
    day = data.draw(around_changes(name)).date()
    plan = Plan(user_id="u", timezone=name, minute=minute, date=day.isoformat())
    found = following(plan, utc("2025-12-01 00:00"))
    assert found.date == day.isoformat()
    assert next_occurrence(plan, found.at) is None
    assert next_occurrence(plan, found.at - timedelta(hours=1), done=found.date) is None
    assume(minute < 23 * 60)
    assert abs((found.at.astimezone(ZoneInfo(name)).date() - day).days) == 0


@pytest.mark.parametrize(
    ("zone", "days", "minute", "after", "at", "day"),
    [
        # in a gap: its end
        ("Europe/Berlin", (7,), 150, "2026-03-28 12:00", "2026-03-29 01:00", "2026-03-29"),
        # in a fold: the first time, and not the second
        ("Europe/Berlin", (7,), 150, "2026-10-24 12:00", "2026-10-25 00:30", "2026-10-25"),
        ("Europe/Berlin", (7,), 150, "2026-10-25 00:30", "2026-11-01 01:30", "2026-11-01"),
        # Saturday's last hour is skipped in Greenland: at midnight, for Saturday
        ("America/Nuuk", (6,), 1410, "2026-03-28 12:00", "2026-03-29 01:00", "2026-03-28"),
        # Samoa had no 30 December 2011, a Friday
        ("Pacific/Apia", (5,), 540, "2011-12-29 12:00", "2012-01-05 19:00", "2012-01-06"),
        ("Nowhere", WORKDAYS, 540, "2026-11-28 12:00", "2026-11-30 09:00", "2026-11-30"),
    ],
)
def test_g5_gaps_folds_and_skipped_days(
    zone: str, days: tuple[int, ...], minute: int, after: str, at: str, day: str
) -> None:
    plan = Plan(user_id="u", timezone=zone, minute=minute, days=days)
    assert next_occurrence(plan, utc(after)) == Occurrence(at=utc(at), date=day)


def test_a_plan_is_read_from_what_is_kept() -> None:
    kept = CheckInDocument(
        id="c",
        user_id="u",
        session_id="s",
        persona="lua",
        timezone="Asia/Seoul",
        minute=540,
        created_at=utc("2026-11-29 12:00"),
        next_at=utc("2026-11-30 00:00"),
        due_at=utc("2026-11-30 00:00"),
        next_date="2026-11-30",
        days=WORKDAYS,
        exact=False,
    )
    assert plan_of(kept) == Plan(
        user_id="u", timezone="Asia/Seoul", minute=540, days=WORKDAYS, exact=False
    )


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        next_occurrence(
            Plan(user_id="u", timezone="UTC", minute=0, date="soon"), utc("2026-11-29 12:00")
        )
