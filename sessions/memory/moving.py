"""What is remembered of a visitor, when the visitor turns out to be a user."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .documents import FACTS, MEMORY_SETTINGS, REFUSALS, FactDocument, MemorySettings, Pause
from .facts import Facts
from .recall.documents import RECALL
from .refusals import Refusals

__all__ = ["MemoryMoving", "RecallMoves"]

_MOST_PAUSES = 100


class RecallMoves(Protocol):
    """The index in which turns are found again."""

    async def move_user(self, visitor: str, user_id: str) -> int:
        """Make what is indexed of a visitor's sessions a user's; return how many segments."""
        ...


class MemoryMoving:
    """Facts, their index, refusals and settings; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        facts: Facts,
        refusals: Refusals,
        recall: RecallMoves,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._facts = facts
        self._refusals = refusals
        self._recall = recall

    async def move_user(self, visitor: str, user_id: str) -> dict[str, int]:
        """Make all that is remembered of a visitor a user's; count it by name.

        In a slot the newest fact holds, whoever it was told by. Refusals and pauses count on; else
        the user's settings stay.
        """
        refusals = await self._refusals.move_user(visitor, user_id)
        settings = await self._move_settings(visitor, user_id)
        moved = 0
        async for fact in everything(self._documents, FACTS, "by_user", {"user_id": visitor}):
            moved += await self._move(fact, visitor, user_id)
        counts = {RECALL.name: await self._recall.move_user(visitor, user_id)}
        return counts | {
            FACTS.name: moved,
            REFUSALS.name: refusals,
            MEMORY_SETTINGS.name: int(settings),
        }

    async def settle(self, user_id: str) -> None:
        """Have the newest fact of each slot hold, as a cut may have left two."""
        facts = await self._facts.of_user(user_id)
        for fact in {each.slot: each for each in facts if each.slot}.values():
            await self._facts.taken_over(fact)

    async def _move(self, fact: FactDocument, visitor: str, user_id: str) -> bool:
        stored: FactDocument | None = fact
        while stored is not None and stored.user_id == visitor:
            now = self._clock.now()
            changed = structs.replace(stored, user_id=user_id, updated_at=now)
            try:
                await self._facts.taken_over(await self._documents.replace(FACTS, changed))
            except Conflict:
                stored = await self._documents.get(FACTS, fact.id)
            else:
                return True
        return False

    async def _move_settings(self, visitor: str, user_id: str) -> bool:
        told = await self._documents.get(MEMORY_SETTINGS, visitor)
        while told is not None:
            stored = await self._documents.get(MEMORY_SETTINGS, user_id)
            known = stored or MemorySettings(id=user_id, paused=told.paused)
            wanted = structs.replace(known, pauses=_both(known, told, self._clock.now()))
            with suppress(Conflict, Duplicate):
                if stored is None:
                    await self._documents.insert(MEMORY_SETTINGS, wanted)
                elif wanted != stored:
                    await self._documents.replace(MEMORY_SETTINGS, wanted)
                return await self._documents.delete(MEMORY_SETTINGS, visitor)
        return False


def _both(known: MemorySettings, told: MemorySettings, now: datetime) -> tuple[Pause, ...]:
    """Return the pauses of two; the visitor's ends now, unless the user has paused too."""
    ended = [
        each if known.paused or each.until else structs.replace(each, until=now)
        for each in told.pauses
    ]
    both = {*known.pauses, *ended}
    return tuple(sorted(both, key=lambda each: (each.since, each.until or now))[-_MOST_PAUSES:])
