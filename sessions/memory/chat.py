"""Words as people type them in a hurry, spelled so that rules know them."""

import re

from .words import words

__all__ = ["spelled"]

_TYPED = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, words()["typed"]), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_KOREAN_TYPED = re.compile("|".join(sorted(words()["typed_korean"], key=len, reverse=True)))
_WILL = re.compile(
    r"\bill(?= (?:just |also |probably |try |go |be |do |call |ask |text "
    r"|send )|\b\s*$)"
)
_IT_IS = re.compile(
    r"\bits(?= (?:on|at|due|my|a|an|the|so|not|been|just|really|because|too|kind|all)\b)"
    rf"|\bits(?= (?:{'|'.join(words()['names']['common'].split())})\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r",? ?\b(?:if i'm (?:being )?honest|to be (?:honest|fair)|if you ask me|if that makes sense"
    r"|if i'm honest|as i said|like i said|not gonna lie)\b,?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(Dr|Mr|Mrs|Ms|Prof)\.(?= [A-Z])")
_LEAD = re.compile(
    r"^(?:(?:so|uh+|um+|fine|hey+|well|ok(?:ay)?|k|yo|hm+|anyway|anyways|btw|also|and|fr|tho|though"
    r"|honestly|actually|basically|right|oh|aight|alright|yeah|yes|ugh)[,.!]*\s+)+"
    r"(?=i\b|i'|my\b|it's\b|we\b|our\b|please\b|gonna\b|gotta\b|will\b|going\b|don't\b|just\b"
    r"|call\b)",
    re.IGNORECASE | re.MULTILINE,
)


def spelled(text: str) -> str:
    """Return `text` with common short forms written out and fillers before a sentence dropped."""
    text = _TITLE.sub(r"\1", text)
    text = _TYPED.sub(lambda match: words()["typed"][match[0].casefold()], text)
    text = _WILL.sub("I'll", _IT_IS.sub("it's", text))
    text = _KOREAN_TYPED.sub(lambda match: words()["typed_korean"][match[0]], text)
    return _LEAD.sub("", _ASIDE.sub(" ", text))
