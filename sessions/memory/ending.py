"""Which of the facts that hold a message says to be over."""

from collections.abc import Sequence

from .documents import FactDocument
from .extract import Ended
from .extract.slots import event_slot
from .likeness import Carried, contained

__all__ = ["ended_by"]

_ENDING = ("goal", "deadline", "commitment", "role", "obstacle")
_DATED = ("deadline", "commitment")


def ended_by(
    over: Ended, known: Sequence[FactDocument], words: Carried, *, last: FactDocument | None
) -> list[FactDocument]:
    """Return the facts that end; `last` is the day that was told of last.

    "The exam", of several of them, is the one that was told of last, or the one without a name.
    """
    if over.last:
        return [each for each in known if each is last]
    ends = [each for each in known if _is_over(over, each, words)]
    slots = {each.slot for each in ends if each.kind == "deadline"}
    if not over.event or len(slots) < 2 or _is_several(over.words):
        return ends
    told = words[over.words.partition(",")[0]]
    # "the Thursday exam" is the one that was told with that day
    meant = {each.id: contained(told, words[each.text]) for each in ends}
    ends = [each for each in ends if meant[each.id] == max(meant.values())]
    if len(ends) == 1 or last in ends:
        last = ends[0] if len(ends) == 1 else last
        return [each for each in ends if each is last]
    return [each for each in ends if each.slot == event_slot(over.words)]


def _is_over(over: Ended, fact: FactDocument, words: Carried) -> bool:
    told, text = words[over.words.partition(",")[0]], words[fact.text]
    if over.replaced:
        return fact.kind in ("name", "person") and contained(told, text) == 1.0
    kinds = _DATED if over.event else _ENDING
    if over.event and _is_another(event_slot(over.words), fact.slot):
        return False
    return fact.kind in kinds and contained(told, text) >= 0.5


def _is_another(said: str, slot: str) -> bool:
    """Tell whether two events are told apart by their names: a math exam is no physics exam."""
    named = said.count(":") > 1 and slot.count(":") > 1
    return named and slot.startswith("event:") and said != slot


def _is_several(words: str) -> bool:
    return words.endswith("s") and not words.endswith("ss")
