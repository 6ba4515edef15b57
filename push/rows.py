"""Rows of the outbox as values: how they are named, changed and settled."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import structs

from push.documents import (
    Delivery,
    DeliveryState,
    DeviceDocument,
    NotificationDocument,
    NotificationState,
)
from push.kinds import Kind

__all__ = [
    "KEPT",
    "LATER",
    "anew",
    "clear_id_of",
    "clear_of",
    "clear_subject",
    "erased",
    "may_show",
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


def erased(
    row: NotificationDocument,
    device_ids: Sequence[str],
    now: datetime,
    *,
    user_id: str,
    devices: Sequence[DeviceDocument] = (),
) -> NotificationDocument:
    """Return `row` as what takes itself away from devices now; it has no words.

    It is found by `user_id`, "" for nobody; then it has the `devices` with it, without an owner.
    """
    attempts = {each.device_id: each.attempts for each in row.deliveries}
    return structs.replace(
        clear_of(row, device_ids, now, window=timedelta()),
        id=row.id,
        version=row.version,
        user_id=user_id,
        subject_id="",
        created_at=row.created_at if row.erased else row.created_at + LATER,
        expires_at=now + _CLEAR_TTL,
        # an answer to a request of before is none to the next one
        deliveries=tuple(
            Delivery(device_id=each, attempts=attempts.get(each, 0)) for each in device_ids
        ),
        numbers=(),
        persona="",
        news="",
        erased=True,
        devices=tuple(
            structs.replace(each, user_id="", installation_id="", locale="", timezone="")
            for each in devices
        ),
    )


def tag_of(row: NotificationDocument) -> str:
    """Return under what a row is shown: a newer one of its session takes its place (E4)."""
    return row.session_id or row.id


def settle(
    row: NotificationDocument, state: NotificationState, reason: str, now: datetime
) -> NotificationDocument:
    """Return `row` as it ends; a device that waits is skipped, or may have it already.

    Addresses that it had with it go; one that is erased is over.
    """
    return structs.replace(
        row,
        state=state,
        reason=reason,
        open=False,
        updated_at=now,
        expires_at=now if row.erased else row.expires_at,
        devices=(),
        deliveries=tuple(_left(each, reason) for each in row.deliveries),
    )


def with_delivery(row: NotificationDocument, delivery: Delivery) -> NotificationDocument:
    """Return `row` with what became of it on one device."""
    others = tuple(each for each in row.deliveries if each.device_id != delivery.device_id)
    return structs.replace(row, deliveries=(*others, delivery))


def was_asked(delivery: Delivery) -> bool:
    """Tell whether the device may have been told: a request was taken, or nobody knows."""
    return delivery.state in ("accepted", "ambiguous", "sending") or delivery.doubts > 0


def may_show(row: NotificationDocument) -> list[str]:
    """Return the ids of devices that may show what a row told."""
    waits = row.erased and row.open
    return [
        each.device_id
        for each in row.deliveries
        if was_asked(each) or (waits and each.state == "waiting")
    ]


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
