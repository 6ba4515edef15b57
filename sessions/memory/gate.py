"""The write gate: what may be remembered of what was found, and why the rest may not."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Literal

from msgspec import Struct

from sessions.notes.straight import straightened

from .documents import FactDocument
from .events import event_of
from .extract import Found
from .extract.promises import is_promise
from .goals import goal_slot, superseded_goal
from .guards import bare, idle, unmeant
from .likeness import Carried, contained, fold, tokens
from .romanise import romanised
from .words import words

__all__ = ["Gate", "Verdict"]

Reason = Literal["unmeant", "ungrounded", "idle", "persona", "trivia", "sure"]
SAME = 0.8
GROUNDED = 0.75
RESTATED = 0.75
LEAST_CONFIDENCE = 0.5
_LINKED = frozenset({"person", "goal", "commitment", "deadline", "obstacle", "role", "preference"})


class Verdict(Struct, frozen=True, kw_only=True):
    """What becomes of a found fact: it is new, it says `same` again, or there is a reason not to.

    `slot` is the one it is to be kept in, `over` a goal whose place it takes.
    """

    reason: Reason | None = None
    same: FactDocument | None = None
    over: FactDocument | None = None
    slot: str = ""


class Gate:
    """Judges what was found; `persona_lines` are what personas are told and say of themselves."""

    def __init__(self, persona_lines: Iterable[str] = ()) -> None:
        self._persona_lines = tuple(persona_lines)

    def judge(
        self,
        found: Found,
        *,
        said: str,
        at: datetime,
        known: Sequence[FactDocument],
        words: Carried | None = None,
    ) -> Verdict:
        """Return what becomes of a fact found in `said` of `at`, a user's message or an answer.

        `known` are the user's facts that hold; what says one of them again becomes its source.
        `words` has the tokens of their texts, as far as they were worked out before.
        """
        words = Carried() if words is None else words
        reason = self._reason(found, said)
        if reason is not None:
            return Verdict(reason=reason)
        carried = tokens(found.text)
        over = superseded_goal(found, said, known, words, at=at)
        for fact in known:
            if fact is not over and _says_the_same(found, carried, fact, words):
                return Verdict(same=fact, slot=fact.slot)
        if over is not None:
            return Verdict(over=over, slot=goal_slot(over))
        return Verdict(slot=_slot(found, carried, known, at))

    @cached_property
    def _lines(self) -> list[frozenset[str]]:
        return [each for each in map(tokens, self._persona_lines) if len(each) > 2]

    def _reason(self, found: Found, said: str) -> Reason | None:
        if found.confidence < LEAST_CONFIDENCE:
            return "sure"
        if found.kind != "promise" and unmeant(said) is not None:
            return "unmeant"
        if not is_grounded(found, said):
            return "ungrounded"
        if found.kind == "promise":
            promised = is_promise(found.quote, dated=found.due is not None)
            return None if promised else "idle"
        if found.kind != "person" and idle(found.quote) is not None:
            return "idle"
        carried = tokens(found.text)
        # One word, as a name, restates no line that happens to have it.
        if len(carried) > 1 and any(contained(carried, line) >= RESTATED for line in self._lines):
            return "persona"
        return "trivia" if _is_trivial(found, carried) else None


def is_grounded(found: Found, said: str) -> bool:
    """Tell whether a fact rests on the speaker's own words: its quote is there, its words are."""
    own = bare(said)
    if not found.quote.strip() or fold(straightened(found.quote)) not in fold(own):
        return False
    carried = tokens(found.text)
    if found.made:
        letters = romanised(fold(own))
        return all(each in letters for each in carried)
    return not carried or contained(carried, tokens(own)) >= GROUNDED


def _is_trivial(found: Found, carried: frozenset[str]) -> bool:
    least = 1 if found.kind in ("name", "person", "role", "preference") or found.due else 2
    return len(carried) < least


def _says_the_same(
    found: Found, carried: frozenset[str], fact: FactDocument, words: Carried
) -> bool:
    alike = fact.kind == found.kind or {fact.kind, found.kind} <= _LINKED
    if not alike or (found.due and fact.due and not _same_day(found, fact)):
        return False
    known = words[fact.text]
    if found.kind == "name":
        return bool(carried) and carried == known
    if found.slot.startswith("event:") and found.slot == fact.slot and found.due and fact.due:
        return True
    if found.slot.startswith("person:") and found.slot == fact.slot and _only_names(found, carried):
        return contained(carried - _relation(found.slot), known) == 1.0
    if found.due and not fact.due and fact.kind == "deadline":
        return False
    return contained(carried, known) >= SAME or (
        fact.kind == found.kind
        and contained(known, carried) == 1.0
        and 2 <= len(known) >= len(carried) - 1
    )


def _same_day(found: Found, fact: FactDocument) -> bool:
    """Tell whether both are due on one day, give or take what noon in another zone is."""
    if found.due is None or fact.due is None:
        return False
    return abs((fact.due.date() - found.due).days) < 2 and f"({found.due})" in fact.text


def _only_names(found: Found, carried: frozenset[str]) -> bool:
    return len(carried - _relation(found.slot)) <= 1


def _relation(slot: str) -> frozenset[str]:
    names = words()["relations"].get(slot.split(":")[1], [])
    return tokens(" ".join(names))


def _slot(
    found: Found, carried: frozenset[str], known: Sequence[FactDocument], at: datetime
) -> str:
    """Return the slot for a new fact; more about somebody who is known has none."""
    if not found.slot.startswith("person:"):
        return event_of(found, known, at=at)
    for fact in known:
        if fact.slot == found.slot:
            named = (found.slot.split(":")[2:] or [""])[0]
            names = {named} if named else carried & _names(fact)
            return "" if names & tokens(fact.text) else found.slot
    return found.slot


def _names(fact: FactDocument) -> frozenset[str]:
    """Return the words of a fact that look like somebody's name."""
    capitals = [
        word
        for place, word in enumerate(fact.text.split())
        if "가" <= word[0] <= "힣" or (place and word[0].isupper())
    ]
    return tokens(" ".join(capitals)) - _relation(fact.slot)
