"""Bringing back what a user and their mentors said, and what is known of the user."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sessions.archive import TURNS, TurnDocument
from sessions.clock import Clock
from sessions.embedding import Embedder, Vector
from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.sensitivity import is_sensitive
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

from .documents import Segment
from .indexer import Indexer, recallable
from .loaded import Found
from .loading import Loading, Missed
from .passages import Passage, passages, told_to
from .question import question
from .reading import local
from .rebuilding import Rebuilding
from .recalled import Hit, Kept, Recalled
from .sealing import Sealer
from .segments import Segments, holders, segment_of_fact, segment_of_turn

__all__ = ["Recall"]

_SPARE = 3
_FEW = 20
_MOST_BYTES = 512 * 1024 * 1024


class Recall:
    """The index of each user, over raw turns and facts; all methods raise StoreUnavailable.

    In memory are the indexes of those who were asked for last, in `most_bytes`. Whoever deletes
    a turn or a fact does it in the documents first, and has it forgotten here afterwards.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        tasks: Tasks,
        secret: str,
        embedder: Embedder | None = None,
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        self._documents = documents
        self._sealer = Sealer(secret)
        self._segments = Segments(documents, clock, key=self._sealer.key)
        self._indexer = Indexer(
            documents=documents, segments=self._segments, sealer=self._sealer, embedder=embedder
        )
        self._rebuilding = Rebuilding(
            documents=documents,
            segments=self._segments,
            indexer=self._indexer,
            sealer=self._sealer,
            clock=clock,
        )
        self._loading = Loading(
            documents=documents,
            segments=self._segments,
            indexer=self._indexer,
            rebuilding=self._rebuilding,
            clock=clock,
            tasks=tasks,
            encoder=self._indexer.encoder,
            most_bytes=most_bytes,
        )

    def on_missed(self, hears: Missed) -> None:
        """Have `hears` told of turns from before this process that nobody had indexed."""
        self._loading.on_missed = hears

    async def recall(
        self,
        user_id: str,
        query: str,
        *,
        now: datetime,
        zone: str = "",
        vector: Vector | None = None,
        persona: str = "",
        not_in_session: str = "",
        limit: int = 8,
        least: float | None = None,
    ) -> Recalled:
        """Return what best answers `query`, asked at `now` by somebody in the time zone `zone`.

        `vector` is the query's meaning; without it words decide. Facts that are not for `persona`
        to know, what is sensitive and was said to others than that one (when it is named), turns
        that were answered with help in a crisis, what was said in the session `not_in_session`,
        and hits with a score below `least` are left out. A query names days as its user would:
        "last week" is the week before `now`.
        """
        loaded, state = await self._loading.get(user_id)
        if not loaded.reaches_beyond(not_in_session):
            return Recalled(state=state, entries=loaded.parts)
        asked = question(query, self._sealer, now=local(now, zone), vector=vector)
        found = await self._loading.search(
            loaded, asked, limit=limit + _SPARE, not_in_session=not_in_session
        )
        few = loaded.parts < _FEW
        likely = [each for each in found if least is None or _is_likely(each, least, few=few)]
        read = await asyncio.gather(*(self._hit(user_id, each, persona) for each in likely))
        hits: dict[str, Hit] = {}
        for hit in read:
            # what a fact says in its source's words need not be said twice
            if isinstance(hit, Hit):
                hits.setdefault(" ".join(hit.text.split()), hit)
        return Recalled(
            hits=tuple(hits.values())[:limit],
            kept=tuple(each for each in read if isinstance(each, Kept)),
            state=state,
            entries=loaded.parts,
        )

    async def warm(self, user_id: str) -> None:
        """Have a user's index in memory before it is asked."""
        await self._loading.get(user_id)

    async def note_turn(self, turn: TurnDocument, *, user_name: str = "") -> None:
        """Index a turn that has ended, in the place of what it was.

        Nothing is kept of a private session, nor of one that is gone, nor of what was said while
        memory was paused. The user's name, when it is
        known, tells whom a question means that names them.
        """
        await self._indexer.note_turn(turn, user_name=user_name)
        await self._loading.noted(turn.user_id)

    async def note_turns(self, turns: Sequence[TurnDocument], *, meant: bool = True) -> bool:
        """Index turns of one user as `note_turn` does, at less cost.

        When they need not be `meant`, it is by their words alone. Tells whether that is all.
        """
        if turns:
            await self._indexer.note_turns(turns, meant=meant)
            await self._loading.noted(turns[0].user_id)
        return meant or not self._indexer.encoder

    async def note_fact(self, fact: FactDocument) -> None:
        """Index a fact, in the place of what it was; one that no longer holds is taken out."""
        await self._indexer.note_fact(fact)
        await self._loading.noted(fact.user_id)

    async def forget(self, user_id: str, ids: Sequence[str]) -> None:
        """Take turns, messages and facts out, by their ids."""
        holding = {segment_of_fact(user_id, each) for each in ids if each.startswith("f_")}
        others = [each for each in ids if not each.startswith("f_")]
        segments = await self._holding(user_id, others)
        damaged = False
        if segments:
            found, damaged = await asyncio.to_thread(holders, segments, set(ids))
            holding |= found
        for segment in holding:
            await self._segments.take_out(segment, set(ids))
        if damaged:
            # nothing is left of it, and the next one who asks has the index made anew
            await self._segments.forget_state(user_id)
        await self._loading.noted(user_id)

    async def _holding(self, user_id: str, ids: Sequence[str]) -> list[Segment]:
        """Return the segments that turns and messages may be in: all where that is not known."""
        turns = await asyncio.gather(*(self._documents.get(TURNS, each) for each in ids))
        places = {
            segment_of_turn(turn.session_id, turn.number)
            for turn in turns
            if turn is not None and turn.user_id == user_id
        }
        if any(turn is None or turn.user_id != user_id for turn in turns):
            return await self._segments.of_user(user_id)
        held = await asyncio.gather(*map(self._segments.get, sorted(places)))
        return [each for each in held if each is not None]

    async def forget_session(self, user_id: str, session_id: str) -> int:
        """Delete what is indexed of a session; return how many segments that was."""
        dropped = await self._segments.drop(user_id, session_id)
        if dropped and await self._segments.state(user_id) is not None:
            await self._segments.renew(user_id)
        self._loading.drop(user_id)
        return dropped

    async def forget_user(self, user_id: str) -> int:
        """Delete a user's index; return how many documents that was."""
        dropped = await self._segments.drop(user_id)
        dropped += await self._segments.forget_state(user_id)
        self._loading.drop(user_id)
        return dropped

    async def move_user(self, visitor: str, user_id: str) -> int:
        """Make what is indexed of a visitor's sessions a user's; return how many segments."""
        moved = await self._segments.move(visitor, user_id)
        self._loading.drop(visitor)
        self._loading.drop(user_id)
        return moved

    async def rebuild(self, user_id: str) -> int:
        """Make a user's index anew from their turns and facts; return how many rows it has."""
        rows = await self._rebuilding.rebuild(user_id, why="asked")
        self._loading.drop(user_id)
        return rows

    async def _hit(self, user_id: str, found: Found, persona: str) -> Hit | Kept | None:
        """Return what was found, as it is in the documents now; None when it is not to be told."""
        if not found.session_id:
            fact = await self._documents.get(FACTS, found.row_id)
            if fact is None or fact.user_id != user_id or not _tellable(fact, persona):
                return None
            return Hit(
                kind="fact",
                id=fact.id,
                session_id=fact.session_ids[-1] if fact.session_ids else "",
                text=fact.text,
                at=fact.valid_from,
                score=found.score,
                why=found.why,
                own=fact.kind != "promise",
                persona=fact.persona,
                fact_kind=fact.kind,
                due=fact.due,
            )
        turn = await self._documents.get(TURNS, found.row_id)
        if turn is None or turn.user_id != user_id:
            return None
        said = passages(turn)
        told = next((each for each in said if each.id == found.id), None)
        if told is None:
            return None
        if not _is_for(persona, turn, said, told):
            return _kept(turn, told) if "words" in found.why else None
        return Hit(
            kind="turn",
            id=found.row_id,
            session_id=found.session_id,
            text=told.text,
            at=datetime.fromtimestamp(found.at, UTC),
            score=found.score,
            why=found.why,
            own=told.own,
            persona="" if told.own else told.speaker,
            message_id=told.id,
        )


