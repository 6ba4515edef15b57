"""What must hold in every world, whatever went wrong in it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from push.documents import NotificationDocument

from .world import World

__all__ = ["broken", "is_given_up"]

# between the last decision and the request: until it begins, and until a sender gives it up
_SLACK = timedelta(seconds=32)
# requests in doubt, by whether they take something away
_MOST = {False: 2, True: 10}


def broken(world: World) -> list[str]:
    """Return each promise that a world did not keep, in words."""
    return [
        *(repr(error) for error in world.errors),
        *_unsettled(world),
        *_lost(world),
        *_too_many(world),
        *_read(world),
        *_too_often(world),
        *_deaf(world),
    ]


def _unsettled(world: World) -> Iterator[str]:
    for row in world.rows.values():
        if row.open:
            yield f"{row.id} is still {row.state}"


def _lost(world: World) -> Iterator[str]:
    """A row ends told, or for a reason that is not the worker's (G1, G2)."""
    shown = {each.message.notification_id for each in world.service.shown}
    for row in world.rows.values():
        if row.state in ("dead", "expired") or (row.state == "sent" and not row.deliveries):
            yield f"{row.id} is {row.state}: {row.reason}"
        if row.state == "sent" and row.id not in shown and not _may_be_unseen(row):
            yield f"{row.id} was sent and nobody saw it"
        for each in row.deliveries:
            if each.state in ("waiting", "failed"):
                yield f"{row.id} is {each.state} on a device: {each.reason}"
        if row.state == "collapsed" and world.rows[row.reason].state in ("dead", "expired"):
            yield f"{row.id} went with {row.reason}, which was lost"
        if row.state == "cancelled" and row.reason not in ("read", "no_device", "capped"):
            yield f"{row.id} was cancelled: {row.reason}"


def _too_many(world: World) -> Iterator[str]:
    """A phone shows a notification once, and once more at most for a doubt (G2).

    What takes something away is nothing to see: it comes until it is known that it did.
    Retries, jumps of clocks, new addresses and outages are no reason for one (C5, G11).
    """
    counted = Counter((each.phone, each.message.notification_id) for each in world.service.shown)
    for (phone, notification_id), count in counted.items():
        row = world.rows[notification_id]
        doubts = max((each.doubts for each in row.deliveries), default=0)
        extra = 0 if world.is_clear else min(doubts, _MOST[row.clear] - 1)
        if count > 1 + extra:
            yield f"{notification_id} was shown {count} times on {phone}"


def _read(world: World) -> Iterator[str]:
    """Nothing is sent that was read before (G3)."""
    for shown in world.service.shown:
        row = world.rows[shown.message.notification_id]
        read_at = world.read_at.get(max(row.numbers, default=-1))
        if read_at is not None and shown.at > read_at + _SLACK and not shown.message.clear:
            yield f"{row.id} was sent {shown.at - read_at} after it was read"


def _too_often(world: World) -> Iterator[str]:
    """The mentor writes first once a day (G7)."""
    told = {
        each.message.notification_id
        for each in world.service.shown
        if each.message.kind == "check_in"
    }
    if len(told) > 1:
        yield f"{len(told)} check-ins on one day"


def _may_be_unseen(row: NotificationDocument) -> bool:
    """Tell whether no more could be done, or it was read by then."""
    return row.reason == "read" or is_given_up(row)


def is_given_up(row: NotificationDocument) -> bool:
    """Tell whether as many requests as there may be are in doubt."""
    return any(each.doubts == _MOST[row.clear] for each in row.deliveries)


def _deaf(world: World) -> Iterator[str]:
    """No address that was registered goes out of use by an answer to an older one (A2)."""
    for installation_id in world.installations():
        if installation_id not in {device.installation_id for device in world.reachable}:
            yield f"{installation_id} is not reached any more"
