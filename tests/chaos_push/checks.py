"""What was promised of killed workers (G2), checked by what the service saw and the outbox says."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from tests.chaos_push.run import Outcome

__all__ = ["Recovery", "broken", "extra", "in_flight", "lost", "recoveries"]


class Recovery(Struct, frozen=True):
    """How long after a kill a request was made again.

    `watched_s` is since the first worker was there that lived through lease and poll.
    """

    after_s: float
    watched_s: float


def broken(outcome: Outcome) -> list[str]:
    """Return each promise that was not kept, in words."""
    return [*outcome.faults, *lost(outcome), *_extra(outcome), *_slow(outcome)]


def lost(outcome: Outcome) -> Iterator[str]:
    """Every notification comes to every phone of its user."""
    for row_id, device_ids in outcome.wanted.items():
        for device_id in device_ids:
            if (row_id, device_id) not in outcome.asked:
                yield f"{row_id} did not come to {device_id}"
    for row in outcome.rows:
        if row.state != "sent":
            yield f"{row.id} is {row.state}: {row.reason}"
    if missing := outcome.wanted.keys() - {row.id for row in outcome.rows}:
        yield f"{len(missing)} rows are gone"


def extra(outcome: Outcome) -> dict[tuple[str, str], int]:
    """Return the requests beyond the first, by notification and device."""
    return {pair: len(times) - 1 for pair, times in outcome.asked.items() if len(times) > 1}


def in_flight(outcome: Outcome) -> set[tuple[str, str]]:
    """Return notifications and devices whose request was on its way when a worker was killed."""
    return set().union(*(kill.sending for kill in outcome.kills))


def recoveries(outcome: Outcome) -> list[Recovery]:
    """Return the requests that were lost with a worker and begun again, in no order.

    Each counts from the first kill after it was begun. Whoever begins it again may be killed too
    before the service sees it: then that is another, which counts from there.
    """
    found: list[Recovery] = []
    for pair, times in outcome.asked.items():
        killed_at: dict[datetime, datetime] = {}
        for kill in outcome.kills:
            if pair in kill.sending:
                killed_at.setdefault(kill.sending[pair], kill.at)
        for begun_at, at in killed_at.items():
            again = [each for each in killed_at if each > begun_at]
            again += [each for each in times if each > at]
            if again:
                found.append(_recovery(outcome, at, min(again)))
    return found


def _recovery(outcome: Outcome, killed_at: datetime, at: datetime) -> Recovery:
    """Return how long it took; a worker that is killed before a lease is over sees none end."""
    patience = timedelta(seconds=outcome.plan.lease_s + outcome.plan.poll_s)
    watched = [
        since
        for life in outcome.lives
        if (since := max(life.begin, killed_at)) + patience <= life.end
    ]
    since = min(watched, default=at)
    return Recovery(
        after_s=(at - killed_at).total_seconds(),
        watched_s=max(0.0, (at - since).total_seconds()),
    )


def _extra(outcome: Outcome) -> Iterator[str]:
    """There is one request, and one more at most where a kill came upon it."""
    killed = in_flight(outcome)
    for pair, more in extra(outcome).items():
        if more > 1 or pair not in killed:
            yield f"{pair} was sent {more} times more"


def _slow(outcome: Outcome) -> Iterator[str]:
    """What a worker had in hand goes on when another has seen its lease end."""
    plan = outcome.plan
    most_s = plan.lease_s + plan.poll_s + plan.slack_s
    for each in recoveries(outcome):
        if each.watched_s > most_s:
            yield f"a request was made again only after {each.watched_s:.1f} s"
