"""The index in the documents: rows put in, taken out and read; all raise StoreUnavailable."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime
from secrets import token_hex
from zlib import crc32

from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

from .documents import RECALL, RECALL_STATES, RecallState, Segment
from .rows import Damaged, Row, opened, packed_rows

__all__ = ["MOST_CHANGED", "Segments", "holders", "segment_of_fact", "segment_of_turn"]

# Rows that lie together are written together: few make many documents, many make long writes.
_TURNS = 16
_FACTS = 8
MOST_CHANGED = 100
_PAGE = 101  # so many are read in another thread


def segment_of_turn(session_id: str, number: int) -> str:
    """Return the id of the segment in which a turn's row is."""
    return f"{session_id}.{(number - 1) // _TURNS}"


def segment_of_fact(user_id: str, fact_id: str) -> str:
    """Return the id of the segment in which a fact's row is."""
    return f"{user_id}.{crc32(fact_id.encode()) % _FACTS}"


class Segments:
    """Segments of all users; writers of one segment take turns by its version."""

    def __init__(self, documents: Documents, clock: Clock, *, key: str) -> None:
        self._documents = documents
        self._clock = clock
        self._key = key

    async def put(
        self, segment_id: str, user_id: str, session_id: str, rows: Sequence[Row], *, encoder: str
    ) -> None:
        """Put rows in the place of those with their ids; their vectors are of `encoder`."""
        new = Segment(
            id=segment_id, user_id=user_id, session_id=session_id, updated_at=self._clock.now()
        )
        await self._change(segment_id, lambda old: _with(old, rows, encoder), new)

    async def take_out(self, segment_id: str, ids: Collection[str]) -> bool:
        """Take rows and parts with these ids out of a segment; tell whether there were any."""
        held = await self._documents.get(RECALL, segment_id)
        if held is None or held == _without(held, ids):
            return False
        await self._change(segment_id, lambda each: _without(each, ids), None)
        return True

    async def get(self, segment_id: str) -> Segment | None:
        """Return a segment, None when there is none."""
        return await self._documents.get(RECALL, segment_id)

    async def of_user(self, user_id: str) -> list[Segment]:
        """Return all segments of a user."""
        equals = {"user_id": user_id}
        read = everything(self._documents, RECALL, "by_user", equals, page=_PAGE)
        return [each async for each in read]

    async def since(self, user_id: str, at: datetime) -> list[Segment]:
        """Return the newest segments of a user that changed at or after `at`, at most 100."""
        return await self._documents.find(
            RECALL,
            "by_user",
            {"user_id": user_id},
            bounds=Range(gte=at),
            descending=True,
            limit=MOST_CHANGED,
        )

    async def drop(self, user_id: str, session_id: str | None = None) -> int:
        """Delete the segments of a user, or of one session; return how many."""
        equals = {"user_id": user_id}
        if session_id is not None:
            equals["session_id"] = session_id
        index = "by_user" if session_id is None else "by_session"
        dropped = 0
        while found := await self._documents.find(RECALL, index, equals, limit=_PAGE):
            for each in found:
                dropped += await self._documents.delete(RECALL, each.id)
        return dropped

    async def move(self, visitor: str, user_id: str) -> int:
        """Make the segments of a visitor's sessions a user's; return how many.

        An index that is whole is read anew; where the user has none, one is made when it is asked.
        """
        moved = 0
        for each in await self.of_user(visitor):
            held: Segment | None = each if each.session_id else None
            while held is not None and held.user_id == visitor:
                changed = structs.replace(held, user_id=user_id, updated_at=self._clock.now())
                try:
                    held = await self._documents.replace(RECALL, changed)
                    moved += 1
                except Conflict:
                    held = await self._documents.get(RECALL, each.id)
        if moved and await self.state(user_id) is not None:
            await self.renew(user_id)
        return moved

    async def state(self, user_id: str) -> RecallState | None:
        """Return what is known of a user's index; None when there is none of this key."""
        state = await self._documents.get(RECALL_STATES, user_id)
        return state if state is not None and state.key == self._key else None

    async def begin(self, user_id: str) -> None:
        """Say that a user's index is whole, when nothing is known of one."""
        if await self._documents.get(RECALL_STATES, user_id) is None:
            await self.renew(user_id, finished=True)

    async def renew(self, user_id: str, *, finished: bool | None = None) -> RecallState:
        """Give the index a new generation, so that every process reads it anew."""
        while True:
            stored = await self._documents.get(RECALL_STATES, user_id)
            known = stored or RecallState(
                id=user_id, generation="", key=self._key, updated_at=self._clock.now()
            )
            new = structs.replace(
                known,
                generation=token_hex(8),
                key=self._key,
                updated_at=self._clock.now(),
                finished=known.finished if finished is None else finished,
            )
            with suppress(Conflict, Duplicate):
                if stored is not None:
                    return await self._documents.replace(RECALL_STATES, new)
                await self._documents.insert(RECALL_STATES, new)
                return new

    async def forget_state(self, user_id: str) -> bool:
        """Delete what is known of a user's index."""
        return await self._documents.delete(RECALL_STATES, user_id)

    async def _change(
        self, segment_id: str, change: Callable[[Segment], Segment], new: Segment | None
    ) -> None:
        while True:
            stored = await self._documents.get(RECALL, segment_id)
            old = stored or new
            if old is None:
                return
            changed = structs.replace(change(old), updated_at=self._clock.now())
            with suppress(Conflict, Duplicate):
                if stored is None:
                    await self._documents.insert(RECALL, changed)
                else:
                    await self._documents.replace(RECALL, changed)
                return


def holders(segments: Sequence[Segment], ids: Collection[str]) -> tuple[set[str], bool]:
    """Return which segments hold rows or parts of these ids, or may; and whether any is damaged."""
    found: set[str] = set()
    damaged = False
    for segment in segments:
        try:
            rows = opened(segment).rows
        except Damaged:
            damaged = True
            found.add(segment.id)
            continue
        if any(row.id in ids or any(part.id in ids for part in row.parts) for row in rows):
            found.add(segment.id)
    return found, damaged


def _with(segment: Segment, rows: Sequence[Row], encoder: str) -> Segment:
    encoders = segment.encoders
    if encoder and encoder not in encoders:
        encoders = (*encoders, encoder)
    number = encoders.index(encoder) if encoder else -1
    new = {row.id: _encoded(row, number) for row in rows}
    kept = (row for row in _rows(segment) if row.id not in new)
    return packed_rows(structs.replace(segment, encoders=encoders), (*kept, *new.values()))


def _encoded(row: Row, number: int) -> Row:
    parts = (structs.replace(each, encoder=number if each.vector else -1) for each in row.parts)
    return structs.replace(row, parts=tuple(parts))


def _without(segment: Segment, ids: Collection[str]) -> Segment:
    """Return the segment without rows and parts of these ids; a damaged one loses everything."""
    rows = (_parted(row, ids) for row in _rows(segment) if row.id not in ids)
    return packed_rows(segment, [row for row in rows if row.parts])


def _parted(row: Row, ids: Collection[str]) -> Row:
    return structs.replace(row, parts=tuple(each for each in row.parts if each.id not in ids))


def _rows(segment: Segment) -> tuple[Row, ...]:
    try:
        return opened(segment).rows
    except Damaged:
        return ()
