"""Notes of one message."""

import re
from collections.abc import Iterator

from sessions.conversation import Note
from sessions.notes import english, korean
from sessions.notes.clauses import has_hangul, prose, sentences
from sessions.notes.injected import uninjected
from sessions.notes.straight import straightened

__all__ = ["extract"]

MOST = 12
# Whoever says that their goal is another one now states what they say they want.
_CHANGED = re.compile(
    r"\bmy (?:\w+ )?goals?(?: has| have|'s)? changed\b|\b(?:gave|given) up on\b"
    r"|목표[가는를]\s?(?:또\s)?(?:바뀌|바꿨|바꾸|변했|달라졌|변경)",
    re.IGNORECASE,
)
_CHANGED_CHARS = 300


def extract(text: str, turn_id: str) -> tuple[Note, ...]:
    """Return what the user said of name, goal, obstacle, deadline, person, feeling and tried.

    Texts are the user's own words, cut to a clause: English in the first person as written,
    a Korean goal as a noun phrase (`이직하기`), a Korean feeling as a noun (`불안`). At most 12.
    """
    changed = _CHANGED.search(text[:_CHANGED_CHARS]) is not None
    found: dict[tuple[str, str], Note] = {}
    for kind, words, stated in _found(straightened(prose(text))):
        if len(found) < MOST:
            stated = stated or (changed and kind == "goal")
            note = Note(kind=kind, text=words, turn_id=turn_id, stated=stated)
            found.setdefault((kind, words.casefold()), note)
    return tuple(found.values())


def _found(text: str) -> Iterator[tuple[str, str, bool]]:
    meant = uninjected(text)
    name = english.read_name(meant) or korean.read_name(meant)
    if name is not None:
        yield "name", name, False
    for sentence in sentences(meant):
        reader = korean if has_hangul(sentence) else english
        yield from reader.read(sentence)
