"""What of a turn is remembered, once it has ended: off the hot path, and once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec import structs

from sessions.archive import SESSIONS, TOMBSTONES, TURNS, SessionDocument, TurnDocument
from sessions.branches import leaf_of, load_branch
from sessions.clock import Clock
from sessions.errors import NotFound, StoreError
from sessions.lane import Lane
from sessions.safety.classify import check
from sessions.stores.documents import Documents

from .documents import FactDocument, RefusalDocument, Source
from .ending import ended_by
from .extract import Ended, Found
from .extract.provider import Extractor
from .facts import Facts
from .gate import Gate
from .goals import goal_slot
from .latest import latest_day, moved_fact, slot_of
from .likeness import Carried
from .listening import Heard, Listener
from .making import fact_of
from .refusals import Refusals
from .sources import sourced

__all__ = ["MemoryKeeper"]

_LONG_CHARS = 300
_MANY_FACTS = 20
_MOST_TURNS = 10_000
_MOST_FACTS = 1_000
_LATELY = timedelta(days=1)
log = structlog.get_logger(__name__)


class MemoryKeeper:
    """Remembers what ended turns tell of their users.

    The same turn again adds nothing. Nothing is kept of a turn with a risk, in a private session
    or while the user has paused memory. What was deleted while it was being read is not kept.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        facts: Facts,
        refusals: Refusals,
        clock: Clock,
        gate: Gate,
        extractor: Extractor | None = None,
        lane: Lane | None = None,
    ) -> None:
        self._lane = lane or Lane()
        self._documents = documents
        self._facts = facts
        self._refusals = refusals
        self._clock = clock
        self._gate = gate
        self._extractor = extractor
        self._listener = Listener(facts, self._lane, extractor)

    async def ended(
        self, turn: TurnDocument, session: SessionDocument, *, zone: str = ""
    ) -> tuple[FactDocument, ...]:
        """Keep what a turn tells, and return the facts that are new. Never raises StoreError.

        `zone` is where the user is when the session does not know.
        """
        try:
            return await self._ended(turn, session, session.timezone or zone)
        except StoreError as error:
            log.warning("turn_not_remembered", turn_id=turn.id, code=str(error.code))
            return ()

    async def missed(self, turns: Sequence[TurnDocument]) -> None:
        """Keep what turns of the last day tell of which nothing is known; raises StoreUnavailable.

        Their process was killed, it seems. They come in the order in which they ended.
        """
        since = self._clock.now() - _LATELY
        for turn in turns:
            if turn.created_at < since or await self._facts.of_turn(turn.user_id, turn.id):
                continue
            session = await self._documents.get(SESSIONS, turn.session_id)
            if session is not None:
                await self.ended(turn, session)

    async def branched(self, session: SessionDocument) -> None:
        """Have those facts of a session hold that the branch which is shown tells.

        Raises StoreUnavailable.
        """
        facts = await self._facts.of_session(session.user_id, session.id)
        if not facts or session.branched_at is None:
            return
        turns = await self._shown(session)
        for fact in facts:
            shown = any(
                each.session_id != session.id or each.turn_id in turns for each in fact.sources
            )
            if shown is not fact.shown:
                await self._facts.show(fact, shown)

    async def _shown(self, session: SessionDocument) -> set[str]:
        newest = await self._documents.find(
            TURNS, "by_session", {"session_id": session.id}, descending=True, limit=1
        )
        leaf = leaf_of(session, newest[0].number) if newest else 0
        turns = await load_branch(self._documents, session.id, leaf, limit=_MOST_TURNS)
        return {turn.id for turn in turns}

    async def _ended(
        self, turn: TurnDocument, session: SessionDocument, zone: str
    ) -> tuple[FactDocument, ...]:
        if session.private or await _is_risky(turn, self._lane):
            return ()
        if self._extractor is not None and await self._as_kept(turn) is None:
            return ()
        heard = await self._listener.hear(turn, zone)
        kept: list[FactDocument] = []
        told = any(each.found or each.ended or each.moved for each in heard)
        if told and (theirs := await self._as_kept(turn)) is not None:
            kept = await self._taken_in(theirs, heard, zone)
        if session.branched_at is not None or turn.forked:
            stored = await self._documents.get(SESSIONS, session.id)
            await self.branched(stored or session)
        return tuple(kept)

    async def _taken_in(
        self, turn: TurnDocument, heard: Sequence[Heard], zone: str
    ) -> list[FactDocument]:
        every = await self._facts.of_user(turn.user_id, past=True)
        known = [each for each in every if each.current]
        refused = await self._refusals.of_user(turn.user_id)
        words = await _words(known)
        kept: list[FactDocument] = []
        for each in heard:
            again = _heard_before(every, turn, each.at)
            kept += await self._keep(turn, each, zone, [*known, *kept], refused, words, again=again)
        theirs = await self._as_kept(turn)
        if theirs is None or theirs.user_id != turn.user_id:
            await self._facts.forget_turns(turn.user_id, [turn.id])
            return [] if theirs is None else await self._taken_in(theirs, heard, zone)
        if len(known) + len(kept) > _MOST_FACTS:
            await self._facts.trim(turn.user_id, most=_MOST_FACTS)
        return await self._still_wanted(kept)

    async def _still_wanted(self, kept: list[FactDocument]) -> list[FactDocument]:
        """Return the facts that were not refused while they were written; delete the others."""
        if not kept:
            return kept
        refused = await self._refusals.of_user(kept[0].user_id)
        wanted = [each for each in kept if not self._refusals.hold(each, refused)]
        for each in kept:
            if each not in wanted:
                with suppress(NotFound):
                    await self._facts.delete(each.user_id, each.id)
        return wanted

    async def _as_kept(self, turn: TurnDocument) -> TurnDocument | None:
        """Return the turn as whoever has it now remembers it: a visitor's may have moved.

        None when turn or session is gone or private, or memory is paused, as of now.
        """
        stored, session, buried = await asyncio.gather(
            self._documents.get(TURNS, turn.id),
            self._documents.get(SESSIONS, turn.session_id),
            self._documents.get(TOMBSTONES, turn.session_id),
        )
        if stored is None or session is None or buried is not None or _emptied(stored, turn):
            return None
        if session.private or (await self._facts.settings(stored.user_id)).paused:
            return None
        return structs.replace(turn, user_id=stored.user_id)

    async def _keep(
        self,
        turn: TurnDocument,
        heard: Heard,
        zone: str,
        known: Sequence[FactDocument],
        refused: Sequence[RefusalDocument],
        words: Carried,
        *,
        again: bool,
    ) -> list[FactDocument]:
        current = list(known)
        last = None if again else latest_day(current, turn.session_id, heard.at)
        for each in heard.ended:
            current = await self._end(each, heard.at, current, words, last)
        kept: list[FactDocument] = []
        if last in current and (moved := await self._move(turn, heard, last, zone, refused)):
            current = [*(each for each in current if each is not last), moved]
            kept.append(moved)
        for found in heard.found:
            if kept and found.kind == "deadline" and _is_moved(found, heard):
                continue
            judge = partial(
                self._gate.judge,
                found,
                said=heard.said,
                at=heard.at,
                known=tuple(current),
                words=words,
            )
            verdict = await self._lane.run(judge, apart=len(heard.said) > _LONG_CHARS)
            if verdict.reason is not None:
                continue
            source = Source(
                session_id=turn.session_id, turn_id=turn.id, message_id=heard.message_id
            )
            if verdict.same is not None:
                await self._again(verdict.same, source)
                continue
            now = self._clock.now()
            fact = fact_of(
                turn, found, slot=verdict.slot, source=source, at=heard.at, zone=zone, now=now
            )
            if self._refusals.hold(fact, refused):
                continue
            if verdict.over is not None:
                await self._make_way(verdict.over, goal_slot(verdict.over))
            if (stored := await self._facts.add(fact)) is not None:
                current = [each for each in current if each is not verdict.over]
                current.append(stored)
                kept.append(stored)
        return kept

    async def _move(
        self,
        turn: TurnDocument,
        heard: Heard,
        last: FactDocument | None,
        zone: str,
        refused: Sequence[RefusalDocument],
    ) -> FactDocument | None:
        """Keep the day that was told of last as a message moves it; None when it does not."""
        if heard.moved is None or last is None:
            return None
        source = Source(session_id=turn.session_id, turn_id=turn.id, message_id=heard.message_id)
        now = self._clock.now()
        fact = moved_fact(turn, last, heard.moved, source=source, at=heard.at, zone=zone, now=now)
        if fact.due == last.due or self._refusals.hold(fact, refused):
            return None
        await self._make_way(last, slot_of(last))
        return await self._facts.add(fact)

    async def _make_way(self, fact: FactDocument, slot: str) -> None:
        """Have a fact stand in a slot, which another one can take."""
        with suppress(NotFound):
            await self._facts.change(
                fact.user_id, fact.id, lambda each: structs.replace(each, slot=slot)
            )

    async def _again(self, fact: FactDocument, source: Source) -> None:
        """Have a fact that is told again rest on this message, too."""
        if source in fact.sources:
            return
        try:
            await self._facts.change(
                fact.user_id,
                fact.id,
                lambda each: sourced(each, tuple(dict.fromkeys((*each.sources, source)))),
            )
        except NotFound:
            return  # it was deleted just now

    async def _end(
        self,
        over: Ended,
        at: datetime,
        known: Sequence[FactDocument],
        words: Carried,
        last: FactDocument | None,
    ) -> list[FactDocument]:
        """End the facts that a message says to be over; return those that still hold.

        `last` is the day that was told of last.
        """
        before = [each for each in known if _since(each) < at]
        ended = {each.id for each in ended_by(over, before, words, last=last)}
        still = []
        for fact in known:
            if fact.id in ended:
                try:
                    await self._facts.end(fact.user_id, fact.id, at)
                except NotFound:
                    continue
            else:
                still.append(fact)
        return still


