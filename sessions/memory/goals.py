"""Which goal a newer one takes the place of: only one that the user has changed."""

import re
from collections.abc import Sequence
from datetime import datetime

from .documents import FactDocument
from .extract import Found
from .likeness import Carried, likeness, tokens

__all__ = ["goal_slot", "superseded_goal"]

_GOAL = r"(?:goals?|aims?|targets?|objectives?|ambitions?|dreams?|plans?)"
# Said of the goal itself, in any sentence of the message.
_CHANGED = re.compile(
    rf"\b(?:chang(?:ed|ing)|switch(?:ed|ing)|adjust(?:ed|ing)) my (?:\w+ )?{_GOAL}\b"
    rf"|\bmy (?:\w+ )?{_GOAL}(?: has| have|'s)? changed\b"
    r"|목표(?:를|가|는)?\s.{0,40}(?:바꿨|바꾸|바뀌|바뀐|변경|수정)",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    rf"\binstead\b|\brather than\b|\b{_GOAL}(?: is|'s)? now\b|\bno longer\b"
    rf"|\bmy {_GOAL} is .+ now$|대신|(?:이제|지금)(?:는|은)?\s(?:제\s|내\s)?목표|목표[는가]\s이제",
    re.IGNORECASE,
)
_NEW = re.compile(rf"\bnew (?:\w+ )?{_GOAL}\b|새(?:로운)?\s?목표", re.IGNORECASE)
_ALSO = re.compile(
    r"\b(?:also|too|as well|besides|in addition|another|second|on top of)\b"
    r"|목표도|또한|또\s(?:하나|다른)|추가로|하나\s더",
    re.IGNORECASE,
)
# What goals of any kind are said with.
_COMMON = tokens(
    "new instead change changed switch switched adjust rather than longer aim target objective"
    " ambition dream plan learn run get become start finish find make write go do pass improve"
    " achieve reach complete open save build have take"
    " 새 새로운 목표를 목표가 대신 바꿨어요 변경했어요"
)
_ALIKE = 0.5


def goal_slot(fact: FactDocument) -> str:
    """Return the slot in which a goal and those that take its place stand."""
    return fact.slot or f"goal:{fact.id}"


def superseded_goal(
    found: Found, said: str, known: Sequence[FactDocument], words: Carried, *, at: datetime
) -> FactDocument | None:
    """Return the goal that one found in the message `said`, of `at`, takes the place of, or None.

    A message changes one goal at most, and none that it has just told.
    Who has changed their goal means the one that is most alike, or else the newest; a new goal
    takes the place of one that is about the same thing; any other stands beside those before.
    """
    every = [each for each in known if each.kind == "goal" and each.current]
    goals = [each for each in every if each.valid_from < at]
    if any(each.slot for each in every if each not in goals):
        return None
    if found.kind != "goal" or not goals or _ALSO.search(found.quote):
        return None
    changed = _CHANGED.search(said) or _INSTEAD.search(found.quote)
    if not changed and not _NEW.search(found.quote):
        return None
    about = tokens(found.text) - _COMMON
    alike = {each.id: likeness(about, words[each.text] - _COMMON) for each in goals}
    best = max(goals, key=lambda each: (alike[each.id], each.valid_from))
    if alike[best.id] < _ALIKE:
        best = max(goals, key=lambda each: each.valid_from)
        return best if changed else None
    return None if about == words[best.text] - _COMMON else best
