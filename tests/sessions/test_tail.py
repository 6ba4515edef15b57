"""The window of a log that a process holds."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.frames import LogFrame
from sessions.tail import Tail
from tests.sessions.frames import delta, done, started


def encoded(frame: LogFrame) -> bytes:
    return msgspec.json.encode(frame)


def filled(tail: Tail, count: int) -> Tail:
    for seq in range(tail.seq + 1, tail.seq + 1 + count):
        frame = delta(seq, f"w{seq} ")
        tail.append(frame, encoded(frame))
    return tail


def new_tail(*, keep: int = 4) -> Tail:
    tail = Tail("s1", keep=keep)
    tail.reset("e1", 0)
    return tail


def test_readers_are_woken_by_frames_and_by_a_new_epoch() -> None:
    woken: list[int] = []
    tail = new_tail()
    tail.add_reader(wake := lambda: woken.append(tail.seq))

    filled(tail, 2)
    tail.reset("e2", 0)
    tail.drop_reader(wake)
    filled(tail, 1)

    assert woken == [1, 2, 0]
    assert not tail.watched


def test_frames_that_are_not_in_the_store_yet_are_kept_whatever_their_number() -> None:
    tail = filled(new_tail(keep=2), 10)

    assert len(tail.after(0) or []) == 10
    tail.flushed(7)
    assert tail.after(6) is None
    assert len(tail.after(7) or []) == 3


def test_frames_from_the_store_are_followed_and_trimmed() -> None:
    tail = new_tail(keep=2)
    frames = [started(1), delta(2, "a"), done(3, "a")]

    tail.extend([encoded(each) for each in frames])

    assert tail.seq == 3
    assert tail.running.turn_id is None
    assert tail.marks == 3  # the reset, the start and the end
    assert tail.after(1) == [encoded(each) for each in frames[1:]]
    assert tail.after(0) is None


def test_a_frame_of_a_newer_version_is_passed_on_unread() -> None:
    tail = new_tail()
    future = b'{"type":"hologram","session_id":"s1","seq":1}'

    tail.extend([future])

    assert tail.after(0) == [future]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 10))
def test_a_cursor_gets_exactly_what_follows_or_nothing(
    written: int, flushed: int, keep: int
) -> None:
    tail = filled(new_tail(keep=keep), written)
    tail.flushed(min(flushed, written))

    for cursor in range(written + 1):
        frames = tail.after(cursor)
        if frames is not None:
            seqs = [msgspec.json.decode(each)["seq"] for each in frames]
            assert seqs == list(range(cursor + 1, written + 1))
        else:
            assert cursor < min(flushed, written)
