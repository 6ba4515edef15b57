"""A question as an index understands it."""

import re
from datetime import datetime

from msgspec import Struct

from sessions.embedding import Vector
from sessions.memory.words import synonyms

from .cues import asked
from .dates import Days, days_of
from .sealing import Sealer
from .words import names, telling, terms

__all__ = ["Question", "is_of_past", "question"]

_READ_CHARS = 1_000


_SAID = "say|said|tell|told|promised?|mention|recommend|suggest|advi[sc]e|wr[io]te|call"
_OWN = re.compile(
    rf"\bi (?:have |had |\w+ )?(?:{_SAID})"
    r"|(?:제|내)가 (?:\S+ ){0,2}?(?:한|했|말|얘기|이야기|약속|뭐라)"
)
_MENTORS = re.compile(
    rf"\byou (?:have |had |\w+ )?(?:{_SAID})|(?:네가|너가|당신이) (?:한|했|말|약속)"
)
_KNOWN = re.compile(
    r"\byou (?:still |even )?(?:know|remember|recall)\b|(?:알고|알아|기억)\S*(?: \S+)?[?.!]*$"
)
# Words that ask for what was said: mentors say them all the time, whatever it is about.
_ASKING = re.compile(
    r"\b(?:say|said|tell|told|mentioned|suggest(?:ed)?|recommend(?:ed)?|advised?|know|remember"
    r"|recall|again)\b"
    r"|(?<!\S)(?:(?:제|내)가|뭐|뭘|무슨|대해|관해|얘기|이야기|말(?:씀|했|한|하|해|(?=\s))|기억|했"
    r"|알(?:고|아|려))\S*",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(?:what|when|who|where)(?:'s| is| was| are| were) (?:my|our)\b"
    r"|(?<!\S)(?:제|내|우리) \S+ (?:뭐|언제|누구|어디)"
    # a day or an amount that nobody else could know; what would be good (…까요) is none
    r"|\b(?:when|what time|(?:what|which) day|how (?:much|many|old|long)(?: \w+)?|where)"
    r" (?:do|did|does|have|must|am|is|are) (?:i|we|my|our)\b"
    r"|(?:언제|무슨 ?요일|며칠|얼마|몇 ?[시살월일])[^?]*(?:죠|지요?|더라|예요|나요)[ ?.]*$"
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


def is_of_past(text: str) -> bool:
    """Tell whether a text asks for what was said, or for something that is known of its writer."""
    told = text[:_READ_CHARS].lower().replace("’", "'")
    return any(each.search(told) for each in (_OWN, _MENTORS, _KNOWN, _MINE))


def question(text: str, sealer: Sealer, *, now: datetime, vector: Vector | None = None) -> Question:
    """Return `text`, asked at `now` in the user's own zone."""
    mentor, own = (each.search(text.lower()) is not None for each in (_MENTORS, _OWN))
    asks = own or mentor or _KNOWN.search(text.lower()) is not None
    about = _about(_ASKING.sub(" ", text)) if asks else set()
    return Question(
        terms=frozenset(map(sealer.term, about or terms(text))),
        names=frozenset(sealer.term(name) for name in names(text)),
        asked=asked(text),
        days=days_of(text, now.date()),
        now=now.toordinal(),
        own=own if own != mentor else None,
        vector=vector,
    )


def _about(text: str) -> set[str]:
    """Return the terms of what is asked for, and of other words for the people among it."""
    found = set(telling(text))
    words = (word.strip("?!.,") for word in (*text.casefold().split(), *found))
    people = {same for word in words for same in synonyms("relations", word) if " " not in same}
    return found | {term for each in people for term in telling(each)}
