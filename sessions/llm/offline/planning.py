"""What a request for a plan, a way or help is about, so that its first steps can be named."""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from sessions.llm.offline.book import load_book
from sessions.llm.offline.topics import topics_of
from sessions.notes.clauses import prose, sentences

__all__ = [
    "ANY",
    "SEEKING",
    "SOFT",
    "Matter",
    "asks_for_one",
    "is_bare",
    "matter_of",
    "sought",
    "stated",
]

SEEKING = frozenset(["plan", "how", "advice", "more"])
# What nothing is known of but the order in which most things go.
ANY = "any"
GRAVE = frozenset(["jobless", "evicted", "ill", "loss"])
# A mood is the matter where there is no other.
SOFT, SOFTLY = frozenset(["low", "worry", "calm"]), 0.2
# Who asks how to be calm asks for that, whatever it is before.
CALM = "calm"
LEAST_CHARS = 4
READ_CHARS, EARLIER, DECAY = 600, 4, 0.7
# The words of a request; of what is left of a bare one so many say nothing of a matter.
REQUEST = re.compile(
    r"\b(?:please|can|could|would|will|you|make|give|draw|write|build|create|me|us|an?|the|my|our"
    r"|up|plan|schedule|road ?map|check ?list|list|steps?|by|first|next|now|then|so|and|but"
    r"|ok(?:ay)?|i|need|want|like|help|with|for|this|that|it|all|what|how|should|do|to|here|from|where|start|know|don't|today|right"
    r"|begin|even|go|on|just|some|advice|really|am|supposed|can't|cope|handle|deal|get|out|of|more"
    r"|walk|through|tell|simple|short|good|clear|in|time|days?|weeks?|months?|\d+|one|two|three|four"
    r"|five|six|seven|until|till|before|after|next|last|few|couple|left|remaining|between"
    r"|things?|tonight|tomorrow|single|small|tiny|little|easy|tips?|only|give|show|name|suggest"
    r"|see|have|let|yes|yeah|yep|sure|great|cool|fine|all ?right)\b"
    r"|계획\w*|일정\w*|순서\w*|단계\w*|차근차근|하나씩|세우\w*|세워\w*|짜\s?\w*|만들어\w*|알려\w*|말해\w*|도와\w*|보여\w*"
    r"|주세요|줘\w*|주실\w*|줄래\w*|할지|모르\w*|막막\w*|먼저|제일|처음|지금|오늘|당장|좀|저는|제가|이제|그럼|그러면|어떻게|어떡\w*|어쩌\w*|뭘|뭐\w*|무엇\w*|해야|하면|할까\w*|하죠"
    r"|하지|해요?|그때\w*|그날\w*|남은|까지|동안|\d+\w*|[한두세네]\s?(?:달|주)|좋을까\w*|될까\w*|되\w*|돼\w*|조언\w*|부탁\w*|싶\w*|이걸?|그걸?|수|있\w*"
    r"|밤\w*|하나\w*|가지\w*|작은|것\w*|거\w*|하라고|정해\w*|골라\w*|추천\w*|딱",
    re.IGNORECASE,
)
ONE = re.compile(
    r"\b(?:(?:one|1)(?: (?:single|small|tiny|little|simple|easy|concrete))*"
    r"|a(?: (?:single|small|tiny|little|simple|easy|concrete))+) (?:thing|step|tip)\b"
    r"(?! at a time| further| back| ahead| forward)"
    r"|하나만|한\s?가지만|딱\s?하나|하나라도|한\s?가지라도",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]{2,}")
BARE_WORDS = 1
# A question at the end of a sentence that tells something: "…, what do I do first?"
QUESTION = {
    "en": re.compile(
        r"[,;:]?\s*\b(?:(?:and|so|but|then)\s+)?(?:what|how|where|when|who|which|can you|could you"
        r"|please|help me|make me|give me|any)\b[^.!?]*\?*\s*$",
        re.IGNORECASE,
    ),
    "ko": re.compile(r"(?<=[데고서니])[,\s]+[^.!?]{1,24}[?\s.]*$"),
}


