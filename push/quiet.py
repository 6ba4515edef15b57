"""Quiet hours: when a phone may be rung again, on the user's own clock."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from heapq import merge
from zoneinfo import ZoneInfo

from push.documents import PushSettings
from push.kinds import KINDS, Kind
from push.wall import earliest, latest, zone_named

__all__ = ["may_go_at", "released_at"]

SECOND = timedelta(seconds=1)
WAITING = timedelta(minutes=2)
# whose zone nobody knows is rung only while it is day wherever their language is mostly spoken
SPOKEN = {"ko": ("Asia/Seoul",), "": ("America/Los_Angeles", "Europe/London")}


def may_go_at(
    kind: Kind,
    now: datetime,
    settings: PushSettings,
    zone: str,
    *,
    since: datetime,
    useful_until: datetime,
    locale: str = "",
) -> datetime | None:
    """Return when a notification may be sent: `now`, the end of quiet hours, or None for never.

    None when it will be of no use by then. Reminders and safety never wait, nor does a reply
    that the user waits for: one whose reason came (`since`) less than 2 minutes ago (G6); one from
    a clock that is hours ahead is none. To be asked again at send time: settings and zones change.
    """
    awaited = kind == "reply_ready" and settings.replies_at_once and abs(now - since) < WAITING
    at = now
    if KINDS[kind].deferrable and not awaited:
        at = released_at(now, settings, zone, locale=locale)
    return at if at < useful_until else None


def released_at(now: datetime, settings: PushSettings, zone: str, *, locale: str = "") -> datetime:
    """Return the first time from `now` on that is not in a user's quiet hours, in UTC.

    The clock is that of the settings' zone, else that of `zone` (the device last seen), else of
    all zones where `locale` is mostly spoken. Over a fold quiet hours begin and end once, at the
    longest; a bound in a gap is the gap's end.
    """
    zones = _zones(settings.timezone, zone, locale)
    at = now
    for begins, ends in merge(*(_nights(now, settings, each) for each in zones)):
        if begins > at:
            break
        at = max(at, ends)
    return at


def _zones(chosen: str, seen: str, locale: str) -> tuple[ZoneInfo, ...]:
    known = zone_named(chosen) or zone_named(seen)
    if known is not None:
        return (known,)
    names = SPOKEN.get(locale[:2].lower(), SPOKEN[""])
    return tuple(ZoneInfo(name) for name in names)


def _nights(
    now: datetime, settings: PushSettings, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the quiet hours around `now` and those of the days after it, in their order."""
    begins, ends = settings.quiet_from, settings.quiet_to
    if begins == ends:
        return
    wraps = timedelta(days=1 if ends < begins else 0)
    today = now.astimezone(zone).date()
    for offset in range(-2, 4):
        day = today + timedelta(days=offset)
        yield earliest(zone, day, begins), _end(zone, day + wraps, ends)


def _end(zone: tzinfo, day: date, minute: int) -> datetime:
    """Return when the clock last comes to a minute, not when it is set back to it."""
    last = latest(zone, day, minute)
    before = (last - SECOND).astimezone(zone)
    set_back = (before.date(), before.hour * 60 + before.minute) >= (day, minute)
    return earliest(zone, day, minute) if set_back else last
