"""Where a text may be cut without breaking what a reader takes for one character."""

import unicodedata

__all__ = ["boundary"]

JOINER = "\u200d"
MARKS = frozenset(["Mn", "Me", "Mc"])
VIRAMA = 9
TELLING = 64


def boundary(text: str, at: int, *, later: bool = False) -> int:
    """Return the last place up to `at`, or the first from there, that is in no grapheme cluster.

    A close reading of UAX 29: marks, joined emoji and their tones, flags, conjoining letters
    of Hangul and of Indic scripts, and CR LF are not cut. A cluster of more than 64 characters is.
    """
    places = range(at, at + TELLING) if later else range(at, at - TELLING, -1)
    return next((place for place in places if not _joined(text, place)), at)


def _joined(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (
        before == JOINER
        or after in (JOINER, "\u200c")
        or (before == "\r" and after == "\n")
        or unicodedata.category(after) in MARKS
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or (unicodedata.combining(before) == VIRAMA and unicodedata.category(after) == "Lo")
        or _conjoining(before, after)
        or _flags_before(text, at) % 2 == 1
    )


def _conjoining(before: str, after: str) -> bool:
    leading = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    syllable = "\uac00" <= before <= "\ud7a3" or "\u1100" <= before <= "\u11ff"
    if leading and ("\u1100" <= after <= "\u1160" or "\uac00" <= after <= "\ud7a3"):
        return True
    return syllable and ("\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb")


def _flags_before(text: str, at: int) -> int:
    """Return how many regional indicators stand before `at`, 0 when none follows."""
    if not _indicator(text[at]):
        return 0
    count = 0
    while at - count > 0 and _indicator(text[at - count - 1]):
        count += 1
    return count


def _indicator(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
