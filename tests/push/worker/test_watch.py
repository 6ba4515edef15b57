"""For how long a row is left to the worker that sends it, by the clock of who looks on."""

from datetime import UTC, datetime, timedelta

from push.documents import NotificationDocument
from push.worker.watch import Watch

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE_S = 30.0


def row(attempts: int = 1) -> NotificationDocument:
    return NotificationDocument(
        id="n",
        user_id="u1",
        kind="account",
        subject_id="x",
        session_id="",
        created_at=NOW,
        due_at=NOW,
        useful_until=NOW + timedelta(hours=1),
        expires_at=NOW + timedelta(days=1),
        updated_at=NOW,
        state="sending",
        attempts=attempts,
    )


def test_g2_a_lease_counts_from_when_a_request_is_first_seen() -> None:
    watch = Watch(lease_s=LEASE_S)
    assert watch.left_s(row(), 100.0) == LEASE_S
    watch.saw([row()], 110.0)
    assert [watch.left_s(row(), at) for at in (110.0, 129.0, 130.0, 500.0)] == [20.0, 1.0, 0.0, 0.0]


def test_g2_g11_another_request_of_a_row_has_a_lease_of_its_own() -> None:
    watch = Watch(lease_s=LEASE_S)
    watch.saw([row()], 100.0)
    assert watch.left_s(row(attempts=2), 129.0) == LEASE_S
    watch.saw([row(attempts=2)], 140.0)
    assert watch.left_s(row(attempts=2), 150.0) == 9.0


def test_what_is_no_longer_sent_is_forgotten_and_all_when_nobody_could_write() -> None:
    watch = Watch(lease_s=LEASE_S)
    watch.saw([row()], 100.0)
    watch.saw([], 110.0)
    assert watch.left_s(row(), 120.0) == LEASE_S
    watch.forget()
    assert watch.left_s(row(), 140.0) == LEASE_S
