"""When a request that failed is made again, and when it is given up (A9 to A18)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random
from typing import Literal, TypeAlias

from msgspec import Struct

from push.outcomes import Ambiguous, Configuration, Permanent, Temporary

__all__ = ["MOST_AMBIGUOUS", "MOST_ATTEMPTS", "Failure", "GiveUp", "retry_after", "retry_at"]

Failure: TypeAlias = Permanent | Temporary | Ambiguous | Configuration

FIRST = timedelta(seconds=10)
FIRST_OF_QUOTA = timedelta(seconds=60)
LONGEST = timedelta(minutes=10)
HORIZON = timedelta(minutes=60)
FARTHEST = timedelta(days=28)
MOST_ATTEMPTS = 10
MOST_AMBIGUOUS = 2
JITTER = 0.25


class GiveUp(Struct, frozen=True, kw_only=True):
    """No request is made any more.

    `permanent`: it would fail again. `ambiguous`: it may have been shown. `useless`: it would come
    too late. `failing`: it failed for an hour, or too often.
    """

    why: Literal["permanent", "ambiguous", "useless", "failing"]


def retry_at(
    failure: Failure,
    now: datetime,
    random: Random,
    *,
    attempts: int,
    first_at: datetime,
    useful_until: datetime,
    unanswered: int = 0,
    most_unanswered: int = MOST_AMBIGUOUS,
) -> datetime | GiveUp:
    """Return when to make the next request of a delivery, or why not to.

    `attempts` are the requests so far (1 or more) since `first_at`, `unanswered` those of them
    with an ambiguous end, of which there may be `most_unanswered`. Our own mistakes (Configuration)
    wait until the notification is of no use; all else at most 60 minutes.
    """
    if isinstance(failure, Permanent):
        return GiveUp(why="permanent")
    if isinstance(failure, Ambiguous) and unanswered >= most_unanswered:
        return GiveUp(why="ambiguous")
    wait = _wait(failure, attempts)
    at = now + wait + wait * (JITTER * random.random())
    if at >= useful_until:
        return GiveUp(why="useless")
    ours = isinstance(failure, Configuration)
    if not ours and (at > first_at + HORIZON or attempts >= MOST_ATTEMPTS):
        return GiveUp(why="failing")
    return at


def _wait(failure: Temporary | Ambiguous | Configuration, attempts: int) -> timedelta:
    told = failure.retry_after if isinstance(failure, Temporary) else None
    if told is not None:
        return max(told, FIRST)
    slow = isinstance(failure, Configuration) or (isinstance(failure, Temporary) and failure.quota)
    first = FIRST_OF_QUOTA if slow else FIRST
    return min(first * (1 << min(attempts - 1, 16)), LONGEST)


def retry_after(header: str, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for: seconds or an HTTP date, None when neither."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), int(FARTHEST.total_seconds())))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), FARTHEST)
