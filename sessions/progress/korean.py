"""What somebody says in Korean that they will do, and what an answer proposes to do."""

import re

from sessions.notes.clauses import clauses
from sessions.notes.korean import HARM, LEAD

__all__ = ["intention", "is_proposal", "says_done"]

# what only the speaker can be promising, and what somebody else may be about to do
PROMISE = re.compile(r"(?P<x>[가-힣])게요?$|겠(?:어요|습니다)$|기로 했(?:어요?|습니다)$")
FUTURE = re.compile(r"(?P<x>[가-힣]) (?:거예요|거에요|겁니다|예정이에요|계획이에요|생각이에요)$")
OTHERS = re.compile(r"(?<![제내])(?:[이가]|께서) ")
NO_STEP = re.compile(
    r"[모몰]르겠|알겠|못\s?[가-힣]+겠|[가-힣]면 |못\s?하|안\s?되|힘들|좋겠|미치겠|되겠|같을|있을게"
    r"|기다릴게|감사|고맙|말씀드릴|물어볼게|그럴게|그럴 거|아플|싫|떨어질|망할|포기|그만둘"
)
PROPOSAL = re.compile(
    r"(?:[보하두주마]세요|[적고르정]으?세요|봐요|시작해요|[가-힣][하적르정내쓰들추누기]기)[.!]?$"
)
DONE = re.compile(
    r"^(?:(?:네|응|다|방금|드디어|어제|오늘|아까|그거|이미|벌써)[,\s]+)*"
    r"(?:했|보냈|끝냈|끝났|마쳤|썼|골랐|정했|말했|만들었|전했|제출했|적었|읽었|해냈|해\s?봤|다녀왔)"
    r"(?:어요|습니다|어|다)$"
)
HANGUL, FINALS, RIEUL = 0xAC00, 28, 8
SHORTEST = 4


def intention(sentence: str) -> str:
    """Return what the sentence says its speaker will do, in their own words; "" when nothing."""
    return next(filter(None, map(_intention, clauses(sentence))), "")


def is_proposal(sentence: str) -> bool:
    """Tell whether a sentence of an answer tells what to do."""
    return PROPOSAL.search(sentence) is not None and HARM.search(sentence) is None


def says_done(sentence: str) -> bool:
    """Tell whether the sentence says that what was to be done is done, without naming it."""
    said = LEAD.sub("", sentence).strip(" ,.!~")
    return DONE.search(said) is not None


def _intention(clause: str) -> str:
    said = LEAD.sub("", clause).strip(" ,.!~")
    if len(said) < SHORTEST or " " not in said or NO_STEP.search(said) or HARM.search(said):
        return ""
    match = PROMISE.search(said)
    if match is None and OTHERS.search(said) is None:
        match = FUTURE.search(said)
    return said if match is not None and _to_come(match.groupdict().get("x")) else ""


def _to_come(syllable: str | None) -> bool:
    """Tell whether a verb that ends in this syllable is of what is to come: its last is ㄹ."""
    return syllable is None or (ord(syllable) - HANGUL) % FINALS == RIEUL
