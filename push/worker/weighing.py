"""A row as a whole: whom it goes to, what it waits for, and when it is settled; values only."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import structs

from push.documents import Delivery, DeviceDocument, NotificationDocument, NotificationState
from push.rows import settle, was_asked

__all__ = ["addressed", "due", "ended", "telling", "weighed"]


def telling(
    row: NotificationDocument, older: Iterable[NotificationDocument]
) -> NotificationDocument:
    """Return `row` with the replies of older rows, which it tells of too (G4)."""
    numbers = set(row.numbers).union(*(each.numbers for each in older))
    return structs.replace(row, numbers=tuple(sorted(numbers)))


def addressed(row: NotificationDocument, devices: Sequence[DeviceDocument]) -> NotificationDocument:
    """Return `row` with a delivery for each of the devices that it goes to.

    Once a device may have it, no other is added: the new one may be the same phone (C5).
    """
    active = {device.id for device in devices}
    deliveries = [
        each
        if each.device_id in active or each.state != "waiting"
        else structs.replace(each, state="skipped", reason="removed")
        for each in row.deliveries
    ]
    if not row.clear and not any(was_asked(each) for each in deliveries):
        known = {each.device_id for each in deliveries}
        deliveries += [
            Delivery(device_id=device.id) for device in devices if device.id not in known
        ]
    return structs.replace(row, deliveries=tuple(deliveries))


def due(row: NotificationDocument, now: datetime) -> list[str]:
    """Return the ids of the devices to which a request may be made now."""
    return [
        each.device_id
        for each in row.deliveries
        if each.state == "waiting" and (each.not_before is None or each.not_before <= now)
    ]


def weighed(row: NotificationDocument, now: datetime) -> NotificationDocument:
    """Return a row as its deliveries have it: to look at again later, or settled.

    One with a request on its way stays as it is, and one that was settled meanwhile as it ended.
    """
    states = {each.state for each in row.deliveries}
    if not row.open:
        return settle(row, row.state, row.reason, now)
    if "sending" in states:
        return row
    sent_at = row.sent_at or (now if "accepted" in states else None)
    row = structs.replace(row, sent_at=sent_at, updated_at=now)
    waits = [each.not_before or now for each in row.deliveries if each.state == "waiting"]
    if waits:
        return structs.replace(row, state="pending", due_at=min(waits))
    return settle(row, *ended(row.deliveries), now)


def ended(deliveries: Iterable[Delivery]) -> tuple[NotificationState, str]:
    """Return the state and the reason of a row of which no delivery waits."""
    found = list(deliveries)
    states = {each.state for each in found}
    if states & {"accepted", "ambiguous"}:
        return "sent", "" if "accepted" in states else "ambiguous"
    failed = [each.reason for each in found if each.state == "failed"]
    if not failed:
        return "cancelled", "no_device"
    if set(failed) == {"useless"}:
        return "expired", "too_late"
    return "dead", next(reason for reason in failed if reason != "useless")
