"""A fact in its user's own words, and the day that these words name."""

import re
from datetime import date, datetime, timedelta

from msgspec import structs

from .dates import as_due, days
from .documents import FactDocument

__all__ = ["corrected"]

_STAMP = re.compile(r" \((\d{4}-\d{2}-\d{2})\)$")
_WITH_DAYS = ("deadline", "commitment", "promise")


def corrected(fact: FactDocument, text: str, *, now: datetime) -> FactDocument:
    """Return a fact that says `text`, certain, and due when that says.

    A day in the same words as before is the same day; one in other words is meant from `now`
    on; where the text named a day and no longer does, nothing is due any more. Like what is
    learned, the text ends with its day in figures.
    """
    stamped = _STAMP.search(fact.text)
    old = _STAMP.sub("", fact.text)
    text = text.removesuffix(stamped[0]).rstrip() if stamped else text
    due, day = fact.due, stamped[1] if stamped else ""
    if fact.kind in _WITH_DAYS or fact.due is not None:
        named = days(text, now.date())
        before = {old[each.start : each.end] for each in days(old, fact.valid_from.date())}
        if named and text[named[0].start : named[0].end] not in before:
            due, day = _moved(fact, stamped, named[0].day), named[0].day.isoformat()
        elif before and not any(phrase in text for phrase in before):
            due, day = None, ""
    told = f"{text} ({day})" if day and day not in text else text
    due_told = fact.due_told if fact.edited else fact.due
    own = structs.replace(fact, text=told, due=due, due_told=due_told, confidence=1.0)
    return structs.replace(own, edited=True, edited_at=now)


def _moved(fact: FactDocument, stamped: re.Match[str] | None, day: date) -> datetime:
    """Return noon of `day` where the user was when the fact was learned."""
    if fact.due is None or stamped is None:
        return as_due(day, "")
    return fact.due + timedelta(days=(day - date.fromisoformat(stamped[1])).days)
