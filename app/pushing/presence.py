"""Who is looking at a session just now, as far as they did something in it."""

from collections import Counter, OrderedDict
from typing import Protocol

import structlog

from app.telemetry.logs import described
from sessions.clock import Clock
from sessions.errors import LogUnavailable
from sessions.tasks import Tasks

__all__ = ["HERE_S", "Presence", "Seats"]

# about as long as an answer waits before it is told: who asked and left must not hold it up
HERE_S = 5
_NOTE_EVERY_S = 2
_MOST_NOTED = 10_000
_TELL_EVERY_S = 10
log = structlog.get_logger(__name__)


class Seats(Protocol):
    """Marks that all processes share and that vanish by themselves; they are no truth."""

    async def take(self, user_id: str, session_id: str, *, seconds: int) -> None:
        """Mark that a user is in a session; raises LogUnavailable."""
        ...

    async def taken(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user's mark is still there; raises LogUnavailable."""
        ...


class Presence:
    """Marks users who write, type or read in a session, at most every two seconds each."""

    def __init__(self, seats: Seats, *, clock: Clock, tasks: Tasks) -> None:
        self._seats = seats
        self._clock = clock
        self._tasks = tasks
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._untold: Counter[str] = Counter()
        self._tell_at: dict[str, float] = {}

    def note(self, user_id: str, session_id: str) -> None:
        """Mark, in the background, that a user is looking at a session."""
        now, who = self._clock.monotonic(), (user_id, session_id)
        if now < self._noted.get(who, 0.0):
            return
        self._noted[who] = now + _NOTE_EVERY_S
        self._noted.move_to_end(who)
        if len(self._noted) > _MOST_NOTED:
            self._noted.popitem(last=False)
        self._tasks.start(self._mark(user_id, session_id), name="mark presence")

    async def is_here(self, user_id: str, session_id: str) -> bool:
        """Tell whether a user did something in a session a moment ago; False when unknown."""
        try:
            return await self._seats.taken(user_id, session_id)
        except LogUnavailable as error:
            self._tell("presence_unknown", error)
            return False

    async def _mark(self, user_id: str, session_id: str) -> None:
        try:
            await self._seats.take(user_id, session_id, seconds=HERE_S)
        except LogUnavailable as error:
            self._tell("presence_not_marked", error)

    def _tell(self, event: str, error: LogUnavailable) -> None:
        """Log a failure, at most every ten seconds; each message in an outage has one."""
        self._untold[event] += 1
        now = self._clock.monotonic()
        if now >= self._tell_at.get(event, 0.0):
            self._tell_at[event] = now + _TELL_EVERY_S
            log.warning(event, count=self._untold.pop(event), **described(error))
