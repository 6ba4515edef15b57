"""Indexes of users in memory, as fresh as the documents, and made anew when they are not sound."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog

from sessions.archive import TURNS, TurnDocument
from sessions.clock import Clock
from sessions.stores.documents import Documents, Range
from sessions.tasks import Tasks

from .documents import RecallState, Segment
from .indexer import CAUGHT_UP, Indexer
from .loaded import Found, Loaded
from .passages import passages
from .question import Question
from .rebuilding import Rebuilding
from .recalled import State
from .rows import Damaged, opened
from .segments import MOST_CHANGED, Segments
from .shelf import Shelf

__all__ = ["Loading"]

log = structlog.get_logger(__name__)
# Clocks of processes differ, and a write is seen later than it is stamped.
_OVERLAP = timedelta(seconds=10)
_JUST_ENDED = timedelta(seconds=60)
_BLANK_S, _MOST_BLANK = 30.0, 10_000
# Another process may have died with turns that it had not indexed yet.
_LOOK_OVER_S, _MOST_LOOKED_OVER = 300.0, 10_000
_AT_ONCE = 4_000  # so many entries are searched faster than another thread begins


class Loading:
    """Gives the index of a user; building one goes on in the background, once at a time each."""

    def __init__(
        self,
        *,
        documents: Documents,
        segments: Segments,
        indexer: Indexer,
        rebuilding: Rebuilding,
        clock: Clock,
        tasks: Tasks,
        encoder: str,
        most_bytes: int,
    ) -> None:
        self._documents = documents
        self._segments = segments
        self._indexer = indexer
        self._rebuilding = rebuilding
        self._clock = clock
        self._tasks = tasks
        self._encoder = encoder
        self._shelf = Shelf(most_bytes)
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._building: set[str] = set()
        self._blank: dict[str, float] = {}
        self._look_over: dict[str, float] = {}
        # most who ask for the first time share it
        self._empty = self._nothing()

    async def get(self, user_id: str) -> tuple[Loaded, State]:
        """Return a user's index, read when it is not here, and whether all of it is there."""
        state = await self._segments.state(user_id)
        held = self._shelf.get(user_id)
        if state is None and self._clock.monotonic() < self._blank.get(user_id, 0.0):
            return self._empty, "ready"
        if state is None and held is None and await self._is_new(user_id):
            return self._empty, "ready"
        if held is None or state is None or held.generation != state.generation:
            held = await self._read_once(user_id)
        else:
            held = await self._refreshed(user_id, held)
            self._looked_over(user_id, state, held)
        return held, "building" if user_id in self._building else "ready"

    async def _is_new(self, user_id: str) -> bool:
        """Tell whether a user without an index has ended no turn: there is nothing to index."""
        equals = {"user_id": user_id, "open": False}
        return not await self._documents.find(TURNS, "open_of_user", equals, limit=1)

    async def search(
        self, loaded: Loaded, question: Question, *, limit: int, not_in_session: str
    ) -> list[Found]:
        """Search an index, a big one in another thread."""
        if loaded.parts <= _AT_ONCE:
            return loaded.search(question, limit=limit, not_in_session=not_in_session)
        return await asyncio.to_thread(
            loaded.search, question, limit=limit, not_in_session=not_in_session
        )

    async def noted(self, user_id: str) -> None:
        """Take in what has changed, if the index is here, so that no question waits for it."""
        held = self._shelf.get(user_id)
        if held is not None:
            await self._refreshed(user_id, held)

    def drop(self, user_id: str) -> None:
        """Let go of a user's index."""
        self._shelf.drop(user_id)

    async def _refreshed(self, user_id: str, held: Loaded) -> Loaded:
        now = self._clock.now()
        found = await self._segments.since(user_id, held.upto - _OVERLAP)
        if len(found) >= MOST_CHANGED:
            # there may be older ones that changed, too
            return await self._read_once(user_id)
        fresh = held.fresh(found)
        if not fresh:
            held.upto = now
            return held
        try:
            taken = await asyncio.to_thread(_taken, held, fresh, now)
        except Damaged:
            taken = None
        if taken is None:
            return await self._read_once(user_id)
        self._shelf.put(user_id, taken)
        return taken

    async def _read_once(self, user_id: str) -> Loaded:
        """Read an index; whoever else asks for it meanwhile waits for the same reading."""
        reading = self._reading.get(user_id)
        if reading is None:
            reading = self._tasks.start(self._read(user_id), name="read an index")
            self._reading[user_id] = reading
            reading.add_done_callback(lambda _: self._reading.pop(user_id, None))
        await asyncio.shield(reading)
        return self._shelf.get(user_id) or self._nothing()

    def _nothing(self, generation: str = "") -> Loaded:
        return Loaded((), generation=generation, encoder=self._encoder, upto=self._clock.now())

    async def _read(self, user_id: str) -> None:
        now = self._clock.now()
        state = await self._segments.state(user_id)
        segments = await self._segments.of_user(user_id)
        generation = "" if state is None else state.generation
        damaged = False
        try:
            loaded = await asyncio.to_thread(_made, segments, generation, self._encoder, now)
        except Damaged:
            loaded, damaged = self._nothing(generation), True
        self._shelf.put(user_id, loaded)
        if damaged:
            self._build(user_id, self._rebuilding.rebuild(user_id, why="damaged"), "damaged")
        else:
            self._look_again(user_id)
            await self._complete(user_id, state, loaded)

    def _looked_over(self, user_id: str, state: RecallState, held: Loaded) -> None:
        """Have looked for what an index in memory lacks, in the background and now and then."""
        now = self._clock.monotonic()
        if user_id in self._building or now < self._look_over.get(user_id, now):
            return
        self._look_again(user_id)
        work = self._complete(user_id, state, held)
        self._tasks.start(work, name="look an index over")

    def _look_again(self, user_id: str) -> None:
        if len(self._look_over) >= _MOST_LOOKED_OVER:
            self._look_over.clear()
        self._look_over[user_id] = self._clock.monotonic() + _LOOK_OVER_S

    async def _complete(self, user_id: str, state: RecallState | None, loaded: Loaded) -> None:
        """Have done in the background what an index lacks."""
        missed = await self._missed(user_id, loaded)
        if state is None and (missed or loaded.parts):
            self._build(user_id, self._rebuilding.rebuild(user_id, why="missing"), "missing")
        elif state is not None and not state.finished:
            self._build(user_id, self._rebuilding.rebuild(user_id, why="unfinished"), "unfinished")
        elif len(missed) == CAUGHT_UP:
            self._build(user_id, self._rebuilding.rebuild(user_id, why="behind"), "behind")
        elif missed:
            self._build(user_id, self._note(missed), "behind")
        elif state is None:
            # most who come are new, and would be looked up at each of their first messages
            if len(self._blank) >= _MOST_BLANK:
                self._blank.clear()
            self._blank[user_id] = self._clock.monotonic() + _BLANK_S
        elif loaded.unmeant:
            self._build(user_id, self._rebuilding.give_meaning(user_id), "without meanings")

    async def _missed(self, user_id: str, loaded: Loaded) -> list[TurnDocument]:
        """Return which of the newest turns are not in the index but should be."""
        newest = await self._documents.find(
            TURNS,
            "open_of_user",
            {"user_id": user_id, "open": False},
            bounds=Range(lte=self._clock.now() - _JUST_ENDED),
            descending=True,
            limit=CAUGHT_UP,
        )
        known = loaded.row_ids
        missed = [
            turn
            for turn in newest
            if turn.id not in known
            and passages(turn)
            and await self._indexer.session(turn) is not None
        ]
        return await self._indexer.wanted(user_id, missed)

    def _build(self, user_id: str, work: Coroutine[Any, Any, object], why: str) -> None:
        """Do long work on an index in the background; it is read anew afterwards."""
        if user_id in self._building:
            work.close()
            return
        log.warning("recall_index_unsound", why=why)
        self._building.add(user_id)
        self._tasks.start(self._built(user_id, work), name="build an index")

    async def _built(self, user_id: str, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        finally:
            self._building.discard(user_id)
            self._shelf.drop(user_id)

    async def _note(self, turns: list[TurnDocument]) -> None:
        for turn in turns:
            await self._indexer.note_turn(turn)


def _made(segments: list[Segment], generation: str, encoder: str, now: datetime) -> Loaded:
    stretches = [opened(each) for each in segments]
    return Loaded(stretches, generation=generation, encoder=encoder, upto=now)


def _taken(held: Loaded, fresh: list[Segment], now: datetime) -> Loaded | None:
    return held.taken([opened(each) for each in fresh], upto=now)
