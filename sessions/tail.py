"""The end of one session's log as this process knows it, and who waits for more of it."""

from collections import deque
from collections.abc import Callable

import msgspec

from schemas.frames import Delta, LogFrame
from sessions.running import Running

__all__ = ["Tail"]

Wake = Callable[[], None]

_decode = msgspec.json.Decoder(LogFrame).decode


class Tail:
    """A window of encoded frames up to `seq` in `epoch`, with the running turn they show.

    `owned` says that this process writes the log, `pinned` that it does or is about to, `written`
    that another had not given it back when it was read last. Frames
    that are not flushed yet are never dropped from the window; of the others it keeps the last
    `keep`.
    """

    def __init__(self, session_id: str, *, keep: int = 512) -> None:
        self.session_id = session_id
        self.epoch = ""
        self.seq = 0
        self.owned = False
        self.pinned = False
        self.written = False
        self.running = Running()
        self.marks = 0
        self._keep = keep
        self._flushed = 0
        self._window: deque[bytes] = deque()
        self._wakes: set[Wake] = set()

    @property
    def watched(self) -> bool:
        """Tell whether a reader waits here."""
        return bool(self._wakes)

    def add_reader(self, wake: Wake) -> None:
        """Call `wake` whenever there is something new."""
        self._wakes.add(wake)

    def drop_reader(self, wake: Wake) -> None:
        """Call `wake` no more."""
        self._wakes.discard(wake)

    def reset(self, epoch: str, seq: int) -> None:
        """Begin anew after `seq` of `epoch`; readers of another epoch get a snapshot."""
        self.epoch = epoch
        self.seq = seq
        self.running = Running()
        self.marks += 1
        self._flushed = seq
        self._window.clear()
        self.wake()

    def append(self, frame: LogFrame, data: bytes) -> None:
        """Take in the next frame, which this process wrote."""
        self._take(data)
        self.running.apply(frame)
        self._count(frame)
        self.wake()

    def extend(self, frames: list[bytes]) -> None:
        """Take in the next frames, which were read from the store."""
        for data in frames:
            self._take(data)
            try:
                frame = _decode(data)
            except msgspec.ValidationError:
                continue  # a newer process wrote it: readers know it or ignore it
            self.running.apply(frame)
            self._count(frame)
        self._flushed = self.seq
        self._trim()
        self.wake()

    def flushed(self, seq: int) -> None:
        """Know that the store has all frames up to `seq`."""
        self._flushed = seq
        self._trim()

    def after(self, seq: int) -> list[bytes] | None:
        """Return the frames after `seq`, or None when the window no longer reaches back so far."""
        wanted = self.seq - seq
        if wanted > len(self._window):
            return None
        if wanted == 1:
            return [self._window[-1]]
        return list(self._window)[len(self._window) - wanted :]

    def wake(self) -> None:
        """Tell all readers that there is something new."""
        for wake in self._wakes:
            wake()

    def _take(self, data: bytes) -> None:
        self.seq += 1
        self._window.append(data)

    def _count(self, frame: LogFrame) -> None:
        if not isinstance(frame, Delta):
            self.marks += 1

    def _trim(self) -> None:
        spare = min(len(self._window) - self._keep, len(self._window) - (self.seq - self._flushed))
        for _ in range(spare):
            self._window.popleft()
