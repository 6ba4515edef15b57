"""Whose turn it is to write to a file that several processes share."""

import fcntl
import os
from pathlib import Path
from time import monotonic, sleep
from typing import Self

from sessions.errors import StoreUnavailable

__all__ = ["Turnstile"]

# one process at a time waits for the turn itself
_NEXT_PAUSE_S = 0.0005
_TURN_PAUSE_S = 0.0001


class Turnstile:
    """A lock between processes in which nobody overtakes who waits already.

    SQLite waits for its own lock by sleeping, longer each time: of several busy writers some would
    get it seldom, or not at all. Raises OSError where the files beside `path` can't be made, and
    StoreUnavailable where the turn does not come within `timeout_s`: a process may stand still.
    """

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        self._timeout_s = timeout_s
        self._next = _opened(path, "next")
        self._turn = _opened(path, "turn")

    def __enter__(self) -> Self:
        give_up_at = monotonic() + self._timeout_s
        # who just had the turn stands behind the one that holds `next`
        _lock(self._next, give_up_at, _NEXT_PAUSE_S)
        try:
            _lock(self._turn, give_up_at, _TURN_PAUSE_S)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)
        return self

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up all places."""
        os.close(self._next)
        os.close(self._turn)


def _lock(place: int, give_up_at: float, pause_s: float) -> None:
    while True:
        try:
            return fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > give_up_at:
                raise StoreUnavailable("another process does not end its write") from None
            sleep(pause_s)


def _opened(path: Path, name: str) -> int:
    return os.open(f"{path}-{name}", os.O_RDWR | os.O_CREAT, 0o600)
