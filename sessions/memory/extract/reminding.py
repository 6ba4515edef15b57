"""What somebody asks to be reminded of: they mean to do it."""

import re

from sessions.notes.clauses import has_hangul

__all__ = ["reminder"]

_LEAD = (
    r"(?:(?:please|can|could|would|will|you|hey|hi|ok|okay|and|also|so|maybe"
    r"|i(?:'d like| want| need) you to)[, ]+)*"
)
# Who wants to hear something again asks a question.
_AGAIN = r"(?!(?:again |about )?(?:what|how|who|when|where|why|of|that)\b)"
_REMIND = re.compile(
    rf"^{_LEAD}remind me {_AGAIN}(?:to )?(?P<x>\w.*?)[?.! ]*$",
    re.IGNORECASE,
)
# "될 거라고 알려 줘" wants to be told that it will be.
_REMIND_KO = re.compile(
    r"^.*(?<!거)라고\s?(?:다시\s?)?(?:알려|상기시켜)\s?(?:줘|주세요|줄래|줄\s?수|주실)"
    r"|^.*\s(?:잊지|까먹지)\s?않게\s?(?:알려|말해|해)\s?(?:줘|주세요|줄래)"
)


def reminder(sentence: str) -> str:
    """Return what a sentence asks to be reminded of, or "": in Korean that is all of it."""
    if has_hangul(sentence):
        return sentence.strip(" .!?~") if _REMIND_KO.match(sentence) is not None else ""
    match = _REMIND.match(sentence)
    return match["x"] if match is not None else ""
