"""Whether two facts say the same, by the words that carry them."""

import re
import unicodedata

from .romanise import romanised
from .words import words

__all__ = ["Carried", "contained", "fold", "likeness", "tokens", "unstamped"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STAMP = re.compile(r"\s*\(\d{4}-\d\d-\d\d\)$")
_PLAIN = frozenset(words()["plain"].split())
_ENGLISH_END = re.compile(r"(?<=\w{3})(?:'s|ing|ed|es|s|e|ly)$")
_KOREAN_END = re.compile(
    r"(?<=[가-힣])(?:이에요|예요|에요|입니다|이야|이고|이라고|라고|에서는|에서|에게|한테|까지"
    r"|부터|으로|로|이랑|랑|하고|이나|"
    r"이|가|은|는|을|를|에|의|도|와|과|만|요)$"
)
_KOREAN_VERB = re.compile(
    r"(?<=[가-힣])(?:하고|하기로|하기|하는|해서|해요|했어요|할게요?|할|합니다|해야|하려고"
    r"|하게|해|고|기|는|서|어요|아요|여요|"
    r"었어요|았어요|게요?|어서|아서|지|면|려고|습니다)$"
)


def fold(text: str) -> str:
    """Return what matters of a text: its letters and digits, without case, one space between."""
    even = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(each if each.isalnum() else " " for each in even).split())


def unstamped(text: str) -> str:
    """Return a text without the date in brackets at its end."""
    return _STAMP.sub("", text)


def tokens(text: str) -> frozenset[str]:
    """Return the stems of the words that carry a text; a date in brackets at its end is left out.

    Hangul is written in Latin letters, so that names are alike in both languages.
    """
    plain = unicodedata.normalize("NFKC", unstamped(text)).casefold().replace("’", "'")
    return frozenset(
        stem for word in _WORD.findall(plain) if word not in _PLAIN and (stem := _stem(word))
    )


class Carried(dict[str, frozenset[str]]):
    """The `tokens` of texts, worked out once each as long as this lives."""

    def __missing__(self, text: str) -> frozenset[str]:
        """Work out what carries a text that is new here."""
        carried = self[text] = tokens(text)
        return carried


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the shorter one's words that both have, 0 to 1."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0


def contained(part: frozenset[str], whole: frozenset[str]) -> float:
    """Return the share of `part` that is in `whole`, 0 to 1; 0 of nothing."""
    return len(part & whole) / len(part) if part else 0.0


def _stem(word: str) -> str:
    if "가" <= word[0] <= "힣":
        bare = _KOREAN_END.sub("", word)
        bare = _KOREAN_VERB.sub("", bare) or bare
        return "" if bare in _PLAIN else romanised(bare)
    return _ENGLISH_END.sub("", word)
