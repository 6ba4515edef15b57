"""Turns between the writers of one file; each turnstile stands for a process."""

import fcntl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from sessions.errors import StoreUnavailable
from sessions.stores.turnstile import Turnstile


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Turnstile, Turnstile]]:
    one, two = Turnstile(tmp_path / "file"), Turnstile(tmp_path / "file")
    yield one, two
    one.close()
    two.close()


def until_somebody_waits(directory: Path) -> None:
    with (directory / "file-next").open() as place:
        while True:
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            fcntl.flock(place, fcntl.LOCK_UN)
            sleep(0.001)


def test_who_had_the_turn_does_not_overtake_who_waits(
    tmp_path: Path, pair: tuple[Turnstile, Turnstile]
) -> None:
    one, two = pair
    order = []

    def write() -> None:
        with two:
            order.append("two")

    with one:
        waiting = Thread(target=write)
        waiting.start()
        until_somebody_waits(tmp_path)
    with one:
        order.append("one")
    waiting.join()

    assert order == ["two", "one"]


def test_a_failure_gives_the_turn_back(pair: tuple[Turnstile, Turnstile]) -> None:
    one, two = pair
    with pytest.raises(ZeroDivisionError), one:
        _ = 1 / 0
    with two:
        pass


def test_a_process_that_ends_gives_the_turn_back(tmp_path: Path) -> None:
    gone, other = Turnstile(tmp_path / "file"), Turnstile(tmp_path / "file")
    gone.__enter__()
    gone.close()
    with other:
        pass
    other.close()


@pytest.mark.parametrize("held", ["next", "turn"])
def test_the_wait_for_a_process_that_stands_still_ends(tmp_path: Path, held: str) -> None:
    turn = Turnstile(tmp_path / "file", timeout_s=0.01)
    with (tmp_path / f"file-{held}").open() as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        with pytest.raises(StoreUnavailable), turn:
            pass
    with turn:
        pass
    turn.close()


def test_a_long_turn_is_waited_for_as_long_as_it_takes(tmp_path: Path) -> None:
    long, other = (Turnstile(tmp_path / "file", timeout_s=0.02) for _ in range(2))
    order = []

    def write() -> None:
        with other:
            order.append("other")

    with long.at_length():
        waiting = Thread(target=write)
        waiting.start()
        began = monotonic()
        while monotonic() < began + 0.2:
            sleep(0.01)
        order.append("long")
    waiting.join()

    assert order == ["long", "other"]
    with long, pytest.raises(StoreUnavailable), other:
        pass
    long.close()
    other.close()


def test_a_process_that_ends_in_a_long_turn_gives_it_back(tmp_path: Path) -> None:
    gone, other = (Turnstile(tmp_path / "file", timeout_s=0.02) for _ in range(2))
    with pytest.raises(OSError, match="descriptor"), gone.at_length():
        gone.close()
    with other.at_length():
        pass
    other.close()
