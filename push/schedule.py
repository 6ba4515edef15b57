"""The next time of a check-in, on the user's own clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from push.documents import CheckInDocument
from push.wall import earliest, zone_named

__all__ = ["Occurrence", "Plan", "next_occurrence", "plan_of"]

QUARTER = 15
CLEAR = timedelta(minutes=3)
SPREAD_S = 600


class Plan(Struct, frozen=True, kw_only=True):
    """When to write: on `days` (ISO weekdays, 1 Monday), or once on `date` (YYYY-MM-DD).

    At `minute` of the local day in `timezone`; not `exact` is some minutes after a quarter hour.
    """

    user_id: str
    timezone: str
    minute: int
    days: tuple[int, ...] = ()
    date: str = ""
    exact: bool = True


class Occurrence(Struct, frozen=True, kw_only=True):
    """A time to write, in UTC, and the local day that it is for: a day has at most one."""

    at: datetime
    date: str


def plan_of(check_in: CheckInDocument) -> Plan:
    """Return when a check-in is to be."""
    return Plan(
        user_id=check_in.user_id,
        timezone=check_in.timezone,
        minute=check_in.minute,
        days=check_in.days,
        date=check_in.date,
        exact=check_in.exact,
    )


def next_occurrence(plan: Plan, after: datetime, *, done: str = "") -> Occurrence | None:
    """Return the first occurrence later than `after`, for a local day later than `done`.

    None when there is none. A time in a gap is the gap's end, one in a fold is the first of the
    two; a day that a zone skips has none. A zone that nobody knows is UTC. Raises ValueError when
    `date` is no date.
    """
    zone = zone_named(plan.timezone) or UTC
    for day in _days(plan, after.astimezone(zone).date()):
        found = Occurrence(at=_at(plan, day), date=day.isoformat())
        exists = earliest(zone, day, 0).astimezone(zone).date() == day
        if exists and found.at > after and found.date > done:
            return found
    return None


def _days(plan: Plan, today: date) -> Iterator[date]:
    if not plan.days:
        yield date.fromisoformat(plan.date)
        return
    for offset in range(-1, 22):
        day = today + timedelta(days=offset)
        if day.isoweekday() in plan.days:
            yield day


def _at(plan: Plan, day: date) -> datetime:
    zone = zone_named(plan.timezone) or UTC
    if plan.exact:
        return earliest(zone, day, plan.minute)
    quarter = plan.minute // QUARTER * QUARTER
    share = int.from_bytes(sha256(plan.user_id.encode()).digest()[:8], "big") % SPREAD_S
    return earliest(zone, day, quarter) + CLEAR + timedelta(seconds=share)
