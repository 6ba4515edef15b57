"""What is remembered of a user, as notes of a conversation."""

import re

from sessions.conversation import Note, Remembered
from sessions.notes import extract
from sessions.notes.clauses import has_hangul, shortened

from .extract.slots import EVENT_EN, EVENT_KO
from .likeness import unstamped

__all__ = ["notes_of"]

# Words before an event that say nothing of it.
_PLAIN = frozenset(["", "a", "an", "the", "my", "our", "your", "this", "that", "next", "last"])
_NOTED = frozenset(["name", "goal", "obstacle", "person"])
_LONGEST = 80
_DAY = r"(?:on |next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|next week"
_EVENT = re.compile(rf"^(?P<what>[a-z][a-z -]*?) (?:{_DAY})$", re.IGNORECASE)
_EVENT_KO = re.compile(
    r"^(?:(?:다음 ?주 |이번 ?주 )?[월화수목금토일]요일|내일|모레|다음 ?주) (?P<what>[가-힣]+)$"
)


def notes_of(each: Remembered) -> tuple[Note, ...]:
    """Return what a memory tells as notes: names, goals, obstacles, people, and dates.

    A date stands as it does in the calendar, for its words may be of another week. What somebody
    has put in their own words is noted in these where they are no sentence.
    """
    if not each.own:
        return ()
    if each.kind == "deadline" and each.due is not None:
        return _dated(each)
    if each.kind not in _NOTED:
        return ()
    found = tuple(note for note in extract(each.text, each.id) if note.kind == each.kind)
    if found or not each.corrected:
        return found
    words = shortened(unstamped(each.text), _LONGEST).strip(" .!~")
    return (Note(kind=each.kind, text=words, turn_id=each.id, stated=each.kind == "goal"),)


def _dated(each: Remembered) -> tuple[Note, ...]:
    if (what := _event_of(each)) == "" or each.due is None:
        return ()
    day = each.due.date()
    hangul = has_hangul(what)
    text = f"{day.month}월 {day.day}일 {what}" if hangul else f"{what} on {day:%B} {day.day}"
    return (Note(kind="deadline", text=text, turn_id=each.id),)


def _event_of(each: Remembered) -> str:
    """Return what a date is for, without its day; "" when the words name no event."""
    event = next((note.text for note in extract(each.text, each.id) if note.kind == "deadline"), "")
    for form in (_EVENT_KO, _EVENT):
        if (found := form.match(event)) is not None:
            return found["what"]
    named = EVENT_KO.search(each.text) if has_hangul(each.text) else EVENT_EN.search(each.text)
    if named is None:
        return ""
    of = named["of"] or ""
    return named["event"] if of.casefold() in _PLAIN or has_hangul(of) else f"{of} {named['event']}"
