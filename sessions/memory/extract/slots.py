"""Slots: what a newer fact takes the place of, named alike in English and Korean."""

import re

from sessions.memory.romanise import romanised
from sessions.memory.words import canonical, pattern, words

__all__ = [
    "EVENT_EN",
    "EVENT_KO",
    "event_slot",
    "event_slots",
    "may_be_same",
    "person_slot",
    "told_apart",
]

EVENT_EN = re.compile(
    rf"\b(?:(?P<of>[a-z][\w'-]*) )?(?P<event>{pattern('events', hangul=False)})s?\b", re.IGNORECASE
)
EVENT_KO = re.compile(rf"(?:(?P<of>[가-힣A-Za-z]+)\s)?(?P<event>{pattern('events', hangul=True)})")


def person_slot(relation: str, name: str = "") -> str:
    """Return the slot of a person: by relation where one has one at a time, else by name too."""
    relation = canonical("relations", relation)
    if relation in words()["single"] or not name:
        return f"person:{relation}"
    return f"person:{relation}:{romanised(name)}"


def event_slot(text: str) -> str:
    """Return the slot of the dated event that a text names, "" when it names none."""
    return next(iter(event_slots(text)), "")


def event_slots(text: str) -> tuple[str, ...]:
    """Return the slots of all dated events that a text names."""
    return tuple(map(_slot, (*EVENT_EN.finditer(text), *EVENT_KO.finditer(text))))


def may_be_same(one: str, other: str) -> bool:
    """Tell whether two slots may be of one event: "exam" may be the "math exam"."""
    shorter, longer = sorted((one, other), key=len)
    return shorter != "" and f"{longer}:".startswith(f"{shorter}:")


def told_apart(one: str, other: str) -> bool:
    """Tell whether two events are told apart by their names: a math exam is no physics exam."""
    return one.count(":") > 1 and other.count(":") > 1 and not may_be_same(one, other)


def _slot(match: re.Match[str]) -> str:
    event = canonical("events", match["event"])
    of = (match["of"] or "").casefold()
    plain = not of or of in words()["events_plain"]["words"] or of.endswith(_ENDINGS)
    return f"event:{event}" if plain else f"event:{event}:{romanised(of)}"


# Korean words that end so are no noun before the event, English ones no attribute of it.
_ENDINGS = (
    "에",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "까지",
    "로",
    "요",
    "일",
    "주",
    "의",
    "고",
    "day",
    "'s",
    "ing",
    "ed",
    "have",
    "has",
    "is",
    "to",
    "and",
    "that",
    "for",
    "on",
    "by",
    "your",
)
