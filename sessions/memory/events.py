"""Which event a message tells of: one that is known by another name, or one beside it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sessions.notes.clauses import has_hangul
from sessions.notes.straight import MOVED, MOVED_KO

from .documents import FactDocument
from .extract import Found
from .extract.slots import EVENT_EN, may_be_same

__all__ = ["event_of"]

_DAY = timedelta(days=1)
_CHANGED = re.compile(
    rf"^no\b|\b(?:now|instead|actually|turns out|sorry|not (?:on )?\w+day|{MOVED})\b"
    r"|(?<!n't )(?<!not )\bwait\b"
    rf"|이제|사실|(?:^|\s)아니(?=[,.\s]|고|야|요)|{MOVED_KO}",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:another|also|as well|too|(?:one|an?) (?:more|extra|additional|third))\b"
    r"|(?:^|\s)(?:또|다른|추가)\s|하나 더|하나가 더|도 .*있(?:어|다|고|네|는데)",
    re.IGNORECASE,
)
_THAT = re.compile(rf"\b(?:my|the|our|that|this) {EVENT_EN.pattern}", re.IGNORECASE)
_SOME = re.compile(rf"\ban? {EVENT_EN.pattern}", re.IGNORECASE)


def event_of(found: Found, known: Sequence[FactDocument], *, at: datetime) -> str:
    """Return the slot of a dated event found in a message of `at`, or of a promise about one.

    Who has "a statistics exam" moves it by "my exam is on Friday now", and has two by "another
    exam", or by "an exam" on another day.
    """
    slot, due = found.slot, found.due
    if due is None or not slot.startswith(("event:", "promise:")):
        return slot
    event = slot.replace("promise:", "event:", 1)
    ahead = [
        each
        for each in known
        if each.kind == "deadline"
        and each.due is not None
        and each.due >= at - _DAY
        and may_be_same(each.slot, event)
    ]
    that_day = {each.slot for each in ahead if f"({due})" in each.text}
    if slot.startswith("promise:"):
        return _only(that_day, event).replace("event:", "promise:", 1)
    that = _THAT.search(found.quote) is not None
    more = _MORE.search(found.quote) is not None
    if more and not that:
        return f"{slot}:{due}"
    if _CHANGED.search(found.quote) is not None:
        spoken_of = that or has_hangul(found.quote)
        # "my exam" may be the statistics exam, "my other exam" is no exam that has no name
        named = {each.slot for each in ahead if f"{each.slot}:".startswith(f"{slot}:")}
        return _only(named, slot) if spoken_of else slot
    if that_day and slot not in that_day:
        return _only(that_day, slot)
    other_day = any(each.slot == slot for each in ahead) and slot not in that_day
    if not that and other_day and _SOME.search(found.quote) is not None:
        return f"{slot}:{due}"
    return slot


def _only(slots: set[str], slot: str) -> str:
    """Return the one of some slots, or `slot` itself where it is one, or there are others."""
    return next(iter(slots)) if len(slots) == 1 else slot
