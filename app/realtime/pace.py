"""How fast one socket may talk: every frame counts here, before anything else is asked."""

from app.realtime.attachments import MAX_SESSIONS
from schemas.frames import Attach, ClientFrame, Feedback, Hello, Read, Stop, Typing
from sessions.clock import Clock
from sessions.errors import RateLimited
from sessions.stores.limits import Bucket, Rate

__all__ = ["FRAMES", "PATIENCE", "Pace"]

FRAMES = Rate(name="frames", per_minute=3000, burst=200)
PATIENCE = Rate(name="patience", per_minute=60, burst=100)
_STORE_READ = 4


class Pace:
    """The frames of one socket: 50 a second, 200 at once; one that asks a store counts for four.

    So does each session that a hello attaches, up to as many as a socket reads. A socket that goes
    on after 100 refusals has lost its patience: `lost`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._frames = Bucket(FRAMES)
        self._patience = Bucket(PATIENCE)
        self.lost = False

    def count(self, frame: ClientFrame | None) -> None:
        """Count a frame, None for a bad one; raises RateLimited when it is one too many."""
        now_us = int(self._clock.monotonic() * 1_000_000)
        wait_us = self._frames.take(now_us, cost=_cost(frame))
        if wait_us:
            self.lost = self._patience.take(now_us) > 0
            raise RateLimited("too many frames", retry_after_ms=-(-wait_us // 1000))


def _cost(frame: ClientFrame | None) -> int:
    if isinstance(frame, Hello):
        return 1 + _STORE_READ * min(len(frame.attach), MAX_SESSIONS)
    return _STORE_READ if isinstance(frame, Attach | Stop | Feedback | Read | Typing) else 1
