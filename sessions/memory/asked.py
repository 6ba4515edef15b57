"""What a message asks memory for: all that is known of who asks, a day, or somebody they know."""

import re

from msgspec import Struct

from sessions.notes.clauses import has_hangul

from .documents import FactDocument
from .extract import english, korean
from .extract.slots import event_slots, may_be_same, person_slot
from .likeness import contained, tokens

__all__ = ["Asked", "asked", "asks_for_all", "asks_for_days", "asks_for_promises", "speaks_of"]

_LONGEST = 120
_ALL = re.compile(
    r"\bwhat (?:else |all )?(?:do|did|have) you (?:actually |really |already |still )?"
    r"(?:know|remember|noted?|learned|learnt|remembered|got|have|store[d]?|saved?)"
    r"(?: down)?(?: so far)? (?:about|of|on) me\b"
    r"|\b(?:tell|show) me (?:what|everything|all)(?: that)? you(?:'ve)?"
    r" (?:know|remember|noted|learned)(?: about| of| on) me\b|\bwhat is in your memory\b"
    r"|(?:나|저|내|제)에\s?(?:대해서?|관해서?)\s?(?:(?:지금|현재|이미|어떤|다)\s)?"
    r"(?:뭘|뭐를?|무엇을?|어떤\s?(?:것|걸)|얼마나|아는|알고|기억)"
    r"|(?:나를|저를|날|절)\s?(?:얼마나|뭘|어떻게)\s?(?:알|기억)",
    re.IGNORECASE,
)
_DAYS = re.compile(
    r"\b(?:do|have) (?:i|we) (?:have |got )?(?:anything|something) (?:coming up|planned|due|soon)\b"
    r"|\b(?:is|what is|what's|what do i have|anything|what)(?: there)?(?: anything)? coming up\b"
    r"|\bwhat(?:'s| is| do i have) (?:on|in) my (?:calendar|agenda|schedule)\b"
    r"|\bwhat (?:dates|deadlines)\b.*\bi have\b"
    r"|(?:다가오는|남은|앞으로)\s?.{0,8}(?:일정|약속|날짜|마감)|일정이?\s?(?:뭐|있)",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\b(?:what|anything) (?:did|have|had) you (?:ever |just )?promised? (?:me|to)\b"
    r"|\b(?:did|have) you promised? me\b|\bwhat (?:was|is|were|are) your promises?\b"
    r"|(?:뭘|뭐를?|무엇을|무슨)\s?약속|약속(?:한|했던)\s?(?:게|것|거|건)",
    re.IGNORECASE,
)
_PLEDGES = re.compile(
    r"\bwhat (?:did|have|had) i (?:ever |just |already )?"
    r"(?:promised?|committed?(?: myself)? to|pledged?)\b"
    r"|\bwhat did i (?:say|tell you) (?:that )?i(?:'d| would| was going to|'ll) do\b"
    r"|\bwhat (?:were|are) my (?:promises|resolutions|commitments)\b"
    r"|(?:^|\s)(?:내가|제가|난|전)\s.{0,12}?(?:뭘|뭐를?|무엇을|무슨|어떤)\s?(?:걸\s?|일을\s?)?(?:약속|하기로|하겠다고)"
    r"|(?:내가|제가)\s?.{0,10}?(?:약속|하기로)\s?(?:한|했던)\s?(?:게|것|거|건|일)",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\bwho(?:'s| is| was) (?-i:(?P<en>[A-Z][\w'-]+))(?: again)?\s*[?.!]*$"
    r"|(?P<ko>[가-힣]{2,4}?)(?:이가|이는|가|는|이|은)?\s누구(?:예요|야|였|죠|지|인지|더라)",
    re.IGNORECASE,
)
_MEANT = 0.5
# What a question asks with names nothing.
_EMPTY = tokens(
    "how where who 언제 얼마 얼마를 무슨 요일 요일이죠 몇 시 어디 누구 하죠 했죠 하지 되죠 돼요"
)
# Who asks for a 동생 may mean a 여동생 or a 남동생.
_PEOPLE = {"person:sibling": ("person:sibling", "person:sister", "person:brother")}


class Asked(Struct, frozen=True, kw_only=True):
    """What a message asks for: `people` are slots, `who` a name, `words` what it is about."""

    everything: bool = False
    days: bool = False
    promises: bool = False
    pledges: bool = False
    people: tuple[str, ...] = ()
    who: str = ""
    events: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    def means(self, fact: FactDocument) -> bool:
        """Tell whether a fact is what is asked for, however old or far away it is."""
        if fact.kind == "deadline":
            return self.days or self.names(fact)
        if fact.kind == "promise":
            return self.promises
        if fact.kind == "commitment":
            return self.pledges
        return fact.kind == "person" and contained(tokens(self.who), tokens(fact.text)) == 1.0

    def names(self, fact: FactDocument) -> bool:
        """Tell whether a date is spoken of by its event, or by half of the words."""
        same = any(may_be_same(each, fact.slot) for each in self.events)
        return same or contained(self.words, tokens(fact.text)) >= _MEANT


def asked(text: str) -> Asked:
    """Return what a short message asks for; a long one asks for nothing by its words."""
    if len(text) > _LONGEST:
        return Asked()
    who = _WHO.search(text.replace("’", "'"))
    return Asked(
        everything=asks_for_all(text),
        days=asks_for_days(text),
        promises=asks_for_promises(text),
        pledges=_PLEDGES.search(text.replace("’", "'")) is not None,
        people=_PEOPLE.get(slot, (slot,)) if (slot := speaks_of(text)) else (),
        who=(who["en"] or who["ko"]) if who else "",
        events=frozenset(event_slots(text)),
        words=tokens(text) - _EMPTY,
    )


def asks_for_days(text: str) -> bool:
    """Tell whether a message asks what is to come."""
    return len(text) <= _LONGEST and _DAYS.search(text.replace("’", "'")) is not None


def asks_for_promises(text: str) -> bool:
    """Tell whether a message asks what its reader has promised."""
    return len(text) <= _LONGEST and _PROMISES.search(text) is not None


def asks_for_all(text: str) -> bool:
    """Tell whether a message asks for all that is known of its writer, in English or Korean."""
    return len(text) <= _LONGEST and _ALL.search(text.replace("’", "'")) is not None


def speaks_of(text: str) -> str:
    """Return the slot of the people that a short message speaks of by their relation, or ""."""
    if len(text) > _LONGEST:
        return ""
    relation = (korean if has_hangul(text) else english).last_relation(text)
    return person_slot(relation) if relation else ""
