"""Zones with odd clocks, and the times around which they change."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

__all__ = ["ODD", "around_changes", "changes"]

# negative summer time, half an hour, two hours, at midnight, before midnight, in Ramadan, none
ODD = (
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Beirut",
    "America/Nuuk",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Asia/Seoul",
)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Return the hours in two years before which a zone's clock is set."""
    zone = ZoneInfo(name)
    hours = [BEGIN + HOUR * hour for hour in range(2 * 365 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return tuple(hours[at] for at in range(1, len(hours)) if offsets[at] != offsets[at - 1]) or (
        BEGIN,
    )


def around_changes(name: str) -> st.SearchStrategy[datetime]:
    """Return times within two days of when a zone's clock is set, by the second."""
    return st.builds(
        lambda change, seconds: change + timedelta(seconds=seconds),
        st.sampled_from(changes(name)),
        st.integers(-2 * 86_400, 2 * 86_400),
    )
