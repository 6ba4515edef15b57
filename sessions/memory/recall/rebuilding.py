"""Making a user's index anew from their turns and facts, and giving it the meanings it lacks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog

from sessions.archive import TURNS, SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.memory.documents import FACTS
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .indexer import Indexer, recallable
from .passages import passages
from .reading import row_of_fact
from .rows import Damaged, Row, opened
from .sealing import Sealer
from .segments import Segments, segment_of_fact, segment_of_turn

__all__ = ["Rebuilding"]

log = structlog.get_logger(__name__)
_BATCH = 101
_PATIENCE = timedelta(minutes=10)


class Rebuilding:
    """Long work in the background; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        segments: Segments,
        indexer: Indexer,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._segments = segments
        self._indexer = indexer
        self._sealer = sealer
        self._clock = clock

    async def rebuild(self, user_id: str, *, why: str) -> int:
        """Make a user's index anew, by words at first, then with meanings; return its rows."""
        rows = await self.by_words(user_id, why=why)
        if rows:
            await self.give_meaning(user_id)
        return rows

    async def by_words(self, user_id: str, *, why: str) -> int:
        """Make a user's index anew without meanings; return its rows.

        Nothing is done, and 0 returned, when a process began it less than 10 minutes ago.
        """
        state = await self._segments.state(user_id)
        now = self._clock.now()
        if state is not None and not state.finished and state.updated_at > now - _PATIENCE:
            return 0
        await self._segments.renew(user_id, finished=False)
        await self._segments.drop(user_id)
        rows = await self._turns(user_id) + await self._facts(user_id)
        await self._segments.renew(user_id, finished=True)
        log.info("recall_rebuilt", why=why, rows=rows)
        return rows

    async def give_meaning(self, user_id: str) -> int:
        """Add the vectors that the index lacks, the newest first; return how many rows stay."""
        segments = await self._segments.of_user(user_id)
        lacking = 0
        for segment in reversed(segments):
            try:
                lacking += await self._indexer.give_meaning(user_id, opened(segment))
            except Damaged:
                continue  # the next one who reads it has it made anew
        return lacking

    async def _turns(self, user_id: str) -> int:
        equals = {"user_id": user_id, "open": False}
        turns = everything(self._documents, TURNS, "open_of_user", equals, page=_BATCH)
        sessions: dict[str, SessionDocument | None] = {}
        rows = 0
        async for batch in _batches(turns):
            by_segment: dict[tuple[str, str], list[Row]] = {}
            for turn in await self._indexer.wanted(user_id, batch):
                if turn.session_id not in sessions:
                    sessions[turn.session_id] = await self._indexer.session(turn)
                session = sessions[turn.session_id]
                if session is not None:
                    # a row takes milliseconds, and others wait
                    await asyncio.sleep(0)
                    said = passages(turn)
                    row = self._indexer.row(turn, said, [None] * len(said), session)
                    segment = segment_of_turn(turn.session_id, turn.number)
                    by_segment.setdefault((segment, turn.session_id), []).append(row)
                    rows += 1
            for (segment, session_id), some in by_segment.items():
                await self._indexer.put(segment, user_id, session_id, some)
        return rows

    async def _facts(self, user_id: str) -> int:
        facts = everything(self._documents, FACTS, "by_user", {"user_id": user_id})
        by_segment: dict[str, list[Row]] = {}
        async for fact in facts:
            if recallable(fact):
                await asyncio.sleep(0)
                row = row_of_fact(fact, None, sealer=self._sealer)
                by_segment.setdefault(segment_of_fact(user_id, fact.id), []).append(row)
        for segment, some in by_segment.items():
            await self._indexer.put(segment, user_id, "", some)
        return sum(map(len, by_segment.values()))


async def _batches(turns: AsyncIterator[TurnDocument]) -> AsyncIterator[list[TurnDocument]]:
    batch: list[TurnDocument] = []
    async for turn in turns:
        batch.append(turn)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
