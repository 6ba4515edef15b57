"""Which of the facts in one slot is valid: the newest; those before it hold until it began."""

from collections.abc import Iterable
from itertools import pairwise

from msgspec import structs

from .documents import FactDocument

__all__ = ["settled"]


def settled(facts: Iterable[FactDocument]) -> list[FactDocument]:
    """Return the facts of one slot, oldest first, with `valid_to` and `superseded_by` set anew.

    The order in which they were learned makes no difference, and nothing is lost: a fact that
    is not shown any more gives its predecessor back its place. A fact that ended without a
    successor stays ended.
    """
    facts = list(facts)
    line = sorted((each for each in facts if each.shown), key=_place)
    after = {old.id: new for old, new in pairwise(line)}
    rest = (each for each in facts if not each.shown)
    return [_before(each, after.get(each.id)) for each in (*line, *rest)]


def _place(fact: FactDocument) -> tuple[object, ...]:
    return fact.valid_from, fact.confidence, fact.id


def _before(fact: FactDocument, successor: FactDocument | None) -> FactDocument:
    if successor is not None:
        ended = fact.valid_to if fact.superseded_by is None else None
        ends = min(ended, successor.valid_from) if ended else successor.valid_from
        changed = structs.replace(fact, valid_to=ends, superseded_by=successor.id)
    elif fact.superseded_by is not None:
        changed = structs.replace(fact, valid_to=None, superseded_by=None)
    else:
        return fact
    return fact if changed == fact else changed
