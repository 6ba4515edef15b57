"""What users give up, by itself or for something else."""

import re

from sessions.conversation import Note
from sessions.memory.guards import idle
from sessions.memory.likeness import contained, tokens
from sessions.notes import extract
from sessions.notes.clauses import has_hangul, sentences

from . import english, korean

__all__ = ["dropped", "without_dropped"]

# "Forget the marathon, I want to learn the cello now"; "I want to learn the cello, not to run".
_EN = re.compile(
    r"^(?:actually,? |ok(?:ay)?,? |no,? )?(?:forget|never ?mind|scrap|drop|screw|skip)(?: about)?"
    r" (?P<a>[^,;.]{3,60}?)[,;.]? (?:and |but )?(?P<x>(?:i|my|now i)\b.+?)"
    r"(?: now| instead)?[.! ]*$"
    r"|^(?:actually,? )?(?P<y>.+?)(?: now)?,? (?:and )?(?:not|instead of|rather than)"
    r" (?P<b>(?:the|an?|my|to) [^,;.]{3,60}|\w+ing [^,;.]{3,60}?)"
    r"(?: any ?more| any longer)?[.! ]*$",
    re.IGNORECASE,
)
_KO = re.compile(r"^(?:이제(?:는)?\s)?(?P<a>.{1,30}?)\s?(?:말고|대신에?|보다는)\s(?P<x>.+)$")
_OVER = 0.5


def dropped(sentence: str) -> tuple[str, str] | None:
    """Return what a sentence drops, and what it says in its place; None when it does not."""
    if has_hangul(sentence):
        match = _KO.search(sentence.strip(" .!~"))
        return (match["a"], match["x"]) if match is not None else None
    match = _EN.search(sentence)
    return (match["a"] or match["b"], match["x"] or match["y"]) if match is not None else None


def without_dropped(notes: tuple[Note, ...], text: str) -> tuple[Note, ...]:
    """Return notes without the goals that a message gives up."""
    goals = [each for each in notes if each.kind == "goal"]
    over = [tokens(each) for each in _given_up(text)] if goals else []
    gone = [
        each for each in goals if any(contained(one, tokens(each.text)) >= _OVER for one in over)
    ]
    return tuple(each for each in notes if each not in gone)


def _given_up(text: str) -> list[str]:
    found: list[str] = []
    for sentence in sentences(text):
        rules = korean if has_hangul(sentence) else english
        over = [*rules.ended(sentence)]
        if (instead := dropped(sentence)) is not None:
            wants = any(each.kind == "goal" for each in extract(instead[1], ""))
            over = [instead[0]] if wants else over
        if over and idle(sentence) is None:
            found += over
    return found
