"""What tells how long, how structured and how fast a user likes answers.

A vote is a count with a sign: length is long (+) or short (-), structure steps (+) or prose (-),
pace brisk (+) or slow (-).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TRAITS", "of_message", "of_rating", "of_stop"]

TRAITS = ("length", "structure", "pace")
ASKED = 1.5
RATED_UP = 0.4
RATED_DOWN = 0.3
CUT_OFF = 0.4
HABIT = 0.05
LONG_ANSWER = 900
SHORT_ANSWER = 300
LONG_MESSAGE = 300
SHORT_MESSAGE = 24
READ_CHARS = 2_000
GOOD, BAD = 0.75, 0.25

_LIST = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_ASKS: Mapping[tuple[str, int], re.Pattern[str]] = MappingProxyType(
    {
        key: re.compile(pattern, re.IGNORECASE)
        for key, pattern in {
            ("length", -1): (
                r"\b(?:keep|make) (?:it|this|them|your answers?) (?:very |more )?"
                r"(?:short|brief|concise)|\bbe (?:more )?(?:brief|concise)\b|\banswer briefly\b"
                r"|\bshort(?:er)? answers?\b|\btoo (?:long|wordy)\b|\bin one sentence\b|\btl;?dr\b"
                r"|짧게|간결하게|한 ?줄로|너무 길|간단(?:히|하게) (?:말|답|설명)"
            ),
            ("length", 1): (
                r"\b(?:more|in) (?:full |greater )?detail(?:s|, please)?\b|\blonger answers?\b"
                r"|\btoo short\b|\bgo deeper\b|\bplease elaborate\b"
                r"|(?:자세|상세)(?:히|하게)|더 길게|너무 짧"
            ),
            ("structure", 1): (
                r"\bstep[- ]by[- ]step\b|\bbullet(?:s|ed| points?)\b|\bnumbered\b"
                r"|\b(?:as|make|give me|in) a (?:check)?list\b"
                r"|단계별|순서대로|목록으로|리스트로|번호를? 매겨"
            ),
            ("structure", -1): (
                r"\b(?:no|without|stop (?:the|using)) (?:bullet points?|bullets?"
                r"|(?:numbered )?lists?)\b|\bin (?:prose|full sentences)\b"
                r"|줄글로|(?:목록|리스트|번호) ?(?:말고|없이)"
            ),
            ("pace", -1): (
                r"\bone (?:thing|step|question) at a time\b|\bslow down\b|\bmore slowly\b"
                r"|\btoo fast\b|\btoo much at once\b|천천히|하나씩|한 번에 하나|너무 빨"
            ),
            ("pace", 1): (
                r"\bget to the point\b|\bstraight to the point\b|\bcut to the chase\b"
                r"|\bjust the (?:answer|essentials)\b|본론만|요점만|핵심만|바로 말해"
            ),
        }.items()
    }
)


def of_message(text: str) -> dict[str, float]:
    """Return the votes of a message: what it asks for, else how long the user writes."""
    votes = _asked(text)
    if "length" not in votes and len(text) >= LONG_MESSAGE:
        votes["length"] = HABIT
    elif "length" not in votes and len(text) <= SHORT_MESSAGE:
        votes["length"] = -HABIT
    return votes


def of_rating(value: float, *, answer: str, reason: str) -> dict[str, float]:
    """Return the votes of a rating (0 to 1): its reason's, and the answer's own shape."""
    votes = _asked(reason)
    if BAD < value < GOOD:
        return votes
    weight = RATED_UP if value >= GOOD else -RATED_DOWN
    if len(answer) >= LONG_ANSWER:
        votes.setdefault("length", weight)
    elif len(answer) <= SHORT_ANSWER and value >= GOOD:
        votes.setdefault("length", -weight)
    if _LIST.search(answer) is not None:
        votes.setdefault("structure", weight)
    return votes


def of_stop(answer: str) -> dict[str, float]:
    """Return the votes of an answer that was stopped: a long one was too long."""
    return {"length": -CUT_OFF} if len(answer) >= SHORT_ANSWER else {}


def _asked(text: str) -> dict[str, float]:
    shown = text[:READ_CHARS]
    votes: dict[str, float] = {}
    for trait in TRAITS:
        # what is not wanted is often named by the very word for what is
        for sign in (-1, 1):
            if trait not in votes and _ASKS[trait, sign].search(shown) is not None:
                votes[trait] = ASKED * sign
    return votes
