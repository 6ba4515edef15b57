"""Whose turn it is to write to a file that several processes share."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Self

from sessions.errors import StoreUnavailable

__all__ = ["Turnstile"]

# one process at a time waits for the turn itself
_NEXT_PAUSE_S = 0.0005
_TURN_PAUSE_S = 0.0001
# how often one looks in the course of a wait whether it is for a long turn
_LOOKS = 5


class Turnstile:
    """A lock between processes in which nobody overtakes who waits already.

    SQLite waits for its own lock by sleeping, longer each time: of several busy writers some would
    get it seldom, or not at all. Raises OSError where the files beside `path` can't be made, and
    StoreUnavailable where the turn does not come within `timeout_s`: a process may stand still.
    Who has said that its turn is long is waited for as long as it takes.
    """

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._next = _opened(path, "next")
        self._turn = _opened(path, "turn")
        self._long = _opened(path, "long")

    def __enter__(self) -> Self:
        patience = _Patience(self._timeout_s, self._is_long)
        # who just had the turn stands behind the one that holds `next`
        _lock(self._next, patience, _NEXT_PAUSE_S)
        try:
            _lock(self._turn, patience, _TURN_PAUSE_S)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def at_once(self) -> bool:
        """Take the turn, until `leave`, if nobody has it and nobody waits for it."""
        if not _locked(self._next, fcntl.LOCK_EX):
            return False
        try:
            return _locked(self._turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Give the turn up."""
        fcntl.flock(self._turn, fcntl.LOCK_UN)

    @contextmanager
    def at_length(self) -> Iterator[None]:
        """Have a turn that the others wait for however long it is, while this process lives."""
        with self:
            fcntl.flock(self._long, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # who waits is on time again from now on
                fcntl.flock(self._long, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up all places."""
        for place in (self._next, self._turn, self._long):
            os.close(place)

    def _is_long(self) -> bool:
        if not _locked(self._long, fcntl.LOCK_SH):
            return True
        fcntl.flock(self._long, fcntl.LOCK_UN)
        return False


class _Patience:
    """What is left of a wait; it is whole again whenever a look shows that the turn is long."""

    def __init__(self, timeout_s: float, is_long: Callable[[], bool]) -> None:
        self._pause_s = timeout_s / _LOOKS
        self._is_long = is_long
        self._left = _LOOKS
        self._look_at = monotonic() + self._pause_s

    def check(self) -> None:
        """Raise StoreUnavailable when the wait is over."""
        if monotonic() < self._look_at:
            return
        self._left = _LOOKS if self._is_long() else self._left - 1
        if not self._left:
            raise StoreUnavailable("another process does not end its write")
        self._look_at = monotonic() + self._pause_s


def _lock(place: int, patience: _Patience, pause_s: float) -> None:
    while not _locked(place, fcntl.LOCK_EX):
        patience.check()
        sleep(pause_s)


def _locked(place: int, how: int) -> bool:
    try:
        fcntl.flock(place, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(path: Path, name: str) -> int:
    return os.open(f"{path}-{name}", os.O_RDWR | os.O_CREAT, 0o600)
