"""Rows of the outbox as values: how they are named, changed and settled."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import structs

from push.documents import Delivery, DeliveryState, NotificationDocument, NotificationState
from push.kinds import Kind

__all__ = [
    "KEPT",
    "LATER",
    "anew",
    "clear_id_of",
    "clear_of",
    "clear_subject",
    "notification_id_of",
    "settle",
    "tag_of",
    "was_asked",
    "with_delivery",
]

# how long a settled row is kept: for its unique id, for receipts, for operators
KEPT = timedelta(days=30)
LATER = timedelta(milliseconds=1)
_CLEAR_TTL = timedelta(hours=1)


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


def clear_of(
    row: NotificationDocument, device_ids: Iterable[str], now: datetime, *, window: timedelta
) -> NotificationDocument:
    """Return the row that takes `row` away from devices, `window` from now; it has no words."""
    on_its_way = any(each.state == "sending" for each in row.deliveries)
    return structs.replace(
        row,
        id=clear_id_of(row),
        version=1,
        subject_id=clear_subject(row),
        # after what it clears, and before all that came since (D5)
        created_at=row.created_at + LATER,
        # a request that is on its way ends first, at the latest with its lease
        due_at=max(now + window, row.due_at) if on_its_way else now + window,
        useful_until=now + _CLEAR_TTL,
        expires_at=now + KEPT,
        updated_at=now,
        open=True,
        state="pending",
        reason="",
        attempts=0,
        deferrals=0,
        deliveries=tuple(Delivery(device_id=each) for each in device_ids),
        text="",
        clear=True,
        sent_at=None,
    )


def tag_of(row: NotificationDocument) -> str:
    """Return under what a row is shown: a newer one of its session takes its place (E4)."""
    return row.session_id or row.id


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
