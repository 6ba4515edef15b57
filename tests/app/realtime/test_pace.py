"""How fast one socket may talk."""

from hypothesis import given
from hypothesis import strategies as st

from app.realtime.pace import Pace
from schemas.frames import Attach, AttachPoint, ClientFrame, Hello, Ping
from sessions.errors import RateLimited
from tests.clocks import FakeClock

PING = Ping()


def counted(pace: Pace, frame: ClientFrame | None = PING) -> int:
    """Count a frame and return the milliseconds to wait."""
    try:
        pace.count(frame)
    except RateLimited as error:
        return error.retry_after_ms or 0
    return 0


def test_a_burst_passes_and_then_fifty_a_second() -> None:
    clock = FakeClock()
    pace = Pace(clock)
    burst = [counted(pace) for _ in range(201)]
    clock.advance(1)
    second = [counted(pace) for _ in range(60)]

    assert burst == [0] * 200 + [20]
    assert second.count(0) == 50


def test_frames_that_ask_a_store_count_for_four_and_bad_ones_count_too() -> None:
    attach = Attach(session_id="s1")

    assert [counted(pace, attach) for pace in [Pace(FakeClock())] * 51].count(0) == 50
    assert [counted(pace, None) for pace in [Pace(FakeClock())] * 201].count(0) == 200


def test_each_session_that_a_hello_attaches_counts_as_its_attach_does() -> None:
    hello = Hello(attach=(AttachPoint(session_id="s1"),) * 16)

    assert [counted(pace, hello) for pace in [Pace(FakeClock())] * 4].count(0) == 3


def test_a_hello_that_attaches_more_than_a_socket_reads_is_taken() -> None:
    hello = Hello(attach=(AttachPoint(session_id="s1"),) * 500)

    assert counted(Pace(FakeClock()), hello) == 0


def test_patience_ends_with_a_client_that_goes_on() -> None:
    clock = FakeClock()
    pace = Pace(clock)
    for _ in range(300):
        counted(pace)
    bored = pace.lost
    counted(pace)

    assert not bored
    assert pace.lost


@given(st.lists(st.integers(0, 3), max_size=300))
def test_who_waits_as_told_is_never_cut_off(frames: list[int]) -> None:
    clock = FakeClock()
    pace = Pace(clock)
    for more in frames:
        for _ in range(more):
            if wait_ms := counted(pace):
                clock.advance(wait_ms / 1000)
                assert not counted(pace)

    assert not pace.lost
