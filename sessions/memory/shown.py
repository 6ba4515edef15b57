"""What a user sees of the memory: pages of it, and why something is remembered."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from schemas.memory import Memory, MemoryKind, MemoryPage
from sessions.archive import SESSIONS, TURNS
from sessions.stores.documents import Collection, Document, Documents, Range
from sessions.stores.paging import everything

from .cursors import Cursor
from .documents import FACTS, MEMORY_SETTINGS, FactDocument, Source
from .views import Said, memory_view

__all__ = ["MemoryFilter", "ShownMemory"]

T = TypeVar("T", bound=Document)
_READ = 200
_AT_ONCE = 8
_MOST_EARLIER = 50


class MemoryFilter(Struct, frozen=True, kw_only=True):
    """Which memories are asked for: `q` is in their text; with `ids`, only those.

    What no longer holds is left out unless `superseded`.
    """

    kind: MemoryKind | None = None
    q: str = ""
    ids: tuple[str, ...] = ()
    superseded: bool = False

    def takes(self, fact: FactDocument) -> bool:
        """Tell whether a fact is asked for."""
        return (
            (self.superseded or fact.current)
            and (self.kind is None or fact.kind == self.kind)
            and self.q.casefold() in fact.text.casefold()
        )


class ShownMemory:
    """Reads memories for their user; all methods raise StoreUnavailable."""

    def __init__(self, documents: Documents, *, read: int = _READ) -> None:
        self._documents = documents
        self._read_at_once = read

    async def page(
        self, user_id: str, asked: MemoryFilter, *, before: Cursor | None, limit: int
    ) -> MemoryPage:
        """Return at most `limit` memories after the cursor `before`, the pinned ones first."""
        facts: list[FactDocument] = []
        async for fact in self._found(user_id, asked, before):
            facts.append(fact)
            if len(facts) > limit:
                break
        settings = await self._documents.get(MEMORY_SETTINGS, user_id)
        shown = facts[:limit]
        return MemoryPage(
            memories=await self.views(shown),
            next=_cursor(shown[-1]).text() if len(facts) > limit else None,
            paused=settings is not None and settings.paused,
        )

    async def one(self, fact: FactDocument) -> Memory:
        """Return one memory with all its sources and what held before."""
        said, earlier = await asyncio.gather(self._said(fact.sources), self._earlier(fact))
        return memory_view(fact, said, sources=fact.sources, earlier=earlier)

    async def views(self, facts: Iterable[FactDocument]) -> tuple[Memory, ...]:
        """Return facts as lists show them: each with the newest message it comes from."""
        listed = [(fact, fact.sources[-1:]) for fact in facts]
        said = await self._said([source for _, sources in listed for source in sources])
        return tuple(memory_view(fact, said, sources=sources) for fact, sources in listed)

    async def _found(
        self, user_id: str, asked: MemoryFilter, before: Cursor | None
    ) -> AsyncIterator[FactDocument]:
        if asked.ids:
            for fact in (await self._read(FACTS, asked.ids)).values():
                if fact.user_id == user_id and asked.takes(fact):
                    yield fact
            return
        for pinned in (True, False):
            if before is not None and not before.pinned and pinned:
                continue
            along = everything(
                self._documents,
                FACTS,
                "by_pinned",
                {"user_id": user_id, "pinned": pinned},
                descending=True,
                after=before if before is not None and before.pinned == pinned else None,
                page=self._read_at_once,
            )
            async for fact in along:
                if asked.takes(fact):
                    yield fact

    async def _earlier(self, fact: FactDocument) -> list[FactDocument]:
        if not fact.slot:
            return []
        found = await self._documents.find(
            FACTS,
            "by_slot",
            {"user_id": fact.user_id, "slot": fact.slot},
            bounds=Range(lte=fact.valid_from),
            descending=True,
            limit=_MOST_EARLIER,
        )
        return [each for each in found if each.id != fact.id and each.shown]

    async def _said(self, sources: Sequence[Source]) -> Said:
        turns, sessions = await asyncio.gather(
            self._read(TURNS, (each.turn_id for each in sources)),
            self._read(SESSIONS, (each.session_id for each in sources)),
        )
        return Said(turns=turns, sessions=sessions)

    async def _read(self, collection: Collection[T], ids: Iterable[str]) -> dict[str, T]:
        """Return the documents that are there, in the order of `ids`, read a few at a time."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(document_id: str) -> T | None:
            async with room:
                return await self._documents.get(collection, document_id)

        found = await asyncio.gather(*map(one, dict.fromkeys(ids)))
        return {each.id: each for each in found if each is not None}


def _cursor(fact: FactDocument) -> Cursor:
    return Cursor(pinned=fact.pinned, at=fact.updated_at, id=fact.id)
