"""What kinds of answers a question asks for, and which of them a message has to give."""

import re

__all__ = ["ASKS", "NUMBER", "PERSON", "PLACE", "TIME", "asked", "given"]

TIME, PLACE, PERSON, NUMBER, ASKS = 1, 2, 4, 8, 16

_QUESTIONS = (
    (TIME, re.compile(r"\bwhen\b|\bwhat (?:date|day|time|month|year)\b|\bhow long ago\b|언제")),
    (PLACE, re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|state)\b|어디")),
    (PERSON, re.compile(r"\bwho(?:m|se)?\b|누구|누가")),
    (NUMBER, re.compile(r"\bhow (?:many|much|old|long|often|far)\b|몇|얼마")),
)
_TIMES = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|recently|earlier|since|weekend|week|month|year"
    r"|morning|evening|summer|winter|spring|autumn|birthday|anniversary)s?\b"
    r"|\b\d{1,2}(?::\d\d)? ?[ap]m\b|어제|오늘|내일|지난|다음|작년|내년|전에|주말|아침|저녁"
)
_PLACES = re.compile(
    r"\b(?:home|park|beach|school|office|gym|studio|museum|cafe|restaurant|church|library|hospital"
    r"|country|city|town|mountains?|lake|camp|shop|store|center|centre|market|university|college"
    r"|garden|theater|theatre|hotel|island|forest)\b|에서|집|학교|회사|공원|카페|병원"
)
_PLACED = re.compile(r"\b(?:in|at|to|from|near) (?:the )?[A-Z][a-z]")
_PEOPLE = re.compile(
    r"\b(?:mother|mom|mum|father|dad|parents?|brother|sister|siblings?|son|daughter|kids?|children"
    r"|wife|husband|partner|boyfriend|girlfriend|friends?|colleagues?|boss|manager|teacher|coach"
    r"|mentor|cousin|uncle|aunt|grand(?:ma|pa|mother|father)|neighbou?r|family|team)\b"
    r"|엄마|아빠|어머니|아버지|언니|오빠|누나|형|동생|친구|남편|아내|선생님|팀장|상사"
)
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
_NUMBERS = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|couple|once|twice"
    r"|years?|months?|weeks?|hours?)\b"
)


def asked(question: str) -> int:
    """Return the bits of what `question` asks for; 0 when it is anything."""
    told = question.lower()
    return sum(bit for bit, pattern in _QUESTIONS if pattern.search(told))


def given(text: str, *, dated: bool) -> int:
    """Return the bits of what `text` has to tell, with ASKS when all of it is a question.

    `dated` tells that it names days.
    """
    told = text.lower()
    bits = TIME if dated or _TIMES.search(told) else 0
    bits |= PLACE if _PLACES.search(told) or _PLACED.search(text) else 0
    bits |= PERSON if _PEOPLE.search(told) or _NAMED.search(text) else 0
    bits |= NUMBER if _NUMBERS.search(told) else 0
    return bits | (ASKS if _only_asks(text) else 0)


def _only_asks(text: str) -> bool:
    sentences = re.findall(r"[^.!?…。？！]+[.!?…。？！]*", text)
    telling = [each for each in sentences if not each.rstrip().endswith(("?", "？"))]
    said = sum(len(each) for each in telling if len(each.split()) > 3)
    return bool(sentences) and len(telling) < len(sentences) and said == 0
