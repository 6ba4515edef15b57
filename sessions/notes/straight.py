"""A text in which a day that is taken back in the same breath is left out."""

import re

__all__ = ["MOVED", "MOVED_KO", "straightened"]

MOVED = (
    r"(?:moved|postponed|rescheduled|pushed(?: back| forward)?|shifted|changed|delayed|switched"
    r"|brought forward|put (?:off|back))"
)
MOVED_KO = (
    r"(?:바뀌|바뀐|바뀜|바꼈|바꿨|미뤄|미룬|미뤘|미루|연기|변경|옮겨|옮겼|옮긴|당겨|당겼|앞당|늦춰"
    r"|조정)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = (
    r"(?:(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow"
    r"|(?:the )?\d{1,2}(?:st|nd|rd|th)(?: of [a-z]+)?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?)\b"
)
_DAY_KO = (
    r"(?:(?:다음|이번)\s?주?\s?)?"
    r"(?:[월화수목금토일]요일|\d{1,2}월\s?\d{1,2}일|\d{1,2}일|오늘|내일|모레)"
)
_WAIT = (
    r"(?:(?:oh|uh|um|er|ah),? )?(?:no,? wait|wait,? no|no,? sorry|sorry,? no|no,? i mean(?:t)?"
    r"|(?:sorry,? )?i mean(?:t)?|scratch that|make that|or rather|no,? actually|actually,? no)"
)
# Words that begin something else as often: "on Friday. Wait, tomorrow I have the dentist."
_LOOSE = r"(?:wait|sorry)"
_WAIT_KO = r"(?:아\s?|앗\s?|어\s?)?(?:아니다|아니야|아니요|아니라|아니|잠깐)"
_TAKEN_BACK = re.compile(
    rf" ?\b(?:on |by |at )?{_DAY}[\s,.…–—-]+{_WAIT}[\s,.…–—-]+"
    rf"(?=(?:it's |that's )?(?:on |by )?{_DAY})",
    re.IGNORECASE,
)
_TAKEN_BACK_LOOSELY = re.compile(
    rf" ?\b(?:on |by |at )?{_DAY}[\s,…–—-]+{_LOOSE}[\s,…–—-]+"
    rf"(?=(?:it's |that's )?(?:on |by )?{_DAY}\s*(?:[.!,;]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = re.compile(rf"(?P<moved>\b{MOVED}\b(?: \w+){{0,4}}?) from {_DAY}(?= to\b)", re.IGNORECASE)
_WAS = re.compile(
    r"(?P<be>\b(?:is|was|are|were)(?: supposed to be| meant to be| going to be| originally)? )?"
    rf"(?:on )?{_DAY}[,.;!]? (?:(?:but|and|then|now|actually),? )*(?:it|they|that)"
    rf"(?:'s| was| has| got| have|'ve)?(?: been| just)* {MOVED}(?: it)?(?: now)? (?:to|for|until)"
    rf" (?P<day>{_DAY})",
    re.IGNORECASE,
)
_NOT = re.compile(
    rf"(?:\bis not|\bisn't|\bit's not|\bnot)(?: on)? {_DAY},? but (?=(?:on )?{_DAY})", re.IGNORECASE
)
_HINT = re.compile(rf"\b(?:{_WAIT}|{_LOOSE}|from|not|isn't|{MOVED})\b", re.IGNORECASE)
_TAKEN_BACK_KO = re.compile(
    rf"{_DAY_KO}(?:에|이야|이에요|예요|인데|이요)?[\s,.…]+{_WAIT_KO}[\s,.…]+(?={_DAY_KO})"
)
_FROM_KO = re.compile(rf"{_DAY_KO}에서\s(?={_DAY_KO}(?:으로|로)\s?(?:\S+\s)?{MOVED_KO})")
_INSTEAD_KO = re.compile(rf"{_DAY_KO}(?:이)?\s?(?:아니라|말고)\s(?={_DAY_KO})")


def straightened(text: str) -> str:
    """Return a text that names only the day that is meant of two: "on Thursday, no wait, Friday".

    "Moved from Thursday to Friday" is moved to Friday.
    """
    if _HINT.search(text) is not None:
        text = _TAKEN_BACK_LOOSELY.sub(" ", _TAKEN_BACK.sub(" ", text))
        text = _WAS.sub(_is_now, text)
        text = _FROM.sub(lambda match: match["moved"], text)
        text = _NOT.sub(lambda match: "is " if match[0][:2].casefold() == "is" else "", text)
    if "일" in text or "레" in text or "늘" in text:
        for pattern in (_TAKEN_BACK_KO, _FROM_KO, _INSTEAD_KO):
            text = pattern.sub("", text)
    return text


def _is_now(match: re.Match[str]) -> str:
    be = "is " if match["be"] else ""
    return f"{be}on {match['day']}"
