"""Rows of the outbox as values: how they are named, changed and settled."""

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import structs

from push.documents import Delivery, DeliveryState, NotificationDocument, NotificationState
from push.kinds import Kind

__all__ = [
    "KEPT",
    "anew",
    "clear_id_of",
    "clear_subject",
    "notification_id_of",
    "settle",
    "was_asked",
    "with_delivery",
]

# how long a settled row is kept: for its unique id, for receipts, for operators
KEPT = timedelta(days=30)


def notification_id_of(user_id: str, kind: Kind, subject_id: str) -> str:
    """Return the id of what is told of a subject, the same however often it is put (G1)."""
    named = "\0".join((user_id, kind, subject_id)).encode("utf-8", "surrogatepass")
    return f"n_{sha256(named).hexdigest()[:32]}"


def clear_id_of(row: NotificationDocument) -> str:
    """Return the id of the row that takes `row` away from screens (G3)."""
    return notification_id_of(row.user_id, row.kind, clear_subject(row))


def clear_subject(row: NotificationDocument) -> str:
    """Return the subject of the row that takes `row` away."""
    return f"clear:{row.id}"


def settle(
    row: NotificationDocument, state: NotificationState, reason: str, now: datetime
) -> NotificationDocument:
    """Return `row` as it ends; a device that waits is skipped, or may have it already."""
    return structs.replace(
        row,
        state=state,
        reason=reason,
        open=False,
        updated_at=now,
        deliveries=tuple(_left(each, reason) for each in row.deliveries),
    )


def with_delivery(row: NotificationDocument, delivery: Delivery) -> NotificationDocument:
    """Return `row` with what became of it on one device."""
    others = tuple(each for each in row.deliveries if each.device_id != delivery.device_id)
    return structs.replace(row, deliveries=(*others, delivery))


def was_asked(delivery: Delivery) -> bool:
    """Tell whether the device may have been told: a request was taken, or nobody knows."""
    return delivery.state in ("accepted", "ambiguous", "sending") or delivery.doubts > 0


def anew(delivery: Delivery) -> Delivery:
    """Return a delivery that is tried from the start, unless the device has the notification."""
    if delivery.state == "accepted":
        return delivery
    return Delivery(device_id=delivery.device_id, attempts=delivery.attempts)


def _left(delivery: Delivery, reason: str) -> Delivery:
    if delivery.state != "waiting":
        return delivery
    state: DeliveryState = "ambiguous" if delivery.doubts else "skipped"
    return structs.replace(delivery, state=state, reason=reason, not_before=None)
