"""What becomes of a delivery, whatever happens to it, one thing after another."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from push.documents import Delivery, NotificationDocument
from push.outcomes import (
    Accepted,
    Ambiguous,
    Configuration,
    Held,
    Outcome,
    Permanent,
    Temporary,
)
from push.worker.deliveries import after, begun, recovered
from push.worker.weighing import weighed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
USEFUL = timedelta(hours=24)
CRASH = "crash"
OUTCOMES: list[Outcome] = [
    Accepted(message_id="m"),
    Ambiguous(reason="timeout"),
    Temporary(reason="INTERNAL"),
    Temporary(reason="QUOTA", retry_after=timedelta(minutes=3), quota=True),
    Configuration(reason="denied", scope="project", lane="p"),
    Held(reason="full", retry_after=timedelta(seconds=2), scope="project", lane="p"),
    Permanent(reason="INVALID_ARGUMENT"),
    Permanent(reason="UNREGISTERED", address="gone"),
]
happenings = st.lists(st.sampled_from([*OUTCOMES, CRASH]), max_size=30)


def row(delivery: Delivery, *, clear: bool = False) -> NotificationDocument:
    return NotificationDocument(
        id="n",
        user_id="u1",
        kind="account",
        subject_id="x",
        session_id="",
        created_at=NOW,
        due_at=NOW,
        useful_until=NOW + USEFUL,
        expires_at=NOW + 2 * USEFUL,
        updated_at=NOW,
        deliveries=(delivery,),
        clear=clear,
    )


@given(happenings, st.integers(0, 2**32), st.booleans())
def test_a16_two_requests_in_doubt_are_the_most_but_of_what_takes_something_away(
    happened: list[Outcome | str], seed: int, clear: bool
) -> None:
    random, now = Random(seed), NOW
    current = row(Delivery(device_id="d"), clear=clear)
    taken = doubtful = requests = 0
    for each in happened:
        if not current.open:
            break
        [delivery] = current.deliveries
        assert delivery.state == "waiting"
        assert delivery.attempts == requests
        now = max(now, delivery.not_before or now)
        delivery = begun(delivery, now)
        if isinstance(each, str):
            current = recovered(row(delivery, clear=clear), now)
            doubtful, requests = doubtful + 1, requests + 1
        else:
            came = after(
                delivery,
                each,
                now,
                random,
                useful_until=NOW + USEFUL,
                replaced=False,
                clear=clear,
            )
            current = row(came, clear=clear)
            taken += isinstance(each, Accepted)
            doubtful += isinstance(each, Ambiguous)
            requests += not isinstance(each, Held)
        current = weighed(current, now)
        if current.open and not isinstance(each, str | Held):
            assert current.due_at >= now + timedelta(seconds=10)

    assert taken + doubtful <= (10 if clear else 2)
    if taken:
        assert current.state == "sent"
    if clear and set(happened) == {CRASH} and len(happened) < 10:
        assert current.open


@given(st.sampled_from(OUTCOMES), st.booleans())
def test_c5_only_a_dead_address_that_was_replaced_is_asked_again_at_once(
    outcome: Outcome, replaced: bool
) -> None:
    delivery = begun(Delivery(device_id="d"), NOW)
    came = after(
        delivery,
        outcome,
        NOW,
        Random(1),
        useful_until=NOW + USEFUL,
        replaced=replaced,
        clear=False,
    )
    dead = isinstance(outcome, Permanent) and outcome.address == "gone"
    assert (came.state == "waiting" and came.not_before == NOW) == (dead and replaced)
