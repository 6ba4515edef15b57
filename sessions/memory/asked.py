"""What a message asks memory for: all that is known of who asks, or somebody they know."""

import re

from sessions.notes.clauses import has_hangul

from .extract import english, korean
from .extract.slots import person_slot

__all__ = ["asks_for_all", "speaks_of"]

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


def asks_for_all(text: str) -> bool:
    """Tell whether a message asks for all that is known of its writer, in English or Korean."""
    return len(text) <= _LONGEST and _ALL.search(text.replace("’", "'")) is not None


def speaks_of(text: str) -> str:
    """Return the slot of the people that a short message speaks of by their relation, or ""."""
    if len(text) > _LONGEST:
        return ""
    relation = (korean if has_hangul(text) else english).last_relation(text)
    return person_slot(relation) if relation else ""
