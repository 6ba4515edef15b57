"""What must hold in every week, by what phones were sent and what users had wanted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from push.kinds import KINDS
from tests.push.week.town import Sent
from tests.push.week.week import Week

__all__ = ["at_night", "broken", "too_often", "unsettled"]

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_AWAITED = timedelta(minutes=2)
_ENDS = ("sent", "cancelled")


def broken(week: Week) -> list[str]:
    """Return each promise that was not kept, in words."""
    return [*at_night(week), *too_often(week), *unsettled(week), *_late(week)]


def at_night(week: Week) -> Iterator[str]:
    """Nobody is rung in quiet hours, but for what they asked for themselves (G5, G6)."""
    for sent in week.carrier.sent:
        if sent.was_quiet and not _may_at_night(week, sent):
            yield f"{sent.user_id} was told of {sent.message.kind} at {sent.at} in quiet hours"


def too_often(week: Week) -> Iterator[str]:
    """The mentor writes first once a day and thrice a week, less to those who ignore it (G7)."""
    of_user: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for sent in week.carrier.sent:
        if KINDS[sent.message.kind].proactive:
            of_user[sent.user_id][sent.message.notification_id].append(sent.at)
    for user_id, told in of_user.items():
        times = sorted((min(each), max(each)) for each in told.values())
        wrote = week.people[user_id].wrote
        for place, (at, _) in enumerate(times):
            before = [last for _, last in times[:place]]
            ignored = _ignored([first for first, _ in times[:place]], wrote, at)
            most = 0 if ignored >= 4 else 1 if ignored >= 2 else 3
            lately = sum(each > at - _WEEK for each in before)
            if any(each > at - _DAY for each in before):
                yield f"{user_id} was written to twice in a day, at {at}"
            if lately >= most:
                yield f"{user_id} was written to {lately + 1} times in a week at {at}: {ignored}"


def unsettled(week: Week) -> Iterator[str]:
    """Every answer was told, or taken back (G1)."""
    told = {sent.message.notification_id for sent in week.carrier.sent}
    for row in week.rows.values():
        end = row
        while end.state == "collapsed":
            end = week.rows[end.reason]
        if row.kind == "reply_ready" and end.state not in _ENDS:
            yield f"{row.id} is {row.state}, {end.state}: {end.reason}"
        if row.open:
            yield f"{row.id} is still {row.state}"
        if row.state == "sent" and row.id not in told:
            yield f"{row.id} was sent to nobody"
        if row.state == "cancelled" and row.reason not in ("read", "muted", "capped"):
            yield f"{row.id} was cancelled: {row.reason}"


def _late(week: Week) -> Iterator[str]:
    """Nobody is told what they have read (G3)."""
    for sent in week.carrier.sent:
        if sent.was_read and not sent.message.clear:
            yield f"{sent.user_id} was told at {sent.at} what was read"


def _may_at_night(week: Week, sent: Sent) -> bool:
    message = sent.message
    awaited = sent.at - message.created_at < _AWAITED and week.people[sent.user_id].at_once
    return (
        message.clear
        or message.kind in ("reminder", "safety")
        or (message.kind == "reply_ready" and awaited)
    )


def _ignored(times: list[datetime], wrote: list[datetime], now: datetime) -> int:
    """Return how many in a row were not answered before the next one."""
    ignored = 0
    for at, until in zip(times, [*times[1:], now], strict=False):
        answered = any(at < each < until for each in wrote)
        ignored = 0 if answered else ignored + 1
    return ignored
