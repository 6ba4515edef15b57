"""Whether a sentence speaks of what somebody asks for, also in other words for a relation."""

import re
from functools import lru_cache

from sessions.memory.words import synonyms
from sessions.notes.clauses import has_hangul

__all__ = ["speaks_of"]

# Between the digits of a number: 4,000.
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_PLAIN = frozenset(["and", "or", "with", "랑", "그리고"])
# One English word stands for several of these, and none of these for another.
_SIBLINGS = frozenset(["언니", "누나", "여동생", "오빠", "형", "남동생", "동생"])
_PARTICLE = re.compile(r"(?:에게|한테|이랑|하고|에|은|는|이|가|을|를|랑|의|님|도)$")
_ENDING = re.compile(r"(?:'s|ing|ed|es|s)$")


def speaks_of(sentence: str, topic: str) -> bool:
    """Tell whether a sentence has every word of a topic, or one that stands for the same person."""
    said = _GROUPED.sub("", sentence.casefold())
    forms = _forms(_GROUPED.sub("", topic.casefold()))
    return bool(forms) and all(form.search(said) for form in forms)


@lru_cache(maxsize=64)
def _forms(topic: str) -> tuple[re.Pattern[str], ...]:
    words = [each for each in topic.split() if each not in _PLAIN]
    return tuple(_form(each) for each in words if len(each) > 1 or has_hangul(each))


def _form(word: str) -> re.Pattern[str]:
    """Return what a word of a topic may look like in a sentence."""
    bare = _bare(word)
    same = (bare,) if bare in _SIBLINGS else (bare, *synonyms("relations", bare))
    return re.compile("|".join(map(_pattern, dict.fromkeys(same))))


def _bare(word: str) -> str:
    if synonyms("relations", word):
        return word
    if has_hangul(word):
        return _PARTICLE.sub("", word) if len(word) > 2 else word
    return _ENDING.sub("", word) if len(word) > 4 else word


def _pattern(word: str) -> str:
    if not has_hangul(word):
        whole = r"s?\b" if synonyms("relations", word) else ""
        return rf"\b{re.escape(word)}{whole}"
    # 형 begins many words, and 동생 ends others
    return re.escape(word) if len(word) > 1 else rf"(?<![가-힣]){word}(?![가-힣]{{2}})"