# How to be, and not how something is made.
SELF = {
    "en": re.compile(
        r"\b(?:stop|feel|become|be|get over|deal with|cope|accept|forgive|trust|forget|myself"
        r"|my life|confident|him|her|them|people|some(?:one|body)|happy)\b",
        re.IGNORECASE,
    ),
    "ko": re.compile(r"마음|기분|나를|스스로|자신감|극복|잊|용서|받아들|이겨|그 사람|사람들|행복"),
}


class Matter(Struct, frozen=True, kw_only=True):
    """What a request is about, by its name in the book, and the message that says so."""

    name: str
    text: str


def matter_of(text: str, language: str) -> str:
    """Return the matter that a text has most words for, "" when it has none; its end counts more.

    Takes up to 0.3 ms, so it is for requests alone.
    """
    head = text[:READ_CHARS].replace("’", "'")
    if len(head) < LEAST_CHARS:
        return ""
    end = (sentences(head) or [head])[-1]
    scores: dict[str, float] = {
        name: len({match[0] for match in pattern.finditer(head)})
        + (pattern.search(end) is not None)
        for name, pattern in _patterns(language).items()
    }
    for name in SOFT:
        scores[name] *= SOFTLY
    if scores[CALM] and _patterns(language)[CALM].search(_request(head)):
        return CALM
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else ""


def is_bare(text: str) -> bool:
    """Tell whether a request names nothing that it is for."""
    return len(WORD.findall(REQUEST.sub(" ", text.replace("’", "'")))) <= BARE_WORDS


def asks_for_one(text: str) -> bool:
    """Tell whether a request is for a single step."""
    return ONE.search(_request(text[:READ_CHARS])) is not None


def sought(act: str, text: str, earlier: Sequence[str], language: str) -> Matter | None:
    """Return what a request of the act is about: the message's own matter, else the last one told.

    A plan and a way are asked of something; where nothing is known of it, it is ANY. Advice on
    what has no steps of its own is left to its topic.
    """
    if act not in SEEKING:
        return None
    bare = act == "more" or is_bare(text)
    own = "" if bare else matter_of(text, language)
    if own and not (own in SOFT and is_bare(_request(text))):
        return Matter(name=own, text=text)
    bare = bare or is_bare(_request(text))
    if bare:
        before = _before(earlier[-EARLIER:], language)
        if before is None and own:
            return Matter(name=own, text=text)
        return Matter(name=ANY, text="") if before is None and act == "plan" else before
    known = act != "plan" and topics_of([text], language) != [""]
    known = known or (act == "how" and SELF[language].search(text) is not None)
    return None if act == "advice" or known else Matter(name=ANY, text=text)


def _request(text: str) -> str:
    """Return the last sentence that is a question, else the last one."""
    told = sentences(text) or [text]
    return next((each for each in reversed(told) if each.endswith("?")), told[-1])


def _before(earlier: Sequence[str], language: str) -> Matter | None:
    """Return what was spoken of most and last; what takes the ground away counts double."""
    found: dict[str, tuple[float, str]] = {}
    for back, text in enumerate(reversed(earlier)):
        if name := matter_of(text, language):
            weight, newest = found.get(name, (0.0, text))
            found[name] = weight + DECAY**back * (2 if name in GRAVE else 1), newest
    name = max(found, key=lambda each: found[each][0], default="")
    return Matter(name=name, text=found[name][1]) if name else None


def stated(text: str, language: str) -> str:
    """Return what a message tells, without the question that its sentences end with."""
    told = (QUESTION[language].sub("", each, count=1) for each in sentences(prose(text)))
    return "\n".join(each for each in told if each.strip())


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    edge = r"\b" if language == "en" else ""
    return {
        name: re.compile(f"{edge}(?:{'|'.join(table['words'])}){edge}", re.IGNORECASE)
        for name, table in load_book(language).plans.items()
        if table["words"]
    }