def _is_likely(found: Found, least: float, *, few: bool) -> bool:
    """Tell whether a hit is one: it needs words or meaning, for among few nothing can stand out."""
    if few:
        return found.score >= least or "words" in found.why
    return found.score >= least and ("words" in found.why or "meaning" in found.why)


def _is_for(persona: str, turn: TurnDocument, said: Sequence[Passage], told: Passage) -> bool:
    """Tell whether a persona may hear what was said in a turn.

    What is sensitive stays with whom it was told, and so does an answer to it.
    """
    answer = turn.answer
    if answer is not None and answer.finish_reason == "safety":
        return False
    if not persona or persona == told_to(turn):
        return True
    heard = [told] if told.own else [each for each in said if each.own or each is told]
    return not any(is_sensitive(each.text) for each in heard)


def _kept(turn: TurnDocument, told: Passage) -> Kept | None:
    """Return with whom a message of the user stays; nobody tells of a crisis."""
    helped = turn.answer is not None and turn.answer.finish_reason == "safety"
    keeper = told_to(turn)
    return Kept(turn_id=turn.id, persona=keeper) if told.own and keeper and not helped else None


def _tellable(fact: FactDocument, persona: str) -> bool:
    mine = fact.sharing == "mentors" or fact.persona == persona
    return recallable(fact) and mine
