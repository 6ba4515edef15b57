"""When requests are made again, and when no more."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from push.outcomes import Ambiguous, Configuration, Permanent, Temporary
from push.retries import Failure, GiveUp, retry_after, retry_at

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LONG = NOW + timedelta(days=1)
BUSY = Temporary(reason="UNAVAILABLE")
QUOTA = Temporary(reason="QUOTA_EXCEEDED", quota=True, scope="project")
LOST = Ambiguous(reason="timeout")
OURS = Configuration(reason="PERMISSION_DENIED", scope="project", lane="p")
DATE_PARTS = st.sampled_from(
    ["Sun,", "Nov", "29", "29-Nov-26", "0", "2026", "99999", "12:02:00", "99:99:99", "GMT", "+9999"]
)
FAILURES: st.SearchStrategy[Failure] = st.one_of(
    st.just(LOST),
    st.just(OURS),
    st.just(Permanent(reason="INVALID_ARGUMENT")),
    st.builds(
        Temporary,
        reason=st.just("x"),
        quota=st.booleans(),
        retry_after=st.none() | st.timedeltas(timedelta(), timedelta(hours=2)),
    ),
)


def waits(
    failure: Failure, *, attempts: int = 1, seed: int = 1, useful_until: datetime = LONG
) -> float:
    """Return the seconds until the next request."""
    at = retry_at(
        failure,
        NOW,
        Random(seed),
        attempts=attempts,
        first_at=NOW,
        useful_until=useful_until,
        unanswered=1,
    )
    assert isinstance(at, datetime)
    return (at - NOW).total_seconds()


@pytest.mark.parametrize("seed", range(20))
def test_a9_a_retry_after_is_waited_for_and_a_little_more(seed: int) -> None:
    told = Temporary(reason="QUOTA_EXCEEDED", quota=True, retry_after=timedelta(seconds=200))
    assert 200 <= waits(told, seed=seed) <= 250


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 29 Nov 2026 12:02:00 GMT", 120),
        ("Sunday, 29-Nov-26 12:02:00 GMT", 120),
        ("Sun Nov 29 12:02:00 2026", 120),
        ("Sun, 29 Nov 2026 11:00:00 GMT", 0),
        ("9" * 400, 28 * 86_400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_a9_retry_after_is_seconds_or_a_date(header: str, seconds: int | None) -> None:
    told = retry_after(header, NOW)
    assert (told and told.total_seconds()) == seconds or (told == timedelta() and seconds == 0)


@given(st.timedeltas(timedelta(), timedelta(days=28)))
def test_a9_every_http_date_is_read(wait: timedelta) -> None:
    whole = timedelta(seconds=int(wait.total_seconds()))
    assert retry_after(format_datetime(NOW + whole, usegmt=True), NOW) == whole


@given(st.text() | st.lists(DATE_PARTS, max_size=8).map(" ".join))
def test_a15_no_retry_after_does_harm(header: str) -> None:
    told = retry_after(header, NOW)
    assert told is None or timedelta() <= told <= timedelta(days=28)


def test_a10_a_quota_without_retry_after_waits_a_minute_then_longer() -> None:
    assert [int(waits(QUOTA, attempts=each) // 60) for each in range(1, 5)] == [1, 2, 4, 8]


@pytest.mark.parametrize("seed", range(20))
def test_a12_the_first_retry_is_not_before_ten_seconds(seed: int) -> None:
    assert 10 <= waits(BUSY, seed=seed) <= 12.5
    assert waits(BUSY, attempts=3, seed=seed) >= 40


def test_a13_an_unavailable_service_is_never_asked_again_at_once() -> None:
    assert waits(Temporary(reason="UNAVAILABLE", retry_after=timedelta())) >= 10
    assert waits(Temporary(reason="UNAVAILABLE", retry_after=timedelta(seconds=90))) >= 90


def test_a14_a_permanent_failure_is_not_tried_again() -> None:
    permanent = Permanent(reason="UNREGISTERED", address="gone")
    found = retry_at(permanent, NOW, Random(1), attempts=1, first_at=NOW, useful_until=LONG)
    assert found == GiveUp(why="permanent")


@given(st.integers(2, 9), st.integers(1, 9))
def test_a16_a_lost_answer_is_asked_for_once_more_at_most(unanswered: int, attempts: int) -> None:
    found = retry_at(
        LOST,
        NOW,
        Random(1),
        attempts=attempts,
        first_at=NOW,
        useful_until=LONG,
        unanswered=unanswered,
    )
    assert found == GiveUp(why="ambiguous")


def test_a17_a_lost_answer_is_given_ten_seconds() -> None:
    assert waits(LOST) >= 10


@given(st.lists(FAILURES, min_size=20, max_size=20), st.integers(0, 86_400), st.randoms())
def test_a18_every_delivery_ends_by_its_use_and_within_an_hour_of_failing(
    failures: list[Failure], useful_s: int, random: Random
) -> None:
    now, unanswered, useful_until = NOW, 0, NOW + timedelta(seconds=useful_s)
    for attempts, failure in enumerate(failures, start=1):
        unanswered += isinstance(failure, Ambiguous)
        at = retry_at(
            failure,
            now,
            random,
            attempts=attempts,
            first_at=NOW,
            useful_until=useful_until,
            unanswered=unanswered,
        )
        if isinstance(at, GiveUp):
            break
        assert at >= now + timedelta(seconds=10)
        assert at < useful_until
        assert isinstance(failure, Configuration) or at <= NOW + timedelta(minutes=60)
        now = at
    assert unanswered <= 2


def test_a18_give_up_says_why() -> None:
    late = NOW + timedelta(seconds=5)
    useless = retry_at(BUSY, NOW, Random(1), attempts=1, first_at=NOW, useful_until=late)
    an_hour_ago = NOW - timedelta(minutes=59, seconds=55)
    failing = retry_at(BUSY, NOW, Random(1), attempts=1, first_at=an_hour_ago, useful_until=LONG)
    often = retry_at(BUSY, NOW, Random(1), attempts=10, first_at=NOW, useful_until=LONG)
    assert (useless, failing, often) == (
        GiveUp(why="useless"),
        GiveUp(why="failing"),
        GiveUp(why="failing"),
    )


def test_a5_our_own_mistake_waits_as_long_as_it_is_of_use() -> None:
    hours_ago = NOW - timedelta(hours=5)
    at = retry_at(OURS, NOW, Random(1), attempts=50, first_at=hours_ago, useful_until=LONG)
    assert isinstance(at, datetime)
    assert timedelta(minutes=10) <= at - NOW <= timedelta(minutes=12.5)


def test_retries_of_one_seed_are_the_same() -> None:
    assert waits(QUOTA, seed=7) == waits(QUOTA, seed=7) != waits(QUOTA, seed=8)
