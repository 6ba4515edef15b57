"""Turns on their way into the index: together, once their user rests."""

import asyncio
from collections.abc import Collection
from typing import Protocol

import structlog
from msgspec import Struct, field

from sessions.archive import TurnDocument
from sessions.clock import Clock
from sessions.errors import StoreError

__all__ = ["Backlog", "TurnIndex"]

log = structlog.get_logger(__name__)


class TurnIndex(Protocol):
    """What takes turns in."""

    async def note_turns(self, turns: list[TurnDocument]) -> None:
        """Index turns of one user; raises StoreUnavailable."""
        ...


class _Waiting(Struct, kw_only=True):
    turns: dict[str, TurnDocument] = field(default_factory=dict)
    since: float = 0.0


class Backlog:
    """Keeps the turns of a user back until nothing came for `rest_s`, or `most` wait.

    A session's own turns are known to its next answer anyway, and an index is written in one go
    for what a turn alone would cost. Turns that are lost with their process are found missing
    when the index is read again.
    """

    def __init__(
        self, index: TurnIndex, clock: Clock, *, rest_s: float = 20, most: int = 20
    ) -> None:
        self._index = index
        self._clock = clock
        self._rest_s = rest_s
        self._most = most
        self._users: dict[str, _Waiting] = {}

    def add(self, turn: TurnDocument) -> None:
        """Put a turn that has ended into line, in the place of what it was."""
        waiting = self._users.setdefault(turn.user_id, _Waiting())
        waiting.turns[turn.id] = turn
        waiting.since = self._clock.monotonic()

    def drop(
        self, user_id: str, *, session_id: str | None = None, turn_ids: Collection[str] = ()
    ) -> None:
        """Take turns of a user out of line: these, those of a session, or without either all."""
        if (waiting := self._users.get(user_id)) is None:
            return
        everything = session_id is None and not turn_ids
        waiting.turns = {
            turn.id: turn
            for turn in waiting.turns.values()
            if not (everything or turn.session_id == session_id or turn.id in turn_ids)
        }
        if not waiting.turns:
            del self._users[user_id]

    async def catch_up(self, user_id: str, *, but: str = "") -> None:
        """Index what waits of a user now, if any of it is not of the session `but`."""
        waiting = self._users.get(user_id)
        if waiting and any(turn.session_id != but for turn in waiting.turns.values()):
            await self._write(user_id)

    async def run(self, *, every_s: float = 1.0) -> None:
        """Index whoever rests, for ever."""
        while True:
            await asyncio.sleep(every_s)
            await self.write_rested()

    async def write_rested(self) -> None:
        """Index the turns of users who rest, and of those with many."""
        rested = self._clock.monotonic() - self._rest_s
        for user_id, waiting in list(self._users.items()):
            if waiting.since <= rested or len(waiting.turns) >= self._most:
                await self._write(user_id)

    async def write_all(self) -> None:
        """Index all that waits."""
        for user_id in list(self._users):
            await self._write(user_id)

    async def _write(self, user_id: str) -> None:
        waiting = self._users.pop(user_id, None)
        if waiting is None:
            return
        turns = sorted(waiting.turns.values(), key=lambda turn: (turn.session_id, turn.number))
        try:
            await self._index.note_turns(turns)
        except StoreError as error:
            # the index is found to be behind when it is read again
            log.warning("turns_not_indexed", code=str(error.code), turns=len(turns))
