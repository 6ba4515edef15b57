"""How to be with somebody at this turn: heavy or happy news, a wish to be heard, after a crisis."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from msgspec import Struct

from sessions.llm.offline.acts import read_act
from sessions.llm.offline.book import load_book
from sessions.llm.offline.gladness import (
    MISSED,
    opens_with_turn,
    speaks_of_effort,
    standing,
    turned,
)
from sessions.llm.offline.planning import is_bare, matter_of
from sessions.llm.offline.trouble import is_good, is_hard
from sessions.safety.classify import check

__all__ = ["ASKING", "GRAVE", "LIGHT", "MILD", "Care", "kind_of", "prepare", "read_care", "risky"]

READ_CHARS = 600
REMEMBERED = 3
SHORT_WORDS = 4
CARRIED, GRAVELY, ADVISED = 2, 5, 3
# Acts that ask for something to do.
GRAVE = frozenset(["baby", "pet", "loss", "ill", "home"])
ASKING = frozenset(["advice", "how", "should", "more", "make", "plan"])
# States that are heard, and may still be worked on in the same breath.
MIXED = "mixed"
MILD = frozenset(
    [MIXED, MISSED, "worn", "fear", "worry", "low", "tears", "blame", "alone", "masked"]
)
# Acts that say what they have to say whatever was said before.
OWN_PLAN = frozenset(
    [
        *("greeting", "bye", "sorry", "laugh", "joke", "ask_feel", "ask_ai", "ask_model"),
        *("ask_able", "ask_who", "ask_private", "ask_memory", "ask_language", "foreign", "link"),
        *(
            "code",
            "gentle",
            "abuse",
            "fact",
            "make",
            "number",
            "plan_for",
            "presence",
            "forget",
            "remind",
            "remind_not",
            "remind_private",
            "remind_today",
        ),
    ]
)
LIGHT = ("joy", "small")
SPECIAL = ("wish", "talk")
# Acts that are answered for themselves, unless heavy news comes with them.
ASIDE = frozenset(
    [
        *("complaint_asks", "complaint_again", "change", "ask_opinion", "invite", "help"),
        "introduce",
    ]
)


class Care(Struct, frozen=True, kw_only=True):
    """The manner of an answer and the kind of news that it takes up; both empty in ordinary talk.

    `manner` is wish, listen, unasked, quiet, after, hush, heavy, stay, way, joy, glad or small.
    """

    manner: str = ""
    kind: str = ""


def read_care(text: str, texts: Sequence[str], act: str, language: str) -> Care:
    """Return how to be with the writer of `text`; `texts` are the earlier ones, oldest first."""
    kind = kind_of(text, language) or _turning(text, texts, language)
    if _wishes(text, language):
        return Care(manner="wish", kind=kind)
    if risky(texts):
        return _after(text, act, language)
    if act.startswith("recall_") or act in OWN_PLAN or act == "thanks":
        return Care()
    if act in ASIDE:
        return _aside(kind, act)
    if act not in ASKING and (manner := _listening(texts, language)):
        return Care(manner=manner, kind=kind)
    if act in ASKING and _is_exact(text, kind, act, language):
        return Care(kind=kind)
    care = _news(kind, texts, act, language)
    stays = care.manner == "stay" and care.kind in MILD and act == "tell"
    return Care() if stays and _moves_on(text, texts, language) else care


def _is_exact(text: str, kind: str, act: str, language: str) -> bool:
    """Tell whether a request is for a plan, or names a matter of its own: it is answered for that.

    Who brings grave news and only asks what to do is first met with one gentle thing.
    """
    if act == "plan":
        return True
    return (act == "how" or not kind) and not is_bare(text) and matter_of(text, language) != ""


def risky(texts: Sequence[str]) -> list[int]:
    """Return which of the last three texts, counted from the end (-1 …), told of a crisis."""
    return [
        -back
        for back in range(1, min(REMEMBERED, len(texts)) + 1)
        if check(texts[-back], previous=texts[: len(texts) - back][-REMEMBERED:]) is not None
    ]


def kind_of(text: str, language: str) -> str:
    """Return the kind of heavy or happy news in `text`, "" when there is none."""
    found = [kind for kind in _patterns(language) if _is_news(kind) and _has(text, kind, language)]
    if "small" in found and not _is_small(text, language):
        found.remove("small")
    if "joy" in found:
        found = [*filter(None, [_joy(text, language)]), *(each for each in found if each != "joy")]
    grave = next((kind for kind in found if kind not in MILD and kind not in LIGHT), "")
    return grave or ("joy" if "joy" in found else next(iter(found), ""))


def prepare(language: str) -> None:
    """Load what telling needs."""
    read_care("a word", ["a word"], "tell", language)


def _is_small(text: str, language: str) -> bool:
    head = _head(text)
    told = any(standing(head, each, language) for each in _finds(head, "small", language))
    return told and not is_hard(text, (), language, short=False)


def _joy(text: str, language: str) -> str:
    """Return what the glad words of `text` come to: joy, mixed, missed, or "" when not meant."""
    head = _head(text)
    read = [(each, standing(head, each, language)) for each in _finds(head, "joy", language)]
    meant = [each for each, what in read if what == "joy"]
    if not meant:
        return MISSED if any(what == MISSED for _, what in read) else ""
    against = turned(head, meant[-1].end(), language)
    return "joy" if against is None or is_good(against, language) else MIXED


def _turning(text: str, texts: Sequence[str], language: str) -> str:
    """Return MIXED when a message sets something against the joy of the one before it."""
    if not texts or kind_of(texts[-1], language) != "joy":
        return ""
    against = opens_with_turn(text, language) and not is_good(text, language)
    hard = is_hard(text, (), language, short=False) and not speaks_of_effort(text)
    return MIXED if against or hard else ""


def _aside(kind: str, act: str) -> Care:
    """Meet heavy news first, and without a question when there were too many."""
    if not kind or kind in MILD or kind in LIGHT:
        return Care()
    return Care(manner="quiet" if act == "complaint_asks" else "heavy", kind=kind)


def _news(kind: str, texts: Sequence[str], act: str, language: str) -> Care:
    if act in ASKING:
        before = _gravely(texts[-ADVISED:], language)
        grave = kind if kind in GRAVE else before
        return Care(manner="way" if grave else "", kind=grave or kind)
    if kind == "joy" and act != "progress_bad":
        return Care(manner="joy", kind=kind)
    if kind in (MIXED, MISSED):
        return Care(manner="heavy", kind=kind)
    if kind == "small":
        aside = act != "tell" or _lately(texts, language)
        return Care(manner="" if aside else "small", kind="" if act == "accept" else kind)
    if kind and kind != "joy" and act not in ("progress_good", "accept"):
        return Care(manner="heavy", kind=kind)
    if act in ("progress_good", "accept", "reject", "correction", "thanks", "complaint"):
        return Care()
    before = _lately(texts, language)
    if before == "joy":
        return Care(manner="glad" if act == "tell" else "", kind=before if act == "tell" else "")
    return Care(manner="stay", kind=before) if before else Care()


def _moves_on(text: str, texts: Sequence[str], language: str) -> bool:
    """Tell whether a message tells something else at some length, and nothing hard."""
    return len(text.split()) > SHORT_WORDS and not is_hard(text, texts, language, short=False)


def _lately(texts: Sequence[str], language: str) -> str:
    """Return the news that is still in the room: grave news for long, a mood for a turn."""
    newest, *others = [kind_of(each, language) for each in reversed(texts[-CARRIED:])] or [""]
    if newest == "joy":
        return newest
    others = [each for each in others if each not in MILD and each not in LIGHT]
    newest = "" if newest == "small" else newest
    return _gravely(texts, language) or newest or "".join(others)


def _gravely(texts: Sequence[str], language: str) -> str:
    kinds = (kind_of(each, language) for each in reversed(texts[-GRAVELY:]))
    return next((kind for kind in kinds if kind in GRAVE), "")


def _after(text: str, act: str, language: str) -> Care:
    if act == "recall_said":
        return Care(manner="hush", kind="after")
    if act.startswith("recall_") or act in OWN_PLAN - {
        "gentle",
        "greeting",
        "presence",
        "sorry",
        "code",
    }:
        return Care()
    kinds = ("after_company", "after_away", "after_how", "after_calm")
    return Care(
        manner="after",
        kind=next((kind for kind in kinds if _has(text, kind, language)), "after"),
    )


def _wishes(text: str, language: str) -> bool:
    return _has(text, "wish", language)


def _listening(texts: Sequence[str], language: str) -> str:
    """Return the manner that a wish to be heard asks for while it holds, else "".

    It holds until advice is asked for. Who wishes for no questions is asked none.
    """
    for at in range(len(texts) - 1, -1, -1):
        asked = read_act(texts[at], language).name == "complaint_asks"
        if asked or _wishes(texts[at], language):
            over = any(read_act(each, language).name in ASKING for each in texts[at + 1 :])
            return "" if over else ("unasked" if asked else "listen")
    return ""


def _is_news(kind: str) -> bool:
    return kind in LIGHT or not (kind in SPECIAL or kind.startswith("after"))


def _has(text: str, kind: str, language: str) -> bool:
    pattern = _patterns(language)[kind]
    return pattern is not None and pattern.search(_head(text)) is not None


def _finds(head: str, kind: str, language: str) -> Iterator[re.Match[str]]:
    pattern = _patterns(language)[kind]
    return iter(()) if pattern is None else pattern.finditer(head)


def _head(text: str) -> str:
    return text[:READ_CHARS].replace("’", "'")


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str] | None]:
    edge = r"\b" if language == "en" else ""
    return {
        kind: re.compile(rf"{edge}(?:{'|'.join(table['words'])}){edge}", re.IGNORECASE)
        if table["words"]
        else None
        for kind, table in load_book(language).care.items()
    }
