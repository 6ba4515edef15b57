"""A question as an index understands it."""

from datetime import datetime

from msgspec import Struct

from sessions.embedding import Vector

from .cues import asked
from .dates import Days, days_of
from .sealing import Sealer
from .words import names, terms

__all__ = ["Question", "question"]


class Question(Struct, frozen=True, kw_only=True):
    """What to look for: hashed terms by weight, a vector, cues (see cues.py), spans of days.

    `names` are the hashes of all its words: some may be those of speakers.
    """

    terms: dict[int, float]
    names: frozenset[int]
    asked: int
    days: tuple[Days, ...]
    vector: Vector | None = None


def question(text: str, sealer: Sealer, *, now: datetime, vector: Vector | None = None) -> Question:
    """Return `text`, asked at `now` in the user's own zone."""
    weights: dict[int, float] = {}
    for term in terms(text):
        weights[sealer.term(term)] = 1.0
    return Question(
        terms=weights,
        names=frozenset(sealer.term(name) for name in names(text)),
        asked=asked(text),
        days=days_of(text, now.date()),
        vector=vector,
    )
