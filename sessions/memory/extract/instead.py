"""What users give up, by itself or for something else."""

import re

from sessions.conversation import Note
from sessions.memory.guards import idle
from sessions.memory.likeness import contained, tokens
from sessions.notes import extract
from sessions.notes.clauses import has_hangul, sentences
from sessions.notes.straight import MOVED, MOVED_KO

from . import english, korean
from .moved import changed
from .slots import event_slot, may_be_same

__all__ = ["dropped", "still_on", "without_dropped"]

# "Forget the marathon, I want to learn the cello now"; "I want to learn the cello, not to run".
_EN = re.compile(
    r"^(?:actually,? |ok(?:ay)?,? |no,? )?(?:forget|never ?mind|scrap|drop|screw|skip)(?: about)?"
    r" (?P<a>[^,;.]{3,60}?)[,;.]? (?:and |but )?(?P<x>(?:i|my|now i)\b.+?)"
    r"(?: now| instead)?[.! ]*$"
    r"|^(?:actually,? )?(?P<y>.+?)(?: now)?,? (?:and )?(?:not|instead of|rather than)"
    r" (?P<b>(?:the|an?|my|to) [^,;.]{3,60}|\w+ing [^,;.]{3,60}?)"
    r"(?: any ?more| any longer)?[.! ]*$",
    re.IGNORECASE,
)
_KO = re.compile(r"^(?:이제(?:는)?\s)?(?P<a>.{1,30}?)\s?(?:말고|대신에?|보다는)\s(?P<x>.+)$")
_OVER = 0.5
_MOVED = re.compile(rf"\b{MOVED}\b|{MOVED_KO}", re.IGNORECASE)
_DAY = re.compile(r"\b\w+day\b|[월화수목금토일]요일")


def dropped(sentence: str) -> tuple[str, str] | None:
    """Return what a sentence drops, and what it says in its place; None when it does not."""
    if has_hangul(sentence):
        match = _KO.search(sentence.strip(" .!~"))
        return (match["a"], match["x"]) if match is not None else None
    match = _EN.search(sentence)
    return (match["a"] or match["b"], match["x"] or match["y"]) if match is not None else None


def without_dropped(notes: tuple[Note, ...], text: str) -> tuple[Note, ...]:
    """Return notes without the goals that a message gives up, and the days that hold no longer."""
    notes = _without_days(notes, text)
    goals = [each for each in notes if each.kind == "goal"]
    over = [tokens(each) for each in _given_up(text)] if goals else []
    gone = [
        each for each in goals if any(contained(one, tokens(each.text)) >= _OVER for one in over)
    ]
    return tuple(each for each in notes if each not in gone)


def _without_days(notes: tuple[Note, ...], text: str) -> tuple[Note, ...]:
    """Return notes without the events that a message says to be off, or on another day."""
    days = [each for each in notes if each.kind == "deadline"]
    gone: list[Note] = []
    for sentence in sentences(text) if days else ():
        change = changed(sentence, ())
        names = change.off if change is not None else (*english.ended(sentence),)
        if change is None and _MOVED.search(sentence) is not None:
            names = (sentence,)
        for name in names:
            gone += _meant(name, [each for each in days if each not in gone])
        if change is not None and change.last_off:
            gone.append(days[-1])
    return tuple(each for each in notes if each not in gone)


def still_on(fresh: tuple[Note, ...], text: str) -> tuple[Note, ...]:
    """Return the notes of a message without the days of events that it only says to be off."""
    off: list[str] = []
    for sentence in sentences(text):
        change = changed(sentence, ())
        off += change.off if change is not None else english.ended(sentence)
    slots = {event_slot(each) for each in off} - {""}
    return tuple(
        each
        for each in fresh
        if each.kind != "deadline"
        or not any(may_be_same(event_slot(each.text), slot) for slot in slots)
    )


def _meant(name: str, days: list[Note]) -> list[Note]:
    """Return the days of the event that is meant: those it names, else the one told of last."""
    slot = event_slot(name)
    same = [each for each in days if slot and may_be_same(event_slot(each.text), slot)]
    named = [each for each in same if (day := _DAY.search(name)) and day[0] in each.text]
    return named or same[-1:]


def _given_up(text: str) -> list[str]:
    found: list[str] = []
    for sentence in sentences(text):
        rules = korean if has_hangul(sentence) else english
        over = [*rules.ended(sentence)]
        if (instead := dropped(sentence)) is not None:
            wants = any(each.kind == "goal" for each in extract(instead[1], ""))
            over = [instead[0]] if wants else over
        if over and idle(sentence) is None:
            found += over
    return found
