"""Which of the facts that hold a message says to be over."""

import re
from collections.abc import Sequence

from .documents import FactDocument
from .extract import Ended
from .extract.slots import event_slot, told_apart
from .likeness import Carried, contained

__all__ = ["ended_by"]

_ENDING = ("goal", "deadline", "commitment", "role", "obstacle")
_DATED = ("deadline", "commitment")
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})day|([월화수목금토일])요일", re.IGNORECASE)


def ended_by(
    over: Ended, known: Sequence[FactDocument], words: Carried, *, last: FactDocument | None
) -> list[FactDocument]:
    """Return the facts that end; `last` is the day that was told of last.

    "The Thursday exam" is the one on that day. "The exam", of several of them, is the one of which
    most was said, that was told of last, or that has no name.
    """
    if over.last:
        return [each for each in known if each is last]
    ends = [each for each in known if _is_over(over, each, words)]
    if (day := _DAY.search(over.words)) is not None and event_slot(over.words):
        return [each for each in ends if each.kind in _DATED and _falls_on(each, day)]
    slots = {each.slot for each in ends if each.kind == "deadline"}
    if not over.event or len(slots) < 2 or _is_several(over.words):
        return ends
    told = words[over.words.partition(",")[0]]
    meant = {each.id: contained(told, words[each.text]) for each in ends}
    ends = [each for each in ends if meant[each.id] == max(meant.values())]
    if len(ends) == 1:
        return ends
    if last in ends:
        return [each for each in ends if each is last]
    return [each for each in ends if each.slot == event_slot(over.words)]


def _is_over(over: Ended, fact: FactDocument, words: Carried) -> bool:
    told, text = words[over.words.partition(",")[0]], words[fact.text]
    if over.replaced:
        return fact.kind in ("name", "person") and contained(told, text) == 1.0
    kinds = _DATED if over.event else _ENDING
    if over.event and told_apart(event_slot(over.words), fact.slot):
        return False
    return fact.kind in kinds and contained(told, text) >= 0.5


def _falls_on(fact: FactDocument, day: re.Match[str]) -> bool:
    number = _DAYS.index(day[1].casefold()) if day[1] else "월화수목금토일".index(day[2])
    return fact.due is not None and fact.due.weekday() == number


def _is_several(words: str) -> bool:
    return words.endswith("s") and not words.endswith("ss")
