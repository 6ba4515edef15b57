"""Events that have another day than was told, or are off."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sessions.memory.dates import Day
from sessions.memory.guards import idle
from sessions.notes.clauses import has_hangul
from sessions.notes.straight import MOVED, MOVED_KO

from .slots import EVENT_EN, EVENT_KO, event_slot

__all__ = ["Change", "changed"]

_LEAD = r"^(?:(?:and|but|so|oh|ok(?:ay)?|well|sorry|hey|hmm|actually|no|wait|update|btw)[,.:]? )*"
_OFF = r"(?:cancel(?:l)?ed|called off|scrapped|off now|no longer happening|not happening)"
_IT = r"(?:it|that(?: one)?|this one|the (?:date|day|time|(?:second|other|last|new) one))"
_TO = r"\b(?:to|for|until|till|by)\b"
_IT_MOVED = re.compile(
    rf"{_LEAD}(?:{_IT}(?:'s| is| was| got| has| just| has just)?(?: been)?(?: just| now)? {MOVED}\b"
    rf"(?=.*{_TO})|(?:they|he|she|we)(?:'ve| have| has| just)* {MOVED} {_IT}\b(?=.*{_TO})"
    rf"|{_IT}(?:'s| is) on .{{0,30}}\b(?:now|instead)$"
    rf"|{_IT}(?:'s| is) now on\b)",
    re.IGNORECASE,
)
_WAIT = re.compile(
    r"^(?:oh,? )?(?:no,? wait|wait,? no|no,? sorry|sorry,? i meant?|i meant|scratch that|make that)"
    r"[,.:]? (?:it's |that's )?(?:on )?\S+(?: \S+)?[.! ]*$",
    re.IGNORECASE,
)
_IT_MOVED_KO = re.compile(
    r"^(?:(?:아|참|근데|그런데|사실|그게|그거|그건|날짜가?|이제|다시)\s)*(?:\S{1,8}\s){0,3}\S{0,8}[일레]로"
    rf"\s(?:\S+\s)?{MOVED_KO}"
)
_IT_OFF = re.compile(
    rf"{_LEAD}(?:{_IT}(?:'s| is)(?: now)? off$"
    rf"|{_IT}(?:'s| is| was| got| has)(?: been| just)* {_OFF}\b"
    rf"|(?:they|he|she|we)(?:'ve| have| has| just)* (?:cancel(?:l)?ed|called off) {_IT}\b"
    rf"|(?:they|he|she|we)(?:'ve| have| has| just)* called {_IT} off\b)",
    re.IGNORECASE,
)
_IT_OFF_KO = re.compile(
    r"^(?:(?:아|참|근데|그런데|사실|그게|그거|그건|결국|이제)\s)*취소(?:됐|되었|했|돼|된)"
)
# What is said of an event by its own name, also where nobody says "my".
_EVENT_OFF = re.compile(
    rf"^(?:\w+[,.]? )?(?P<a>(?:(?:the|my|our|this|that) )?(?:\w+ )?{EVENT_EN.pattern})"
    rf"(?:'s| is| was| got| has| have| are| were)?(?: been| just| now)* {_OFF}\b"
    r"|\b(?:they|he|she|we|i)(?:'ve| have| has| just)* (?:cancel(?:l)?ed|called off)"
    r" (?P<b>(?:the|my|our|this|that) .+)"
    r"|\b(?:i|we) (?:don't|do not) have (?P<c>(?:an?|the|my|our|that|this|any) [^,;.]+?)"
    r" (?:any ?more|any longer|after all)\b"
    r"|\b(?:there's|there is|there will be) no (?P<d>[^,;.]+?) (?:any ?more|any longer|after all)\b"
    r"|(?P<e>\b(?:the|my|our) [^,;.]+?) (?:isn't happening|won't (?:happen|take place)"
    r"|is not (?:happening|taking place)|is off\b(?! to| the| my| your))"
    r"|^(?P<f>.+?),? (?:and|but|which)(?: it| that)?(?:'s| is| was| got| has)"
    rf"(?: been| just)* {_OFF}\b",
    re.IGNORECASE,
)
_EVENT_OFF_KO = re.compile(
    rf"(?P<a>{EVENT_KO.pattern})(?:은|는|이|가|도|을|를)?\s(?:(?:결국|이제|갑자기|또|다|아예)\s)?"
    r"(?:취소(?:됐|되었|했|돼|된)|없어졌)"
)
# What is off is what stands before it: "my plan for the exam" is no exam.
_BESIDE = re.compile(r" (?:for|about|of|on|with|before|after|to|in|at|because|so)\b", re.IGNORECASE)
# Most sentences have nothing of it.
_HINT = re.compile(
    rf"\b(?:{MOVED}|cancel(?:l)?ed|call(?:ed)?|off|any ?more|any longer|after all|happening|happen"
    rf"|take place|now|instead|wait|sorry|meant|scratch|make)\b|취소|없어졌|{MOVED_KO}",
    re.IGNORECASE,
)
_HEARSAY = re.compile(rf"((?:취소|{MOVED_KO})\S*)(?:[대래])(요?)(?=[\s.!~]*$)")


class Change(Struct, frozen=True, kw_only=True):
    """What a sentence changes: events that are `off`, and what was told of last.

    That is off, too, when `last_off`, or on the day `to` now.
    """

    off: tuple[str, ...] = ()
    last_off: bool = False
    to: Day | None = None


def changed(sentence: str, named: Sequence[Day]) -> Change | None:
    """Return what a sentence that names these days to come changes; None for all others.

    An event that it names itself with a new day is told anew: that is no change here.
    """
    if _HINT.search(sentence) is None or idle(_HEARSAY.sub(r"\1어\2", sentence)) is not None:
        return None
    said = sentence.strip(" .!~")
    if not event_slot(said):
        if len(named) == 1 and _is_moved(said):
            return Change(to=named[0])
        off = _IT_OFF_KO if has_hangul(said) else _IT_OFF
        return Change(last_off=True) if off.search(said) else None
    over = tuple(_called_off(said))
    return Change(off=over) if over else None


def _is_moved(said: str) -> bool:
    if has_hangul(said):
        return _IT_MOVED_KO.search(said) is not None
    return _IT_MOVED.search(said) is not None or _WAIT.search(said) is not None


def _called_off(said: str) -> Iterator[str]:
    if has_hangul(said):
        yield from (match["a"] for match in _EVENT_OFF_KO.finditer(said))
        return
    for match in _EVENT_OFF.finditer(said):
        words = next(match[each] for each in "abcdef" if match[each])
        if event_slot(_BESIDE.split(words)[0]):
            yield words
