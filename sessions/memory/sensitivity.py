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
# How much is owed, earned or paid, which no stem tells; "won" alone is what teams did.
_MONEY = re.compile(
    r"[$€£¥₩]\s?\d|\b\d[\d.,]*\s?k?\s?(?:euros?|dollars?|pounds|bucks|quid|yen|eur|usd|gbp|krw)\b"
    r"|\b\d[\d,]{2,}\s?won\b|\b(?:rent|ow(?:e[sd]?|ing)|earn(?:s|ed|ings?)?|tax(?:es)?|wages?|income"
    r"|pay ?checks?|pensions?|bills)\b"
    r"|\d[\d,.]*\s?[십백천만억]{0,3}\s?원|(?<![가-힣])[일이삼사오육칠팔구십백천만억]+\s?원(?![가-힣]{2})"
)
_PERSONAL: frozenset[Kind] = frozenset({"person", "name", "obstacle"})


def is_sensitive(text: str) -> bool:
    """Tell whether a text speaks of health, money, sexuality, faith or a crisis."""
    folded = text.casefold()
    return _sensitive().search(folded) is not None or _MONEY.search(folded) is not None


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
