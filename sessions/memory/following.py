"""Promises go with the event that they are about: to its new day, and when it is off they end."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import structs

from sessions.notes.clauses import has_hangul

from .dates import days
from .documents import FactDocument

__all__ = ["followed", "moved_to"]

_STAMP = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_LEAD = re.compile(r"(?:by|before|until|till|due)\b", re.IGNORECASE)
# "your Friday exam": what stands without "on" stays so
_BARE = re.compile(r"(?:next |this |coming )?\w+day\b", re.IGNORECASE)
_WEEKDAYS = "월화수목금토일"
_DAY = timedelta(days=1)


def followed(promise: FactDocument, line: Sequence[FactDocument]) -> FactDocument:
    """Return a promise as it is with its event, of which `line` is all that was told.

    One for the day of the event, or after it, comes as much later or earlier as the event does;
    one to ask before it stays, so does what its user has put in their own words. One whose day was
    over when a day was told anew is about what has been. Whatever the order, again changes nothing.
    """
    told = sorted((each for each in line if each.shown), key=lambda each: each.valid_from)
    before = [each for each in told if each.valid_from <= promise.valid_from]
    if not promise.current or not before:
        return promise
    now, last = next((each for each in told if each.current), None), told[-1]
    if now is None:
        over = last.valid_to if last.superseded_by is None else None
        ends = over is not None and over >= promise.valid_from
        return structs.replace(promise, valid_to=over) if ends else promise
    first, event = promise.due_told or promise.due, _told_due(before[-1], promise.valid_from)
    if promise.edited or promise.due is None or first is None or event is None or now.due is None:
        return promise
    after = _whole_days(first - event)
    if after < timedelta() or _since(now) > promise.due + _DAY:
        return promise
    day = now.due + after
    if not _whole_days(day - promise.due):
        return promise
    due_told = first if _whole_days(day - first) else None
    return structs.replace(moved_to(promise, day), due_told=due_told)


def moved_to(fact: FactDocument, due: datetime) -> FactDocument:
    """Return a fact that is due on another day, which its text names in the place of the old."""
    stamped = None if fact.due is None else [*_STAMP.finditer(fact.text)][-1:]
    if fact.due is None or not stamped:
        return structs.replace(fact, due=due)
    try:
        old = date.fromisoformat(stamped[0][1])
    except ValueError:  # somebody's own words, and no day
        return structs.replace(fact, due=due)
    new = old + _whole_days(due - fact.due)
    text = fact.text[: stamped[0].start()] + new.isoformat() + fact.text[stamped[0].end() :]
    said = fact.valid_from.date()
    # where the user is, the day may have been another than here
    names = [*days(text, said), *days(text, said - _DAY), *days(text, said + _DAY)]
    names += [*days(text, old - _DAY)]
    for each in names:
        words = text[each.start : each.end]
        if each.day == old and not _STAMP.search(words):
            text = text[: each.start] + _named(words, new) + text[each.end :]
            break
    return structs.replace(fact, text=text, due=due)


def _named(words: str, day: date) -> str:
    """Return the weekday of a day as it stands in the place of `words`."""
    if has_hangul(words):
        return f"{_WEEKDAYS[day.weekday()]}요일"
    lead = _LEAD.match(words)
    if _BARE.match(words):
        return f"{day:%A}"
    return f"{lead[0] if lead else 'on'} {day:%A}"


def _told_due(event: FactDocument, at: datetime) -> datetime | None:
    """Return when an event was due as far as was known at a time."""
    later = event.edited and event.edited_at is not None and event.edited_at >= at
    return event.due_told if later else event.due


def _since(fact: FactDocument) -> datetime:
    return (fact.edited_at or fact.updated_at) if fact.edited else fact.valid_from


def _whole_days(time: timedelta) -> timedelta:
    """Return a time in days, whatever the clocks were put forward or back in between."""
    return timedelta(days=round(time / _DAY))
