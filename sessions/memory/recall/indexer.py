"""Putting what was said and what is known into the index, and taking it out."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from msgspec import structs

from sessions.archive import SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.embedding import Embedder, EncoderBusy, Vector
from sessions.memory.documents import FACTS, MEMORY_SETTINGS, FactDocument
from sessions.stores.documents import Documents, Range

from .context import RECIPE, in_context
from .passages import Passage, passages
from .reading import row_of, row_of_fact
from .rows import Row, Stretch
from .sealing import Sealer
from .segments import Segments, segment_of_fact, segment_of_turn
from .vectors import packed

__all__ = ["CAUGHT_UP", "Indexer", "recallable"]

# So many turns that were not noted are noted one by one; of more, the index is made anew.
CAUGHT_UP = 50


class Indexer:
    """Writes the index of any user; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        segments: Segments,
        sealer: Sealer,
        embedder: Embedder | None,
    ) -> None:
        self._documents = documents
        self._segments = segments
        self._sealer = sealer
        self._embedder = embedder
        self.encoder = "" if embedder is None else f"{embedder.id}/{RECIPE}"

    async def note_turn(self, turn: TurnDocument, *, user_name: str = "") -> None:
        """Index a turn anew; nothing of a private session, of a pause or of what is gone."""
        await self._note(turn.user_id, [turn], user_name=user_name)

    async def note_turns(self, turns: Sequence[TurnDocument], *, meant: bool = True) -> None:
        """Index turns of one user as `note_turn` does, with one write for each stretch of them.

        When they need not be `meant`, it is by their words alone, which is much sooner done.
        """
        for _, some in groupby(turns, key=lambda turn: turn.session_id):
            await self._note(turns[0].user_id, list(some), meant=meant)

    async def _note(
        self,
        user_id: str,
        turns: Sequence[TurnDocument],
        *,
        user_name: str = "",
        meant: bool = True,
    ) -> None:
        """Index turns of one session."""
        session = await self.session(turns[0])
        turns = await self.wanted(user_id, turns)
        if session is None or not turns:
            return
        await self._begin(user_id)
        rows: dict[str, list[Row]] = {}
        for turn in turns:
            said = passages(turn, user_name=user_name)
            vectors = await self._vectors(turn, said, user_name) if meant else [None] * len(said)
            # a row takes milliseconds, and others wait
            await asyncio.sleep(0)
            segment = segment_of_turn(turn.session_id, turn.number)
            rows.setdefault(segment, []).append(self.row(turn, said, vectors, session))
        for segment, some in rows.items():
            await self.put(segment, user_id, session.id, some)
            # whoever deletes does it in the documents first, and here afterwards
            gone = {name for row in some for name in await self._gone(row, user_id)}
            if gone:
                await self._segments.take_out(segment, gone)

    async def _gone(self, row: Row, user_id: str) -> set[str]:
        """Return the ids of those parts of a turn's row that the user has no more.

        They were deleted meanwhile, or the turn has moved to another user.
        """
        turn = await self._documents.get(TURNS, row.id)
        kept = turn is not None and turn.user_id == user_id
        left = {each.id for each in passages(turn)} if turn is not None and kept else set()
        gone = {part.id for part in row.parts} - left
        return gone if left else {row.id, *gone}

    async def note_fact(self, fact: FactDocument) -> None:
        """Index a fact anew; one that does not hold, or that prompts may not use, is taken out."""
        segment = segment_of_fact(fact.user_id, fact.id)
        if not recallable(fact):
            await self._segments.take_out(segment, {fact.id})
            return
        await self._begin(fact.user_id)
        (vector,) = await self._meanings([fact.text])
        row = row_of_fact(fact, vector, sealer=self._sealer)
        await self.put(segment, fact.user_id, "", [row])
        if await self._documents.get(FACTS, fact.id) is None:
            await self._segments.take_out(segment, {fact.id})

    async def _begin(self, user_id: str) -> None:
        """Begin the index of a user with few turns; those it lacks are seen when it is read."""
        if await self._segments.state(user_id) is not None:
            return
        ended = {"user_id": user_id, "open": False}
        turns = await self._documents.find(TURNS, "open_of_user", ended, limit=CAUGHT_UP)
        if len(turns) < CAUGHT_UP:
            await self._segments.begin(user_id)

    async def give_meaning(self, user_id: str, stretch: Stretch) -> int:
        """Add the vectors that a stretch lacks; return how many rows still lack some."""
        lacking = [row for row in stretch.rows if self._lacks(stretch, row)]
        told = [full for row in lacking if (full := await self._meant(stretch, row)) is not None]
        if told:
            await self.put(stretch.id, user_id, stretch.session_id, told)
        return len(lacking) - len(told)

    async def put(
        self, segment_id: str, user_id: str, session_id: str, rows: Sequence[Row]
    ) -> None:
        """Put rows with vectors of this encoder into a segment."""
        await self._segments.put(segment_id, user_id, session_id, rows, encoder=self.encoder)

    async def session(self, turn: TurnDocument) -> SessionDocument | None:
        """Return the session of a turn that may be remembered, None when it may not."""
        session = await self._documents.get(SESSIONS, turn.session_id)
        return None if session is None or session.private else session

    async def wanted(self, user_id: str, turns: Sequence[TurnDocument]) -> list[TurnDocument]:
        """Return those turns of a user during which memory was not paused."""
        settings = await self._documents.get(MEMORY_SETTINGS, user_id) if turns else None
        if settings is None:
            return list(turns)
        return [turn for turn in turns if not settings.paused_in(turn.created_at, _ended(turn))]

    def row(
        self,
        turn: TurnDocument,
        said: Sequence[Passage],
        vectors: Sequence[Vector | None],
        session: SessionDocument,
    ) -> Row:
        """Return the row of a turn."""
        return row_of(
            turn.id, turn.number, said, vectors, sealer=self._sealer, zone=session.timezone
        )

    def _lacks(self, stretch: Stretch, row: Row) -> bool:
        mine = self.encoder
        return bool(mine) and any(stretch.encoder_of(part) != mine for part in row.parts)

    async def _meant(self, stretch: Stretch, row: Row) -> Row | None:
        """Return a row with vectors; None when its words are gone or the encoder is busy."""
        texts: dict[str, str] = {}
        if stretch.session_id:
            turn = await self._documents.get(TURNS, row.id)
            said = passages(turn) if turn is not None else []
            before = await self._before(turn, "") if turn is not None else None
            texts = dict(zip((each.id for each in said), in_context(said, before), strict=True))
        else:
            fact = await self._documents.get(FACTS, row.id)
            texts = {fact.id: fact.text} if fact is not None else {}
        vectors = await self._meanings(texts.values())
        known = {
            name: packed(vector)
            for name, vector in zip(texts, vectors, strict=True)
            if vector is not None
        }
        if not all(part.id in known for part in row.parts):
            return None
        parts = (structs.replace(part, vector=known[part.id]) for part in row.parts)
        return structs.replace(row, parts=tuple(parts))

    async def _before(self, turn: TurnDocument, user_name: str) -> Passage | None:
        """Return what was said last before a turn, if anybody would read its meaning."""
        if self._embedder is None or turn.number == 1:
            return None
        earlier = await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": turn.session_id},
            bounds=Range(lt=turn.number),
            descending=True,
            limit=1,
        )
        earlier = await self.wanted(turn.user_id, earlier)
        said = [said for each in earlier for said in passages(each, user_name=user_name)]
        return said[-1] if said else None

    async def _vectors(
        self, turn: TurnDocument, said: Sequence[Passage], user_name: str
    ) -> list[Vector | None]:
        before = await self._before(turn, user_name)
        return await self._meanings(in_context(said, before))

    async def _meanings(self, texts: Iterable[str]) -> list[Vector | None]:
        return [await self._meaning(text) for text in texts]

    async def _meaning(self, text: str) -> Vector | None:
        if self._embedder is None:
            return None
        try:
            return (await self._embedder.embed([text], passages=True))[0]
        except EncoderBusy:
            return None


def _ended(turn: TurnDocument) -> datetime:
    said = passages(turn)
    return max((each.at for each in said), default=turn.created_at)


def recallable(fact: FactDocument) -> bool:
    """Tell whether a fact holds and may be used in prompts."""
    return fact.current and fact.sharing != "user"
