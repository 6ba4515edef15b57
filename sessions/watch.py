"""The watch over turns whose process died or never began: owners ask it, and tell who is meant."""

from collections.abc import AsyncIterator, Container
from datetime import datetime, timedelta

from sessions.archive import TURNS, TurnDocument
from sessions.clock import Clock
from sessions.command import Command
from sessions.log import Logs
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore
from sessions.stores.paging import everything

__all__ = ["Watch"]

_PAGE = 500


class Watch:
    """Finds open turns that nobody answers; it reads documents, the log store and the logs here.

    `given_up` are sessions whose owner here left without being asked. A turn that its owner has not
    begun is told of once more after `forgotten_s`.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        logs: Logs,
        clock: Clock,
        forgotten_s: float,
    ) -> None:
        self.given_up: set[str] = set()
        self._documents = documents
        self._store = store
        self._logs = logs
        self._clock = clock
        self._forgotten_s = forgotten_s
        self._reminded: dict[str, datetime] = {}

    async def look(
        self, owned: Container[str], *, min_age_s: float
    ) -> AsyncIterator[tuple[str, Command]]:
        """Yield sessions that are not `owned` and need an owner, with what that has to be told.

        Raises LogUnavailable, StoreUnavailable.
        """
        now = self._clock.now()
        young = now - timedelta(seconds=min_age_s)
        # of what is from tomorrow nobody knows the age: a clock went back, or another's is ahead
        turns = [each for each in await self._open_turns() if not young < each.updated_at <= now]
        others = [turn for turn in turns if turn.session_id not in owned]
        orphans = await self._orphans({turn.session_id for turn in others})
        for session_id in orphans | self.given_up:
            # who gave up may have been told what no reader has seen: a new epoch shows it
            yield session_id, Command(kind="resume")
            self.given_up.discard(session_id)
        waiting = [turn for turn in others if turn.session_id not in orphans]
        for turn in self._forgotten(waiting, now):
            self._reminded[turn.id] = now
            yield turn.session_id, Command(kind="accepted", turn_id=turn.id)

    async def _orphans(self, opened: set[str]) -> set[str]:
        """Return sessions without an owner: of those with open turns, and of those read here."""
        # readers here may wait for what a dead process stored but did not tell
        asked = opened | set(self._logs.written_elsewhere())
        orphans = set(await self._store.orphans(sorted(asked))) if asked else set()
        for session_id in sorted(orphans - opened):
            if not await self._logs.is_left(session_id):
                orphans.discard(session_id)
        return orphans

    async def _open_turns(self) -> list[TurnDocument]:
        found = everything(self._documents, TURNS, "open", {"open": True}, page=_PAGE)
        return [turn async for turn in found]

    def _forgotten(self, turns: list[TurnDocument], now: datetime) -> list[TurnDocument]:
        """Return turns whose owner may not have heard of them, for a while or since a reminder."""
        self._reminded = {
            turn.id: min(now, self._reminded.get(turn.id, turn.updated_at)) for turn in turns
        }
        before = now - timedelta(seconds=self._forgotten_s)
        return [
            turn for turn in turns if turn.state == "accepted" and self._reminded[turn.id] < before
        ]
