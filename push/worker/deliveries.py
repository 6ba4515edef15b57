"""What becomes of a delivery: values only, so that every case is tested by itself."""

from datetime import datetime
from random import Random

from msgspec import structs

from push.documents import Delivery, NotificationDocument
from push.outcomes import FAULT, Accepted, Ambiguous, Held, Outcome, Permanent
from push.retries import MOST_AMBIGUOUS, MOST_ATTEMPTS, Failure, GiveUp, retry_at

__all__ = ["after", "begun", "recovered"]


def recovered(row: NotificationDocument, now: datetime) -> NotificationDocument:
    """Return a claimed row with what its last worker left behind taken for doubtful (G2).

    A lease outlasts a request, so the next one need not wait (A17).
    """
    return structs.replace(
        row,
        deliveries=tuple(
            _doubtful(each, now, clear=row.clear) if each.state == "sending" else each
            for each in row.deliveries
        ),
    )


def begun(delivery: Delivery, now: datetime) -> Delivery:
    """Return a delivery whose request is made next."""
    return structs.replace(
        delivery,
        state="sending",
        attempts=delivery.attempts + 1,
        first_at=delivery.first_at or now,
        not_before=None,
    )


def after(
    delivery: Delivery,
    outcome: Outcome,
    now: datetime,
    random: Random,
    *,
    useful_until: datetime,
    replaced: bool,
    clear: bool,
) -> Delivery:
    """Return what a begun delivery comes to; `replaced`: the device has another address now.

    With `clear` it takes something away.
    """
    match outcome:
        case Accepted():
            return structs.replace(
                delivery, state="accepted", reason="", message_id=outcome.message_id
            )
        case Held():
            return structs.replace(
                delivery,
                state="waiting",
                reason=outcome.reason,
                attempts=delivery.attempts - 1,
                first_at=delivery.first_at if delivery.attempts > 1 else None,
                not_before=now + outcome.retry_after,
            )
        case Permanent(address="gone" | "wrong") if replaced:
            return structs.replace(delivery, state="waiting", reason="replaced", not_before=now)
        case Permanent(address="gone" | "wrong"):
            return structs.replace(delivery, state="gone", reason=outcome.reason)
        case Permanent():
            return structs.replace(delivery, state="failed", reason=outcome.reason)
    return _retried(delivery, outcome, now, random, useful_until=useful_until, clear=clear)


def _doubtful(delivery: Delivery, now: datetime, *, clear: bool) -> Delivery:
    doubts = delivery.doubts + 1
    return structs.replace(
        delivery,
        state="ambiguous" if doubts >= _most_doubts(clear=clear) else "waiting",
        doubts=doubts,
        reason="crash",
        not_before=now,
    )


def _retried(
    delivery: Delivery,
    outcome: Failure,
    now: datetime,
    random: Random,
    *,
    useful_until: datetime,
    clear: bool,
) -> Delivery:
    doubts = delivery.doubts + isinstance(outcome, Ambiguous)
    at = retry_at(
        outcome,
        now,
        random,
        attempts=delivery.attempts,
        first_at=delivery.first_at or now,
        useful_until=useful_until,
        unanswered=doubts,
        most_unanswered=_most_doubts(clear=clear),
    )
    if isinstance(at, GiveUp):
        # a request that may have been shown is not taken back by one that failed
        state = "ambiguous" if doubts and not _is_all_fault(delivery, outcome) else "failed"
        reason = at.why if at.why == "useless" else outcome.reason
        return structs.replace(delivery, state=state, doubts=doubts, reason=reason)
    return structs.replace(
        delivery, state="waiting", doubts=doubts, reason=outcome.reason, not_before=at
    )


def _most_doubts(*, clear: bool) -> int:
    # nobody sees that something is taken away again
    return MOST_ATTEMPTS if clear else MOST_AMBIGUOUS


def _is_all_fault(delivery: Delivery, outcome: Failure) -> bool:
    """Tell whether nothing but mistakes of ours came of all requests."""
    before = not delivery.doubts or delivery.reason == FAULT
    return before and outcome.reason == FAULT
