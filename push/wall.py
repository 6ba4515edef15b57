"""Instants of a wall clock in an IANA zone: none in a gap, two in a fold."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["DAY_MINUTES", "earliest", "latest", "zone_named"]

DAY_MINUTES = 24 * 60
NOT_PLACES = frozenset(["Factory", "localtime", "posixrules"])
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone that a device names, None when there is no such zone."""
    try:
        return ZoneInfo(name) if name and name not in NOT_PLACES else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def earliest(zone: tzinfo, day: date, minute: int) -> datetime:
    """Return in UTC when a wall clock first shows a minute (0 to 1440) of a day.

    Where it is skipped, the next time that the clock does show.
    """
    wall = _wall(day, minute)
    before, after = (_utc(wall, zone, fold=fold) for fold in (0, 1))
    return before if before <= after else _end_of_gap(zone, after, before)


def latest(zone: tzinfo, day: date, minute: int) -> datetime:
    """Return in UTC when a wall clock last shows a minute of a day, else as `earliest`."""
    wall = _wall(day, minute)
    before, after = (_utc(wall, zone, fold=fold) for fold in (0, 1))
    return after if before <= after else _end_of_gap(zone, after, before)


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _utc(wall: datetime, zone: tzinfo, *, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _end_of_gap(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    """Return the instant in (low, high] from which the offset is the one at `high`."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
