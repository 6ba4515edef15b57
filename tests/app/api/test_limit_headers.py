"""Headers of rate limits."""

from app.api.limit_headers import limit_headers
from sessions.stores.limits import Rate, Standing

SEND = Rate(name="send", per_minute=60, burst=30)
ODD = Rate(name="odd", per_minute=7, burst=3)


def test_every_limit_is_named_with_its_policy_and_its_standing() -> None:
    standings = [
        Standing(rate=SEND, remaining=29, reset_ms=1000),
        Standing(rate=ODD, remaining=0, reset_ms=8_001),
    ]

    assert dict(limit_headers(standings)) == {
        b"ratelimit": b'"send";r=29;t=1, "odd";r=0;t=9',
        b"ratelimit-policy": b'"send";q=30;w=30, "odd";q=3;w=26',
        b"ratelimit-limit": b"3",
        b"ratelimit-remaining": b"0",
        b"ratelimit-reset": b"9",
    }


def test_of_two_that_are_equally_tight_the_later_one_is_told() -> None:
    standings = [
        Standing(rate=SEND, remaining=0, reset_ms=500),
        Standing(rate=ODD, remaining=0, reset_ms=8_000),
    ]

    assert dict(limit_headers(standings))[b"ratelimit-reset"] == b"8"


def test_who_spent_nothing_is_told_nothing() -> None:
    assert limit_headers([]) == []
