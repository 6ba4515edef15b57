"""Making what is a visitor's a user's, collection by collection; again it finds what was left."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from msgspec import structs

from sessions.archive import (
    ADVICE,
    SESSIONS,
    TOMBSTONES,
    TURNS,
    AdviceDocument,
    SessionDocument,
    TombstoneDocument,
    TurnDocument,
)
from sessions.clock import Clock
from sessions.erasure.counts import Counts, of_documents
from sessions.errors import Conflict
from sessions.memory.moving import MemoryMoving
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Collection, Document, Documents
from sessions.stores.paging import everything

from .leanings import Leanings
from .ports import PushMoves

__all__ = ["Moving"]

T = TypeVar("T", bound=Document)
# what comes of a change, None when it is not to be made
Change = Callable[[T], T | None]


class Moving:
    """Moves rows, each with a compare-and-set; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        names: Pseudonyms,
        remembered: MemoryMoving,
        push: PushMoves | None = None,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names
        self._remembered = remembered
        self._push = push
        self._leanings = Leanings(documents=documents, clock=clock, names=names)

    async def is_answered(self, visitor: str) -> bool:
        """Tell whether none of the visitor's turns is still to be answered."""
        waiting = {"user_id": visitor, "open": True}
        return not await self._documents.find(TURNS, "open_of_user", waiting, limit=1)

    async def steps(self, visitor: str, user_id: str) -> AsyncIterator[Counts]:
        """Do one step after the other and yield what it moved.

        Sessions come first, so that their new user can read and go on while one is answered; a
        turn that is answered stays the visitor's until it has ended.
        """
        yield of_documents({SESSIONS.name: await self._sessions(visitor, user_id)})
        yield of_documents({TURNS.name: await self._turns(visitor, user_id)})
        yield of_documents(await self._remembered.move_user(visitor, user_id))
        yield of_documents(await self._leanings.move(visitor, user_id))
        yield of_documents({ADVICE.name: await self._advice(visitor, user_id)})
        yield of_documents({TOMBSTONES.name: await self._tombstones(visitor, user_id)})
        if self._push is not None:
            yield of_documents(await self._push.move_user(visitor, user_id))

    async def settle(self, user_id: str) -> None:
        """Put right what a cut may have left between two steps."""
        await self._remembered.settle(user_id)

    async def _sessions(self, visitor: str, user_id: str) -> int:
        def change(session: SessionDocument) -> SessionDocument | None:
            if session.user_id != visitor:
                return None
            return structs.replace(session, user_id=user_id, changed_at=self._clock.now())

        found = everything(self._documents, SESSIONS, "by_user", {"user_id": visitor})
        return len([each async for each in self._changed(SESSIONS, found, change)])

    async def _turns(self, visitor: str, user_id: str) -> int:
        def change(turn: TurnDocument) -> TurnDocument | None:
            if turn.user_id != visitor or turn.open:
                return None
            return structs.replace(turn, user_id=user_id, updated_at=self._clock.now())

        ended = {"user_id": visitor, "open": False}
        found = everything(self._documents, TURNS, "open_of_user", ended)
        return len([each async for each in self._changed(TURNS, found, change)])

    async def _advice(self, visitor: str, user_id: str) -> int:
        before, after = self._names.user(visitor), self._names.user(user_id)

        def change(given: AdviceDocument) -> AdviceDocument | None:
            return structs.replace(given, user=after) if given.user == before else None

        found = everything(self._documents, ADVICE, "by_user", {"user": before})
        return len([each async for each in self._changed(ADVICE, found, change)])

    async def _tombstones(self, visitor: str, user_id: str) -> int:
        def change(buried: TombstoneDocument) -> TombstoneDocument | None:
            if buried.user_id != visitor:
                return None
            # each at a moment of its own: apps read on from the last moment they have seen
            return structs.replace(buried, user_id=user_id, deleted_at=self._clock.now())

        found = everything(self._documents, TOMBSTONES, "by_user", {"user_id": visitor})
        return len([each async for each in self._changed(TOMBSTONES, found, change)])

    async def _changed(
        self, collection: Collection[T], found: AsyncIterator[T], change: Change[T]
    ) -> AsyncIterator[T]:
        """Write what `change` makes of documents, whoever else writes them, and yield it."""
        async for each in found:
            stored: T | None = each
            while stored is not None and (wanted := change(stored)) is not None:
                try:
                    yield await self._documents.replace(collection, wanted)
                except Conflict:
                    stored = await self._documents.get(collection, each.id)
                else:
                    break
