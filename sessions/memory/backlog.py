"""Turns on their way into the index: together, once their user rests."""

import asyncio
from collections.abc import Collection
from typing import Protocol

import structlog
from msgspec import Struct, field

from sessions.archive import TurnDocument
from sessions.clock import Clock
from sessions.errors import StoreError
from sessions.tasks import Tasks

__all__ = ["Backlog", "TurnIndex"]

log = structlog.get_logger(__name__)
_MOST_FAILURES, _MOST_KEPT = 30, 200


class TurnIndex(Protocol):
    """What takes turns in."""

    async def note_turns(self, turns: list[TurnDocument], *, meant: bool = True) -> bool:
        """Index turns of one user, by their words alone when they need not be `meant`.

        Tells whether that is all there is to index. Raises StoreUnavailable.
        """
        ...


class _Waiting(Struct, kw_only=True):
    """Turns of a user in line, and those that are being written; `again` is when, after a failure.

    Of those that are `spelt` only the meaning lacks. Both times are of the monotonic clock, in
    seconds.
    """

    turns: dict[str, TurnDocument] = field(default_factory=dict)
    spelt: set[str] = field(default_factory=set)
    since: float = 0.0
    taken: dict[str, TurnDocument] = field(default_factory=dict)
    writing: asyncio.Task[None] | None = None
    failures: int = 0
    again: float = 0.0


class Backlog:
    """Keeps the turns of a user back until nothing came for `rest_s`, or `most` wait.

    A session's own turns are known to its next answer anyway, and an index is written in one go
    for what a turn alone would cost. A user's index is written by one task at a time, which ends
    even when nobody waits for it any more; what it could not write goes back into line. Turns that
    are lost with their process are found missing when an index is read or looked over.
    """

    def __init__(
        self, index: TurnIndex, clock: Clock, *, rest_s: float = 20, most: int = 20
    ) -> None:
        self._index = index
        self._clock = clock
        self._rest_s = rest_s
        self._most = most
        self._users: dict[str, _Waiting] = {}
        self._tasks = Tasks(_tell)

    def add(self, turn: TurnDocument) -> None:
        """Put a turn that has ended into line, in the place of what it was."""
        waiting = self._users.setdefault(turn.user_id, _Waiting())
        waiting.turns[turn.id] = turn
        waiting.spelt.discard(turn.id)
        waiting.since = self._clock.monotonic()

    def drop(
        self, user_id: str, *, session_id: str | None = None, turn_ids: Collection[str] = ()
    ) -> None:
        """Take turns of a user out of line: these, those of a session, or without either all."""
        if (waiting := self._users.get(user_id)) is None:
            return
        everything = session_id is None and not turn_ids
        # what is being written must not come back into line
        for turns in (waiting.turns, waiting.taken):
            for turn in list(turns.values()):
                if everything or turn.session_id == session_id or turn.id in turn_ids:
                    del turns[turn.id]
        self._tidy(user_id, waiting)

    async def catch_up(self, user_id: str, *, but: str = "") -> None:
        """Index what waits of a user now, if any of it is not of the session `but`.

        It is by its words alone, since somebody waits: meanings take many times as long, and
        follow once the user rests. Turns that are being written already are waited for.
        """
        waiting = self._users.get(user_id)
        if waiting is None:
            return
        turns = [*waiting.taken.values(), *waiting.turns.values()]
        if any(turn.session_id != but and turn.id not in waiting.spelt for turn in turns):
            await self._write(user_id, meant=False)

    async def run(self, *, every_s: float = 1.0) -> None:
        """Index whoever rests, for ever."""
        while True:
            await asyncio.sleep(every_s)
            await self.write_rested()

    async def write_rested(self) -> None:
        """Index the turns of users who rest, and of those with many."""
        now = self._clock.monotonic()
        for user_id, waiting in list(self._users.items()):
            rests = waiting.since <= now - self._rest_s or len(waiting.turns) >= self._most
            if rests and now >= waiting.again:
                await self._write(user_id)

    async def write_all(self) -> None:
        """Index all that waits."""
        for user_id in list(self._users):
            await self._write(user_id)

    async def _write(self, user_id: str, *, meant: bool = True) -> None:
        """Wait for the write that goes on, then for one of what is still in line."""
        if (waiting := self._users.get(user_id)) is None:
            return
        while waiting.writing is not None:
            await asyncio.shield(waiting.writing)
        if meant or not waiting.spelt.issuperset(waiting.turns):
            waiting.taken, waiting.turns = waiting.turns, {}
            written = self._written(user_id, waiting, meant=meant)
            waiting.writing = self._tasks.start(written, name="index turns")
            await asyncio.shield(waiting.writing)

    async def _written(self, user_id: str, waiting: _Waiting, *, meant: bool) -> None:
        lacking = [each for each in waiting.taken.values() if meant or each.id not in waiting.spelt]
        turns = sorted(lacking, key=lambda turn: (turn.session_id, turn.number))
        try:
            whole = await self._index.note_turns(turns, meant=meant)
            waiting.failures = 0
            waiting.spelt -= waiting.taken.keys()
            if not whole:
                self._keep_for_meaning(waiting)
        except StoreError as error:
            self._put_back(waiting)
            log.warning("turns_not_indexed", code=str(error.code), turns=len(turns))
        except BaseException:
            self._put_back(waiting)
            raise
        finally:
            waiting.taken, waiting.writing = {}, None
            self._tidy(user_id, waiting)

    @staticmethod
    def _keep_for_meaning(waiting: _Waiting) -> None:
        """Have those turns wait again that have not changed since they were taken."""
        same = {name: each for name, each in waiting.taken.items() if name not in waiting.turns}
        waiting.spelt |= same.keys()
        waiting.turns = same | waiting.turns

    def _put_back(self, waiting: _Waiting) -> None:
        """Have turns wait again; so many, and so often, as memory and patience reach."""
        waiting.failures += 1
        waiting.again = self._clock.monotonic() + self._rest_s
        if waiting.failures < _MOST_FAILURES:
            turns = waiting.taken | waiting.turns
            waiting.turns = dict(list(turns.items())[-_MOST_KEPT:])

    def _tidy(self, user_id: str, waiting: _Waiting) -> None:
        done = not waiting.turns and waiting.writing is None
        if done and self._users.get(user_id) is waiting:
            del self._users[user_id]


def _tell(_name: str, error: BaseException) -> None:
    log.error("turns_not_indexed", error=type(error).__name__)
