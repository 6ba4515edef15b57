"""Indexes of users in memory, as fresh as the documents, and made anew when they are not sound."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from sessions.archive import TURNS, TurnDocument
from sessions.clock import Clock
from sessions.errors import StoreUnavailable
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

from .documents import RecallState, Segment
from .indexer import CAUGHT_UP, Indexer
from .loaded import Found, Loaded
from .once import Once
from .passages import passages
from .question import Question
from .rebuilding import Rebuilding
from .recalled import State
from .rows import Damaged, opened
from .segments import MOST_CHANGED, Segments
from .shelf import Shelf

__all__ = ["Loading", "Missed"]

log = structlog.get_logger(__name__)
# Hears of turns from before this process that the index lacked, in the order in which they ended.
Missed = Callable[[Sequence[TurnDocument]], Awaitable[None]]
# Clocks of processes differ, and a write is seen later than it is stamped.
_OVERLAP = timedelta(seconds=10)
# A process that lives indexes what ends in it; what began before this one did is nobody's here.
_JUST_ENDED = timedelta(seconds=60)
_BLANK_S, _MOST_BLANK = 30.0, 10_000
# Another process may have died with turns that it had not indexed yet.
_LOOK_OVER_S, _MOST_LOOKED_OVER = 300.0, 10_000
_UNMEANT = "without meanings"
_TELL_AGAIN_S = (1, 5, 30)
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
        self._reading = Once(tasks, name="read an index")
        self._building: dict[str, str] = {}
        self._blank: dict[str, float] = {}
        self._look_over: dict[str, float] = {}
        self._began = clock.now()
        self.on_missed: Missed | None = None
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
        return held, self._state(user_id)

    def _state(self, user_id: str) -> State:
        why = self._building.get(user_id)
        if why is None:
            return "ready"
        return "unmeant" if why == _UNMEANT else "building"

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
        await self._reading.run(user_id, lambda: self._read(user_id))
        return self._shelf.get(user_id) or self._nothing()

    def _nothing(self, generation: str = "") -> Loaded:
        return Loaded((), generation=generation, encoder=self._encoder, upto=self._clock.now())

    async def _read(self, user_id: str) -> None:
        """Read an index, and what a killed process left out of it too, where that is soon done."""
        state, loaded = await self._opened(user_id)
        if loaded is None:
            self._rebuild(user_id, "damaged")
            return
        missed, young = await self._missed(user_id, loaded)
        self._look_again(user_id, _JUST_ENDED.total_seconds() if young else _LOOK_OVER_S)
        whole = state is not None and state.finished
        began = self._complete(user_id, state, loaded, missed)
        # all that there is, or little of it: a question waits for that
        if began is not None and 0 < len(missed) < CAUGHT_UP and (whole or not loaded.parts):
            await asyncio.shield(began)
            await self._opened(user_id)

    async def _opened(self, user_id: str) -> tuple[RecallState | None, Loaded | None]:
        """Take an index into memory: none of it, and None returned, where it is damaged."""
        now = self._clock.now()
        state = await self._segments.state(user_id)
        segments = await self._segments.of_user(user_id)
        generation = "" if state is None else state.generation
        try:
            loaded = await asyncio.to_thread(_made, segments, generation, self._encoder, now)
        except Damaged:
            self._shelf.put(user_id, self._nothing(generation))
            return state, None
        self._shelf.put(user_id, loaded)
        return state, loaded

    def _looked_over(self, user_id: str, state: RecallState, held: Loaded) -> None:
        """Have looked for what an index in memory lacks, in the background and now and then."""
        now = self._clock.monotonic()
        if user_id in self._building or now < self._look_over.get(user_id, now):
            return
        self._look_again(user_id, _LOOK_OVER_S)
        self._tasks.start(self._compared(user_id, state, held), name="look an index over")

    async def _compared(self, user_id: str, state: RecallState, held: Loaded) -> None:
        try:
            missed, _ = await self._missed(user_id, held)
        except StoreUnavailable:
            return  # it is looked over again
        self._complete(user_id, state, held, missed)

    def _look_again(self, user_id: str, after_s: float) -> None:
        if len(self._look_over) >= _MOST_LOOKED_OVER:
            self._look_over.clear()
        self._look_over[user_id] = self._clock.monotonic() + after_s

    def _complete(
        self,
        user_id: str,
        state: RecallState | None,
        loaded: Loaded,
        missed: list[TurnDocument],
    ) -> asyncio.Task[None] | None:
        """Have done in the background what an index lacks; return the task if one began."""
        lost = [turn for turn in reversed(missed) if turn.created_at < self._began]
        if lost and self.on_missed is not None:
            self._tasks.start(self._told(self.on_missed, lost), name="remember turns")
        if state is None and (missed or loaded.parts):
            return self._rebuild(user_id, "missing")
        if state is not None and not state.finished:
            return self._rebuild(user_id, "unfinished")
        if len(missed) == CAUGHT_UP:
            return self._rebuild(user_id, "behind")
        if missed:
            return self._build(user_id, self._note(missed), "behind")
        if state is None:
            # most who come are new, and would be looked up at each of their first messages
            if len(self._blank) >= _MOST_BLANK:
                self._blank.clear()
            self._blank[user_id] = self._clock.monotonic() + _BLANK_S
        elif loaded.unmeant:
            return self._give_meaning(user_id)
        return None

    async def _missed(self, user_id: str, loaded: Loaded) -> tuple[list[TurnDocument], bool]:
        """Return which of the newest turns the index lacks; and whether some may be on their way.

        Those are left out that ended just now in a process that lives, for all that is known.
        """
        equals = {"user_id": user_id, "open": False}
        newest = await self._documents.find(
            TURNS, "open_of_user", equals, descending=True, limit=CAUGHT_UP
        )
        known = loaded.row_ids
        lacking = [turn for turn in newest if turn.id not in known and passages(turn)]
        ripe = [turn for turn in lacking if self._is_ripe(turn)]
        missed = [turn for turn in ripe if await self._indexer.session(turn) is not None]
        return await self._indexer.wanted(user_id, missed), len(ripe) < len(lacking)

    def _is_ripe(self, turn: TurnDocument) -> bool:
        ended_before = self._clock.now() - _JUST_ENDED
        return turn.created_at < self._began or turn.updated_at <= ended_before

    def _rebuild(self, user_id: str, why: str) -> asyncio.Task[None] | None:
        return self._build(user_id, self._rebuilding.by_words(user_id, why=why), why)

    def _give_meaning(self, user_id: str) -> asyncio.Task[None] | None:
        return self._build(user_id, self._rebuilding.give_meaning(user_id), _UNMEANT)

    def _build(
        self, user_id: str, work: Coroutine[Any, Any, int], why: str
    ) -> asyncio.Task[None] | None:
        """Do long work on an index in the background; it is read anew afterwards."""
        if user_id in self._building:
            work.close()
            return None
        log.warning("recall_index_unsound", why=why)
        self._building[user_id] = why
        return self._tasks.start(self._built(user_id, work, why), name="build an index")

    async def _built(self, user_id: str, work: Coroutine[Any, Any, int], why: str) -> None:
        try:
            rows = await work
        finally:
            self._building.pop(user_id, None)
            self._shelf.drop(user_id)
        if rows and why != _UNMEANT and self._encoder:
            # a question waits for words, and for no meanings
            self._give_meaning(user_id)

    async def _told(self, hears: Missed, turns: list[TurnDocument]) -> None:
        for pause_s in _TELL_AGAIN_S:
            try:
                return await hears(turns)
            except StoreUnavailable as error:
                log.warning("turns_not_remembered_yet", count=len(turns), code=str(error.code))
                await asyncio.sleep(pause_s)
        return await hears(turns)

    async def _note(self, turns: list[TurnDocument]) -> int:
        in_order = sorted(turns, key=lambda turn: (turn.session_id, turn.number))
        await self._indexer.note_turns(in_order, meant=False)
        return len(turns)


def _made(segments: list[Segment], generation: str, encoder: str, now: datetime) -> Loaded:
    stretches = [opened(each) for each in segments]
    return Loaded(stretches, generation=generation, encoder=encoder, upto=now)


def _taken(held: Loaded, fresh: list[Segment], now: datetime) -> Loaded | None:
    return held.taken([opened(each) for each in fresh], upto=now)