async def _words(known: Sequence[FactDocument]) -> Carried:
    """Return what carries known facts, worked out in a thread when they are many."""
    words = Carried()
    if len(known) > _MANY_FACTS:
        await asyncio.to_thread(lambda: [words[each.text] for each in known])
    return words


async def _is_risky(turn: TurnDocument, lane: Lane) -> bool:
    """Tell whether a turn is still open, or spoke of a risk, answered or not."""
    answer = turn.answer
    if turn.open or (answer is not None and answer.finish_reason == "safety"):
        return True
    said = "\n".join(message.text for message in turn.messages)
    return await lane.run(partial(check, said), apart=len(said) > _LONG_CHARS) is not None


def _emptied(stored: TurnDocument, turn: TurnDocument) -> bool:
    """Tell whether the user has deleted a message or the answer of a turn."""
    lost = turn.answer is not None and stored.answer is None
    return lost or len(stored.messages) < len(turn.messages)


def _since(fact: FactDocument) -> datetime:
    """Return since when a fact stands as it does: what was said before then does not end it."""
    return (fact.edited_at or fact.updated_at) if fact.edited else fact.valid_from


def _is_moved(found: Found, heard: Heard) -> bool:
    """Tell whether a day was found by a model in words that move what was told before."""
    moved = heard.moved
    return moved is not None and found.due == moved.day and found.quote in moved.quote


def _heard_before(known: Sequence[FactDocument], turn: TurnDocument, at: datetime) -> bool:
    """Tell whether a message has ended or moved something already: it may be heard again."""
    return any(
        fact.valid_to == at or (fact.words_of and turn.id in fact.turn_ids) for fact in known
    )
