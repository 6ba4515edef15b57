"""Whose turn it is to write to a file that several processes share."""

import fcntl
import os
from pathlib import Path
from typing import Self

__all__ = ["Turnstile"]


class Turnstile:
    """A lock between processes in which nobody overtakes who waits already.

    SQLite waits for its own lock by sleeping, longer each time: of several busy writers some would
    get it seldom, or not at all. Raises OSError where the files beside `path` can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._next = _opened(path, "next")
        self._turn = _opened(path, "turn")

    def __enter__(self) -> Self:
        # who just had the turn stands behind the one that holds `next`
        fcntl.flock(self._next, fcntl.LOCK_EX)
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self._next, fcntl.LOCK_UN)
        return self

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give up all places."""
        os.close(self._next)
        os.close(self._turn)


def _opened(path: Path, name: str) -> int:
    return os.open(f"{path}-{name}", os.O_RDWR | os.O_CREAT, 0o600)
