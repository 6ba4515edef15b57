"""Whether something is hard, as far as its words tell: a nuisance counts, too."""

import re
from collections.abc import Sequence

from sessions.notes.korean import is_trouble

__all__ = ["is_hard", "looks_ahead"]

READ_CHARS = 600
CARRIED = 2
HARD = re.compile(
    r"\b(?:fights?|fought|fighting|argu\w+|yell\w*|shout\w*|scream\w*|lie[sd]|lying|sick|ill|hurt\w*"
    r"|pain\w*|sore|broken?|broke|lost|stole\w*|fail\w*|miss(?:ed|ing)?|late|stuck|annoy\w*|angry"
    r"|mad at|upset|hate[sd]?|ignor\w+|blam\w+|never|nobody|nothing works|problems?|trouble|worse"
    r"|worst|hard|difficult|tough|stress\w*|tired|sad|alone|scared|afraid|worr\w+|nervous|anxious"
    r"|can't|cannot|couldn't|won't|doesn't|didn't|isn't|wasn't|stopped|closed|cancel\w*|reject\w*"
    r"|fired|debt|badly|awful|terrible|loud|unfair|mess\w*|procrastinat\w+|moved out|too much"
    r"|struggl\w+|give up|gave up|confus\w+|bully\w*|complain\w*|refus\w+)\b",
    re.IGNORECASE,
)
HARD_KO = re.compile(
    r"싸[우웠워]|다[퉜투]|아[파프픈팠]|아픈|짜증|귀찮|화[가나났내]|싫|시끄|고장|잃[어었]|늦|못\s?[가-힣]|안\s?[돼되써해오]"
    r"|문제|힘들|힘드|막막|답답|걱정|불안|무서|지쳤|피곤|외로|울[었어]|망[했쳤]|떨어졌|실패|거절|미루|미뤄|또\s?[가-힣]+[어아]"
)
AHEAD = re.compile(
    r"\b(?:tomorrow|next (?:week|month|year|spring|summer|autumn|fall|winter|weekend)"
    r"|(?:in|on|this) (?:a|an|two|three|four|five|six|ten|\d+)? ?(?:days?|weeks?|months?|years?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|winter))\b",
    re.IGNORECASE,
)
AHEAD_KO = re.compile(r"내일|모레|다음\s?(?:주|달|해|학기)|내년|이번\s?(?:주말|주|달)|\d+월에")
BEHIND = re.compile(
    r"\b(?:\w+ed|was|were|had|did|went|last|ago|since)\b|[았었했갔왔]", re.IGNORECASE
)


def is_hard(text: str, earlier: Sequence[str], language: str, *, short: bool) -> bool:
    """Tell whether `text` tells of something hard, or, being `short`, goes on with it."""
    texts = [text, *(earlier[-CARRIED:] if short else ())]
    return any(_hard(each[:READ_CHARS].replace("’", "'"), language) for each in texts)


def looks_ahead(text: str, language: str) -> bool:
    """Tell whether something is told that is still to come."""
    head = text[:READ_CHARS]
    ahead = (AHEAD_KO if language == "ko" else AHEAD).search(head)
    return ahead is not None and BEHIND.search(head) is None


def _hard(text: str, language: str) -> bool:
    if language == "ko":
        return is_trouble(text) or HARD_KO.search(text) is not None
    return HARD.search(text) is not None
