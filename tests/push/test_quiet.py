"""Quiet hours on the clocks of zones that are set, by people who travel."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.documents import PushSettings
from push.kinds import KINDS, Kind
from push.quiet import may_go_at, released_at
from tests.push.zones import ODD, around_changes, changes

SECOND = timedelta(seconds=1)
MINUTES = st.integers(0, 24 * 60 - 1)
SETTINGS = st.builds(
    PushSettings,
    id=st.just("u"),
    quiet_from=MINUTES | st.integers(0, 240) | st.just(22 * 60),
    quiet_to=MINUTES | st.integers(0, 240) | st.just(8 * 60),
)
NIGHT = PushSettings(id="u")


def is_quiet(at: datetime, chosen: PushSettings, zone: str) -> bool:
    """Tell by the wall clock alone."""
    wall = at.astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    if chosen.quiet_from <= chosen.quiet_to:
        return chosen.quiet_from <= minute < chosen.quiet_to
    return minute >= chosen.quiet_from or minute < chosen.quiet_to


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@settings(max_examples=100)
@given(st.data(), SETTINGS)
def test_g5_nobody_is_rung_in_quiet_hours_nor_later_than_their_end(
    data: st.DataObject, chosen: PushSettings
) -> None:
    zone = data.draw(st.sampled_from(ODD))
    now = data.draw(around_changes(zone))
    at = released_at(now, chosen, zone)
    assert at >= now
    assert not is_quiet(at, chosen, zone)
    assert at == now or is_quiet(at - SECOND, chosen, zone)
    assert released_at(at, chosen, zone) == at


@settings(max_examples=100)
@given(st.data(), SETTINGS)
def test_g5_over_a_fold_quiet_hours_end_once(data: st.DataObject, chosen: PushSettings) -> None:
    zone = data.draw(st.sampled_from(ODD))
    start = data.draw(st.sampled_from(changes(zone))) - timedelta(hours=3)
    asked = [start + timedelta(minutes=each) for each in range(0, 6 * 60, 10)]
    ends = sorted({released_at(at, chosen, zone) for at in asked} - set(asked))
    assert all(later - earlier > timedelta(hours=20) for earlier, later in pairwise(ends))


@settings(max_examples=100)
@given(st.data(), SETTINGS)
def test_g5_whoever_travels_is_rung_by_the_clock_of_where_they_are(
    data: st.DataObject, chosen: PushSettings
) -> None:
    at = data.draw(around_changes("America/New_York"))
    for zone in data.draw(st.lists(st.sampled_from(ODD), min_size=1, max_size=4)):
        released = released_at(at, chosen, zone)
        if released == at:
            assert not is_quiet(at, chosen, zone)
        at = released
    assert not is_quiet(at, chosen, zone)


@pytest.mark.parametrize(
    ("now", "zone", "released"),
    [
        ("2026-11-30 12:00", "Europe/Berlin", "2026-11-30 12:00"),
        ("2026-11-30 20:59", "Europe/Berlin", "2026-11-30 20:59"),
        ("2026-11-30 21:00", "Europe/Berlin", "2026-12-01 07:00"),
        ("2026-12-01 06:59", "Europe/Berlin", "2026-12-01 07:00"),
        ("2026-12-01 07:00", "Europe/Berlin", "2026-12-01 07:00"),
        ("2026-03-28 22:00", "Europe/Berlin", "2026-03-29 06:00"),
        ("2026-10-24 21:00", "Europe/Berlin", "2026-10-25 07:00"),
        ("2026-11-30 14:00", "Asia/Seoul", "2026-11-30 23:00"),
    ],
)
def test_g5_quiet_hours_wrap_past_midnight_in_every_zone(
    now: str, zone: str, released: str
) -> None:
    assert released_at(utc(now), NIGHT, zone) == utc(released)


def test_g5_a_bound_in_a_gap_is_its_end_and_in_a_fold_the_longest_night() -> None:
    until_half_past_two = PushSettings(id="u", quiet_from=23 * 60, quiet_to=2 * 60 + 30)
    spring = released_at(utc("2026-03-29 00:30"), until_half_past_two, "Europe/Berlin")
    autumn = released_at(utc("2026-10-25 00:45"), until_half_past_two, "Europe/Berlin")
    assert spring == utc("2026-03-29 01:00")
    assert autumn == utc("2026-10-25 01:30")


def test_g5_quiet_hours_that_begin_in_a_fold_begin_at_the_first_time() -> None:
    from_half_past_one = PushSettings(id="u", quiet_from=90, quiet_to=8 * 60)
    at = utc("2026-11-01 05:30")
    assert released_at(at - SECOND, from_half_past_one, "America/New_York") == at - SECOND
    assert released_at(at, from_half_past_one, "America/New_York") == utc("2026-11-01 13:00")


def test_g5_quiet_hours_that_end_when_the_clock_is_set_back_end_at_the_first_time() -> None:
    until_midnight = PushSettings(id="u", quiet_from=22 * 60, quiet_to=0)
    at = utc("2026-11-01 04:00")
    assert released_at(at - SECOND, until_midnight, "America/Havana") == at
    assert released_at(at, until_midnight, "America/Havana") == at


def test_g5_equal_bounds_are_no_quiet_hours() -> None:
    never = PushSettings(id="u", quiet_from=60, quiet_to=60)
    assert released_at(utc("2026-11-30 01:00"), never, "UTC") == utc("2026-11-30 01:00")


def test_g5_the_zone_that_was_set_goes_before_the_one_of_the_device() -> None:
    chosen = PushSettings(id="u", timezone="Asia/Seoul")
    gone = PushSettings(id="u", timezone="Mars/Olympus")
    noon = utc("2026-11-30 12:00")
    assert released_at(noon, chosen, "Europe/Berlin") == noon
    assert released_at(noon + timedelta(hours=1), chosen, "Europe/Berlin") == utc(
        "2026-11-30 23:00"
    )
    assert released_at(noon, gone, "Europe/Berlin") == noon


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
@settings(max_examples=50)
@given(hours=st.floats(0, 365 * 24))
def test_g5_without_a_zone_it_is_day_wherever_the_language_is_spoken(
    zone: str, hours: float
) -> None:
    now = utc("2026-01-01 00:00") + timedelta(hours=hours)
    at = released_at(now, NIGHT, zone, locale="en-GB")
    assert not any(is_quiet(at, NIGHT, each) for each in ("America/New_York", "Europe/London"))
    assert not is_quiet(released_at(now, NIGHT, zone, locale="KO_kr"), NIGHT, "Asia/Seoul")
    assert at - now < timedelta(days=1)


def test_g5_without_a_zone_and_an_hour_that_suits_all_it_is_days_later() -> None:
    long_nights = PushSettings(id="u", quiet_from=12 * 60, quiet_to=11 * 60)
    now = utc("2026-11-30 12:00")
    assert released_at(now, long_nights, "") - now > timedelta(days=1)


@pytest.mark.parametrize("kind", KINDS)
def test_g6_only_reminders_and_safety_ring_at_night(kind: Kind) -> None:
    now = utc("2026-11-30 02:00")
    at = may_go_at(
        kind,
        now,
        NIGHT,
        "Europe/Berlin",
        since=now - timedelta(hours=1),
        useful_until=now + timedelta(hours=12),
    )
    assert at == (now if kind in ("reminder", "safety") else utc("2026-11-30 07:00"))


@pytest.mark.parametrize(
    ("kind", "waited_s", "at_once", "rings"),
    [
        ("reply_ready", 119, True, True),
        ("reply_ready", 120, True, False),
        ("reply_ready", -5, True, True),
        # its clock was hours ahead
        ("reply_ready", -18_000, True, False),
        ("reply_ready", 5, False, False),
        ("nudge", 0, True, False),
    ],
)
def test_g6_a_reply_that_is_waited_for_rings_at_night(
    kind: Kind, waited_s: int, at_once: bool, rings: bool
) -> None:
    now = utc("2026-11-30 02:00")
    at = may_go_at(
        kind,
        now,
        PushSettings(id="u", replies_at_once=at_once),
        "Europe/Berlin",
        since=now - timedelta(seconds=waited_s),
        useful_until=now + timedelta(hours=12),
    )
    assert (at == now) is rings


def test_g6_a_nudge_that_is_stale_when_quiet_hours_end_never_goes() -> None:
    now = utc("2026-11-30 00:30")
    at = may_go_at(
        "nudge", now, NIGHT, "Europe/Berlin", since=now, useful_until=now + KINDS["nudge"].ttl
    )
    assert at is None
