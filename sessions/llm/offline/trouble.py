"""Whether something is hard, as far as its words tell: a nuisance counts, too."""

import re
from collections.abc import Sequence

from sessions.llm.offline.gladness import standing
from sessions.notes.korean import is_trouble

__all__ = ["is_good", "is_hard", "looks_ahead"]

READ_CHARS = 600
CARRIED = 2
# What is not done or came to an end is hard only where it is missed: sleep, an answer, help.
MISSED = (
    r"(?:can't|cannot|couldn't) (?:sleep|eat|focus|concentrate|stop|find|afford|decide|cope"
    r"|breathe|get|do (?:it|this)|keep|take|stand|pay|go on|move|work|remember|trust|forgive)"
    r"|(?:won't|doesn't|don't|didn't|never|isn't|wasn't|stopped|quit)"
    r" (?:ever )?(?:clean(?:s|ing)?|listen(?:s|ed|ing)?|help(?:s|ed|ing)?|answer(?:s|ed|ing)?"
    r"|car(?:es|ed|e)|love[sd]? me|lik(?:es|ed|e) me|talk(?:s|ed|ing)?|speak(?:s|ing)?"
    r"|call(?:s|ed|ing)?|text(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|understand(?:s|ing)?"
    r"|work(?:s|ed|ing)|eat(?:s|ing)?|sleep(?:s|ing)?"
    r"|breathing|believes? me|trusts? me|get(?:ting)? better|apologi[sz]\w*|pay(?:s|ing)?"
    r"|fair|respects?)"
    r"|too late|(?:always|so|hours?|is|was) late"
)
HARD = re.compile(
    r"\b(?:fights?|fought|fighting|argu\w+|yell\w*|shout\w*|scream\w*|lie[sd]|lying|sick|ill|hurt\w*"
    r"|pain\w*|sore|broken?|broke|lost|stole\w*|fail\w*|miss(?:ed|ing)?|stuck|annoy\w*|awkward|angry"
    r"|mad at|upset|hate[sd]?|ignor\w+|blam\w+|nobody|nothing works|(?<!no )problems?|trouble|worse"
    r"|worst|hard|difficult|tough|stress\w*|tired|sad|alone|scared|scary|afraid|worr\w+|nervous|anxious"
    r"|cancel\w*|ruin\w*|called off|reject\w*"
    r"|fired|debt|badly|awful|terrible|loud|unfair|mess\w*|procrastinat\w+|moved out|too much"
    rf"|struggl\w+|give up|gave up|confus\w+|bully\w*|bullied|complain\w*|refus\w+|{MISSED})\b",
    re.IGNORECASE,
)
GLAD = re.compile(
    r"(?<!not )(?<!never )(?<!n't )(?<!n't be )(?<!n't feel )(?<!not so )(?<!not very )"
    r"\b(?:happ(?:y|ier|iest)|(?:can't|cannot) wait (?:for (?:my|our)|to (?:see|meet|start|tell))"
    r"|wedding|proposed|engaged|great|wonderful"
    r"|amazing|awesome|fantastic|thrilled|excited|delighted|over the moon|yay|congrat\w*"
    r"|so proud|relieved"
    r"|lucky|grateful|best (?:day|news|thing|week|year)|good news|paid off|won|passed my"
    r"|got (?:in|the job|promoted|accepted|hired)|in remission|cancer[- ]free"
    r"|all clear|fell in love|slept (?:all|through the) night)\b"
    r"|\bcan't stop (?:smiling|laughing|grinning)|\bcouldn't be (?:happ|prou|better)|\bsober for\b"
    r"|\bnever thought (?:i|we)(?:'d| would) (?:get in|make it|pass|win|meet)|\bscan .{0,12}clear\b"
    r"|\bnever been (?:so |more )?(?:happ|better|proud|excited|grateful)",
    re.IGNORECASE,
)
GLAD_KO = re.compile(
    r"기[뻐쁘쁜뻤]|행복(?!하지|하고\s?싶)|신[나났난]|설[레렌렜]|축하|합격|붙었|최고|대박|고마|감사|결혼(?:해요|하게|식)"
    r"|프러포즈|청혼|완치|(?<!안\s)(?<!안)좋(?:아졌|았|네)|나았어|잘\s?됐|다행|뿌듯|성공|꿈만\s?같|승진"
)
# What takes the gladness away: the wedding was cancelled, great but broken.
CONTRAST = re.compile(
    r"\b(?:but|though|although|yet|except|however|until|without|again|cancel\w*|ruin\w*|called off"
    r"|hurt\w*|hate[sd]?|alone|sad|worse|worst|awful|terrible|reject\w*|sick|yell\w*|scream\w*)\b|지만|는데|은데|인데|데도|근데|그런데",
    re.IGNORECASE,
)
HARD_KO = re.compile(
    r"싸[우웠워]|다[퉜투]|아[프픈팠]|아파(?!트)|짜증|귀찮|(?<![가-힣])화[가나났내]|싫|시끄|고장|잃[어었]|늦|못\s?[가-힣]|안\s?[돼되써해오]"
    r"|문제|힘들|힘드|막막|답답|걱정|불안|무서|지쳤|피곤|외로|(?<!어)울[었어]|망[했쳤]|떨어졌|실패|거절|미루|미뤄|또\s?[가-힣]+[어아]"
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


def is_good(text: str, language: str) -> bool:
    """Tell whether a glad word stands in the text, and nothing hard that is set against it."""
    head = text[:READ_CHARS].replace("’", "'")
    words = (GLAD_KO if language == "ko" else GLAD).finditer(head)
    glad = any(standing(head, each, language) == "joy" for each in words)
    return glad and not (CONTRAST.search(head) and _troubled(head, language))


def looks_ahead(text: str, language: str) -> bool:
    """Tell whether something is told that is still to come."""
    head = text[:READ_CHARS]
    ahead = (AHEAD_KO if language == "ko" else AHEAD).search(head)
    return ahead is not None and BEHIND.search(head) is None


def _hard(text: str, language: str) -> bool:
    return _troubled(text, language) and not is_good(text, language)


def _troubled(text: str, language: str) -> bool:
    if language == "ko":
        return is_trouble(text) or HARD_KO.search(text) is not None
    return HARD.search(text) is not None
