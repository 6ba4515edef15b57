"""Instants of wall clocks, beside a search through all minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.wall import earliest, latest, zone_named
from tests.push.zones import ODD, around_changes

MINUTE = timedelta(minutes=1)


def searched(zone: ZoneInfo, day: date, minute: int) -> tuple[datetime, datetime]:
    wanted = datetime.combine(day, datetime.min.time()) + MINUTE * minute
    start = wanted.replace(tzinfo=UTC) - timedelta(hours=16)
    minutes = [start + MINUTE * each for each in range(32 * 60)]
    walls = [each.astimezone(zone).replace(tzinfo=None, fold=0) for each in minutes]
    shown = [at for at, wall in zip(minutes, walls, strict=True) if wall == wanted]
    if shown:
        return shown[0], shown[-1]
    later = next(at for at, wall in zip(minutes, walls, strict=True) if wall > wanted)
    return later, later


@settings(max_examples=40)
@given(st.data())
def test_g5_a_gap_gives_the_next_valid_time_and_a_fold_two(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(ODD))
    zone = ZoneInfo(name)
    day = data.draw(around_changes(name)).astimezone(zone).date()
    minute = data.draw(st.one_of(st.integers(0, 4 * 60), st.integers(0, 24 * 60 - 1)))
    assert (earliest(zone, day, minute), latest(zone, day, minute)) == searched(zone, day, minute)


def test_g5_a_day_that_a_zone_skips_is_the_end_of_the_gap() -> None:
    apia = ZoneInfo("Pacific/Apia")
    skipped = date(2011, 12, 30)
    assert earliest(apia, skipped, 600) == latest(apia, skipped, 60)
    assert earliest(apia, skipped, 600).astimezone(apia) == datetime(2011, 12, 31, tzinfo=apia)


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, "Factory", "Asia"],
)
def test_g5_what_is_no_place_is_no_zone(name: str) -> None:
    assert zone_named(name) is None


@given(st.text(max_size=40))
def test_g5_no_name_of_a_zone_does_harm(name: str) -> None:
    found = zone_named(name)
    assert found is None or found.key == name
