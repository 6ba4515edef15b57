"""What somebody says in English that they will do, and what an answer proposes to do."""

import re

__all__ = ["intention", "is_proposal", "says_done"]

INTENT = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|i'm gonna|i plan to|i promise to|i promise i'll"
    r"|i've decided to|i decided to|we'll|we will|we're going to|let me)(?P<x> (?:\w.*))",
    re.IGNORECASE,
)
# moods, fates and small talk are no steps
NO_STEP = re.compile(
    r"(?:never|not|be|have|need|probably|miss|lose|fail|die|kill|hurt|end|get fired|regret|always"
    r"|know|see|feel|think|let you know|tell you|say|ask you|explain|thank|admit|assume|guess|just"
    r" (?:be|have)|keep you)\b",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"\b(?:if|unless|afraid|scared|worried|maybe|might|hope|think|guess|what|how)\b", re.I
)
END = re.compile(
    r"[;:…—]|\.\.\.|,?\s+(?:but|because|although|though|since|hoping|so (?:that|i|he|she|they|we)"
    r"|and (?:then )?(?:i|see|hope)\b)",
    re.IGNORECASE,
)
DONE = re.compile(
    r"^(?:ok(?:ay)?,? |so,? |hey,? |hi,? |yes,? )?(?:it's |all )?(?:done\b(?! with)"
    r"|i(?:'ve| have)?(?: just| already| finally)? (?:did|done|sent|finished|wrote|written|called"
    r"|made|told|asked|submitted|tried) (?:it|that|this|them|him|her|both)\b)",
    re.IGNORECASE,
)
FILLER = re.compile(r"^(?:just|also|then|first|definitely|simply|try and|try to|go and)\s+", re.I)
TAIL = re.compile(r"[\s,]*\b(?:then|though|i guess|okay|ok|thanks|thank you|please)$", re.I)
FEWEST_WORDS = 3
PROPOSAL = re.compile(
    r"(?:today|tonight|tomorrow|this week|first|then|next|now|before \w+|for now)?,?\s*"
    r"(?:try|start|begin|write|pick|send|ask|set|take|make|open|choose|call|block|list|put|spend"
    r"|tell|book|note|collect|read|draft|schedule|pause|count|track|compare|draw|sketch|give|go"
    r"|name one|keep|split|run|add|remove|check|test|mark|circle|sleep|walk|rest|reply|prepare)\b"
    r"(?!.*\?)",
    re.IGNORECASE,
)


def intention(sentence: str) -> str:
    """Return what the sentence says its speaker will do, as an instruction; "" when nothing."""
    match = INTENT.search(sentence)
    if match is None or DOUBT.search(sentence[: match.start()]):
        return ""
    step = FILLER.sub("", END.split(match["x"], maxsplit=1)[0].strip())
    step = TAIL.sub("", step).strip(" .,!'\"")
    if NO_STEP.match(step) or len(step.split()) < FEWEST_WORDS:
        return ""
    return step[0].upper() + step[1:]


def is_proposal(sentence: str) -> bool:
    """Tell whether a sentence of an answer tells what to do."""
    return PROPOSAL.match(sentence) is not None


def says_done(sentence: str) -> bool:
    """Tell whether the sentence says that what was to be done is done, without naming it."""
    return DONE.search(sentence) is not None
