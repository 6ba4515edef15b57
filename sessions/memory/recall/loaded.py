"""A user's index in memory: the bulk as it was read, and beside it what has changed since."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct

from .documents import Segment
from .index import Index
from .question import Question
from .ranking import WEIGHTS, Flags, Scored, Weights, ranked
from .rows import Stretch

__all__ = ["Found", "Loaded"]

_SMALL = 2_000
_TELLING = 0.5
_MOST_CHANGED = 0.05


class Found(Struct, frozen=True, kw_only=True):
    """An entry with its score; `why` names what the score is made of."""

    session_id: str
    row_id: str
    id: str
    score: float
    at: float
    why: tuple[str, ...]


class Loaded:
    """Immutable but for `upto`; `taken` returns one that knows of changed segments.

    `generation` is the stored state's, `upto` when it was last seen to be fresh.
    """

    def __init__(
        self,
        stretches: Sequence[Stretch],
        *,
        generation: str,
        encoder: str,
        upto: datetime,
        before: "Loaded | None" = None,
    ) -> None:
        """Index `stretches`: all there are, or those that changed since the bulk of `before`."""
        own = Index(stretches, encoder=encoder)
        self._index = own
        self._tail: Index | None = None
        self._dead: Flags | None = None
        self.generation, self._encoder = generation, encoder
        self._versions = {each.id: each.version for each in stretches}
        self.upto = upto
        if before is not None:
            self._index, self._tail = before._index, own
            self._dead = self._index.of_segments(self._versions)
            self._versions = before._versions | self._versions
        # of a big index only what has changed is kept as it was read: all would take it twice
        kept = self._tail is not None or self._small
        self._stretches = {each.id: each for each in stretches} if kept else {}

    @property
    def parts(self) -> int:
        """Return how many entries there are."""
        return self._index.parts + (self._tail.parts if self._tail else 0)

    def reaches_beyond(self, session_id: str) -> bool:
        """Tell whether anything is indexed that was not said in a session."""
        prefix = f"{session_id}."
        return any(not session_id or not each.startswith(prefix) for each in self._versions)

    @property
    def nbytes(self) -> int:
        """Return about how much memory this takes."""
        return self._index.nbytes + (2 * self._tail.nbytes if self._tail else 0)

    @property
    def row_ids(self) -> set[str]:
        """Return the ids of all turns and facts, of some that are gone too."""
        return {*self._index.row_ids, *(self._tail.row_ids if self._tail else ())}

    def fresh(self, segments: Sequence[Segment]) -> list[Segment]:
        """Return those of `segments` that are newer than what is known here."""
        return [each for each in segments if each.version > self._versions.get(each.id, 0)]

    def taken(self, fresh: Sequence[Stretch], *, upto: datetime) -> "Loaded | None":
        """Return the index with these in the place of what they were; takes a while.

        None when so much has changed that all is better read anew.
        """
        stretches = list((self._stretches | {each.id: each for each in fresh}).values())
        before = None if self._small else self
        if before and sum(len(row.parts) for each in stretches for row in each.rows) > self._most:
            return None
        return Loaded(
            stretches, generation=self.generation, encoder=self._encoder, upto=upto, before=before
        )

    @property
    def unmeant(self) -> int:
        """Return how many entries have no vector of the encoder."""
        return self._index.parts - self._index.meant if self._encoder else 0

    @property
    def _small(self) -> bool:
        return self._tail is None and self._index.parts <= _SMALL

    @property
    def _most(self) -> float:
        return max(_SMALL, _MOST_CHANGED * self._index.parts)

    def search(
        self,
        question: Question,
        *,
        limit: int,
        not_in_session: str = "",
        weights: Weights = WEIGHTS,
    ) -> list[Found]:
        """Return the best entries, the best first."""
        bulk = ranked(self._index, question, weights)
        if self._dead is not None:
            bulk.total[self._dead] = -np.inf
        found = _best(self._index, bulk, limit, not_in_session)
        if self._tail is not None:
            tail = ranked(self._tail, question, weights, usual=bulk.usual)
            found += _best(self._tail, tail, limit, not_in_session)
        return sorted(found, key=lambda each: -each.score)[:limit]


def _best(index: Index, scored: Scored, limit: int, not_in_session: str) -> list[Found]:
    total = scored.total
    left_out = index.sessions.get(not_in_session)
    if left_out is not None:
        total[index.session == left_out] = -np.inf
    best = np.arange(len(total))
    if len(total) > limit:
        best = np.argpartition(total, -limit)[-limit:]
    best = best[np.lexsort((best, -total[best]))]
    return [_found(index, scored, int(each)) for each in best if np.isfinite(total[each])]


def _found(index: Index, scored: Scored, entry: int) -> Found:
    session_id, row_id, part_id = index.part(entry)
    why = {
        "words": scored.words[entry] > _TELLING or scored.held[entry],
        "meaning": scored.meaning is not None and scored.meaning[entry] > _TELLING,
        "time": scored.days is not None and scored.days[entry],
        "speaker": scored.speaker is not None and scored.speaker[entry],
    }
    return Found(
        session_id=session_id,
        row_id=row_id,
        id=part_id,
        score=float(scored.total[entry]),
        at=float(index.at[entry]),
        why=tuple(name for name, true in why.items() if true) or ("nearby",),
    )
