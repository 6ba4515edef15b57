"""A question as an index understands it."""

import re
from datetime import datetime

from msgspec import Struct

from sessions.embedding import Vector

from .cues import asked
from .dates import Days, days_of
from .sealing import Sealer
from .words import names, terms

__all__ = ["Question", "question"]


_SAID = "say|said|tell|told|promised?|mention|recommend|suggest|advi[sc]e|wr[io]te|call"
_OWN = re.compile(
    rf"\bi (?:have |had |\w+ )?(?:{_SAID})|내가 (?:한|했|말|얘기|약속)|제가 (?:한|했|말)"
)
_MENTORS = re.compile(
    rf"\byou (?:have |had |\w+ )?(?:{_SAID})|(?:네가|너가|당신이) (?:한|했|말|약속)"
)


class Question(Struct, frozen=True, kw_only=True):
    """What to look for: hashed terms, a vector, cues (see cues.py), spans of days.

    `names` are the hashes of all its words: some may be those of speakers. `own` tells whether it
    is about what the user said (True) or about what a mentor did; `now` is the day of the question.
    """

    terms: frozenset[int]
    names: frozenset[int]
    asked: int
    days: tuple[Days, ...]
    now: int
    own: bool | None = None
    vector: Vector | None = None


def question(text: str, sealer: Sealer, *, now: datetime, vector: Vector | None = None) -> Question:
    """Return `text`, asked at `now` in the user's own zone."""
    mentor, own = (each.search(text.lower()) is not None for each in (_MENTORS, _OWN))
    return Question(
        terms=frozenset(map(sealer.term, terms(text))),
        names=frozenset(sealer.term(name) for name in names(text)),
        asked=asked(text),
        days=days_of(text, now.date()),
        now=now.toordinal(),
        own=own if own != mentor else None,
        vector=vector,
    )
