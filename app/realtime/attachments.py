"""The sessions that one connection reads: attached, detached, and at most sixteen."""

import asyncio
from collections.abc import Callable

from sessions.errors import IonError, LogUnavailable, QuotaExceeded
from sessions.reading import Reading
from sessions.service import Sessions
from sessions.tasks import Tasks

__all__ = ["MAX_SESSIONS", "Attachments"]

MAX_SESSIONS = 16
_TRIES = 20
_LONGEST_PAUSE_S = 2.0


class Attachments:
    """Readings by session; `wake` is called on news, `complain` told what could not be attached."""

    def __init__(
        self,
        sessions: Sessions,
        tasks: Tasks,
        *,
        wake: Callable[[], None],
        complain: Callable[[IonError, str | None], None],
    ) -> None:
        self._sessions = sessions
        self._tasks = tasks
        self._wake = wake
        self._complain = complain
        self._readings: dict[str, Reading] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._readings or session_id in self._opening

    def ready(self) -> list[tuple[str, Reading]]:
        """Return the readings that have something to send."""
        return [(session_id, each) for session_id, each in self._readings.items() if each.ready]

    @property
    def full(self) -> bool:
        """Whether no session more can be attached."""
        return len(self._readings) + len(self._opening) >= MAX_SESSIONS

    def check_room(self) -> None:
        """Raise QuotaExceeded when no session more can be attached."""
        if self.full:
            raise QuotaExceeded(f"a socket reads at most {MAX_SESSIONS} sessions")

    def attach(
        self,
        user_id: str,
        session_id: str,
        *,
        epoch: str | None = None,
        after: int | None = None,
        from_start: bool = False,
    ) -> "asyncio.Task[None]":
        """Begin to read, in the task that is returned; raises QuotaExceeded."""
        self.detach(session_id)
        self.check_room()
        work = self._open(user_id, session_id, epoch=epoch, after=after, from_start=from_start)
        task = self._tasks.start(work, name="attach")
        self._opening[session_id] = task
        task.add_done_callback(lambda _: self._opened(session_id, task))
        return task

    def detach(self, session_id: str) -> None:
        """Stop reading a session, if it is read."""
        if (task := self._opening.pop(session_id, None)) is not None:
            task.cancel()
        if (reading := self._readings.pop(session_id, None)) is not None:
            reading.close()

    def close(self) -> None:
        """Stop reading all sessions."""
        for session_id in (*self._opening, *self._readings):
            self.detach(session_id)

    def _opened(self, session_id: str, task: "asyncio.Task[None]") -> None:
        if self._opening.get(session_id) is task:
            del self._opening[session_id]

    async def _open(
        self,
        user_id: str,
        session_id: str,
        *,
        epoch: str | None,
        after: int | None,
        from_start: bool,
    ) -> None:
        """Open a reading; while the log store is away, try again for half a minute."""
        pause_s = 0.1
        for attempt in range(_TRIES):
            try:
                self._readings[session_id] = await self._sessions.read(
                    user_id,
                    session_id,
                    self._wake,
                    epoch=epoch,
                    after=after,
                    from_start=from_start,
                )
            except LogUnavailable as error:
                if attempt == _TRIES - 1:
                    self._complain(error, session_id)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            except IonError as error:
                return self._complain(error, session_id)
            else:
                return self._wake()
        return None
