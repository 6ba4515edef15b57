"""Writing a turn's document from the process that answers it, however long the store is away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import structs

from sessions.archive import TURNS, TurnDocument
from sessions.clock import Clock
from sessions.errors import Conflict, StoreUnavailable
from sessions.stores.documents import Documents

__all__ = ["TurnStore"]

R = TypeVar("R")


class TurnStore:
    """Turns in the documents; a store that refuses is tried again for `save_s`.

    All methods raise StoreUnavailable after that.
    """

    def __init__(self, documents: Documents, clock: Clock, *, save_s: float) -> None:
        self._documents = documents
        self._clock = clock
        self._save_s = save_s

    async def get(self, turn_id: str) -> TurnDocument | None:
        """Return a turn as it is stored."""
        return await self.insist(lambda: self._documents.get(TURNS, turn_id))

    async def replace(self, turn: TurnDocument, **changes: object) -> TurnDocument:
        """Store a turn with changes; raises Conflict when it was changed by somebody else."""
        changed = structs.replace(turn, **changes)

        async def write() -> TurnDocument:
            # who reads what changed since a time must find it, however late it is stored
            stamped = structs.replace(changed, updated_at=self._clock.now())
            return await self._documents.replace(TURNS, stamped)

        try:
            return await self.insist(write)
        except Conflict:
            # a write whose confirmation was lost is found done when it is tried again
            stored = await self._documents.get(TURNS, turn.id)
            if stored is None or stored != _kept(changed, stored):
                raise
            return stored

    async def insist(self, call: Callable[[], Awaitable[R]]) -> R:
        """Return what `call` does, once the store does it."""
        give_up_at = self._clock.monotonic() + self._save_s
        pause_s = 0.1
        while True:
            try:
                return await call()
            except StoreUnavailable:
                if self._clock.monotonic() + pause_s > give_up_at:
                    raise
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, 2.0)


def _kept(turn: TurnDocument, stored: TurnDocument) -> TurnDocument:
    """Return a turn with what others may have changed of it since it was stored."""
    return structs.replace(
        turn,
        version=stored.version,
        updated_at=stored.updated_at,
        push=stored.push,
        push_at=stored.push_at,
    )
