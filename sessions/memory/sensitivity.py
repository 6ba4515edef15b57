"""How private a fact is, and who may use it by that."""

import re
from functools import cache

from .documents import Kind, Sensitivity, Sharing
from .words import words

__all__ = ["is_sensitive", "sensitivity_of", "sharing_of"]

# Where one may work, and what as: that tells nothing of one's own health, faith or money.
_WORK = re.compile(
    r"\b(?:hospitals?|church(?:es)?|temples?|mosques?|synagogues?|(?:physio)?therapists?"
    r"|psychologists?|psychiatrists?|psychiatric"
    r"|(?:loan|mortgage) (?:officer|broker|adviser|advisor)s?)\b"
    r"|병원|교회|성당|절에서|상담사|상담 선생님"
)
_PERSONAL: frozenset[Kind] = frozenset({"person", "name", "obstacle"})


def is_sensitive(text: str) -> bool:
    """Tell whether a text speaks of health, money, sexuality, faith or a crisis."""
    return _sensitive().search(text.casefold()) is not None


def sensitivity_of(kind: Kind, text: str) -> Sensitivity:
    """Return "sensitive" for health, money, sexuality, faith and crises, else by the kind.

    A name is none of it, nor is a job in a hospital or a church.
    """
    told = _WORK.sub("", text.casefold()) if kind == "role" else text
    if kind != "name" and is_sensitive(told):
        return "sensitive"
    return "personal" if kind in _PERSONAL else "plain"


def sharing_of(kind: Kind, sensitivity: Sensitivity) -> Sharing:
    """Return who may use a fact: what is sensitive stays with whom it was told.

    A promise is for every mentor to keep: the user was promised it, whoever answers.
    """
    return "persona" if sensitivity == "sensitive" and kind != "promise" else "mentors"


@cache
def _sensitive() -> re.Pattern[str]:
    stems = [stem for each in words()["sensitive"].values() for stem in each]
    latin = "|".join(re.escape(each) for each in stems if each.isascii())
    hangul = "|".join(re.escape(each) for each in stems if not each.isascii())
    return re.compile(rf"(?<![a-z])(?:{latin})|(?<![가-힣])(?:{hangul})")
