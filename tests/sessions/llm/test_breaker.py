"""The circuit breaker, on a clock that stands still until it is told."""

from hypothesis import given
from hypothesis import strategies as st

from sessions.llm.breaker import CircuitBreaker, Permit
from tests.clocks import FakeClock


def _breaker(clock: FakeClock) -> CircuitBreaker:
    return CircuitBreaker(clock, failures=3, share=0.5, window_s=30, cool_down_s=10)


def _state(breaker: CircuitBreaker) -> str:
    return breaker.state


def _admitted(breaker: CircuitBreaker) -> Permit:
    permit = breaker.admit()
    assert permit is not None
    return permit


def _fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.failed(_admitted(breaker))


def test_it_opens_at_the_third_failure_and_says_when_to_come_back() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 2)
    assert (_state(breaker), breaker.retry_after_s) == ("closed", 0)

    _fail(breaker, 1)

    assert _state(breaker) == "open"
    assert breaker.admit() is None
    clock.advance(4)
    assert breaker.retry_after_s == 6


def test_failures_are_forgotten_after_the_window() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 2)
    clock.advance(30)
    _fail(breaker, 2)

    assert _state(breaker) == "closed"


def test_failures_that_are_few_among_many_calls_do_not_open_it() -> None:
    breaker = _breaker(FakeClock())
    for _ in range(10):
        breaker.succeeded(_admitted(breaker))
    _fail(breaker, 9)
    assert _state(breaker) == "closed"

    _fail(breaker, 1)

    assert _state(breaker) == "open"


def test_after_the_cool_down_one_call_at_a_time_is_a_probe() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 3)
    clock.advance(10)
    assert _state(breaker) == "half_open"

    probe = _admitted(breaker)

    assert breaker.admit() is None
    assert _state(breaker) == "half_open"
    breaker.succeeded(probe)
    assert _state(breaker) == "closed"


def test_a_probe_that_fails_opens_it_for_another_cool_down() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 3)
    clock.advance(10)
    _fail(breaker, 1)

    assert _state(breaker) == "open"
    assert breaker.retry_after_s == 10


def test_a_probe_that_is_given_up_leaves_room_for_another() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 3)
    clock.advance(10)
    breaker.abandoned(_admitted(breaker))

    assert _state(breaker) == "half_open"
    breaker.succeeded(_admitted(breaker))
    assert _state(breaker) == "closed"


def test_a_closed_breaker_has_forgotten_the_failures_before() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    _fail(breaker, 3)
    clock.advance(10)
    breaker.succeeded(_admitted(breaker))
    _fail(breaker, 2)

    assert _state(breaker) == "closed"


def test_calls_of_an_earlier_state_count_for_nothing() -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    late = [_admitted(breaker) for _ in range(3)]
    _fail(breaker, 3)
    clock.advance(10)
    probe = _admitted(breaker)

    breaker.succeeded(late[0])
    breaker.failed(late[1])
    breaker.abandoned(late[2])

    assert _state(breaker) == "half_open"
    assert breaker.admit() is None
    breaker.succeeded(probe)
    assert _state(breaker) == "closed"


@given(st.lists(st.sampled_from(["call", "succeed", "fail", "abandon", "wait"]), max_size=80))
def test_whatever_happens_an_open_breaker_rests_and_probes_one_by_one(steps: list[str]) -> None:
    clock = FakeClock()
    breaker = _breaker(clock)
    running: list[Permit] = []
    probes: set[Permit] = set()
    opened_at: float | None = None
    for step in steps:
        before = breaker.state
        if step == "wait":
            clock.advance(3)
        elif step == "call":
            permit = breaker.admit()
            assert (permit is not None) == (
                before == "closed" or (before == "half_open" and not probes & set(running))
            )
            if permit is not None:
                running.append(permit)
                probes |= {permit} if before == "half_open" else set()
        elif running:
            report = {
                "succeed": breaker.succeeded,
                "fail": breaker.failed,
                "abandon": breaker.abandoned,
            }[step]
            report(running.pop(0))
        if _state(breaker) == "open" and before != "open":
            opened_at = clock.monotonic()
        if opened_at is not None and clock.monotonic() < opened_at + 10:
            assert _state(breaker) == "open"
        if _state(breaker) == "closed":
            opened_at = None
