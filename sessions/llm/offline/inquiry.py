"""Questions for something that the user told: what is asked for, and the sentence that tells it."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from msgspec import Struct

from sessions.conversation import Conversation, Remembered
from sessions.memory.likeness import tokens, unstamped
from sessions.memory.words import canonical
from sessions.notes.clauses import has_hangul, prose, sentences, shortened
from sessions.notes.english import WHEN

__all__ = ["Inquiry", "Told", "own_matter", "read_inquiry", "told_of"]

LONGEST, FOUND_CHARS = 120, 160
# Of what a question names, so much stands in the sentence that answers it.
LEAST = 0.5
COUNT = r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)"
SPAN = r"(?:minutes?|hours?|days?|weeks?|months?|years?)"
ASKED = {
    "en": re.compile(
        r"(?:^|[,.!?;:] |\b(?:and|so|but|remember|know|me|forgot|again) )"
        r"(?:(?:on|by|at|until|in) )?"
        r"(?:(?P<when>when|(?:what|which) (?:day|date|time|hour|week|month)"
        r"(?: of the (?:week|month))?)"
        r"|(?P<old>how old)|(?P<long>how long)|(?P<much>how (?:much|many))"
        r"|(?P<where>where))\b(?!.*\b(?:should|could|would|can|might|ever)\b)"
        r".*\b(?:is|was|are|were|do|did|does|have|has|had|must|am|will)\b",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"(?P<when>언제|무슨\s?요일|며칠|몇\s?[시월일])|(?P<old>몇\s?살)|(?P<long>얼마나\s?(?:오래|됐|되었|걸|동안))"
        r"|(?P<much>얼마(?!나)|몇\s?[가-힣])|(?P<where>어디(?!서?부터))"
    ),
}
NEEDS = {
    "en": ("when", "what", "which", "how", "where"),
    "ko": ("언제", "무슨", "며칠", "몇", "얼마", "어디"),
}
# Without a question mark the order of the words has to ask.
ASKS = {
    "en": re.compile(
        r"\?|\b(?:when|what time|(?:what|which) day|where|how (?:old|long|(?:much|many)(?: \w+)?))"
        r" (?:is|was|are|were|do|did|does|have|has) (?:i|we|my|our|he|she|they|it|[a-z]+)\b",
        re.IGNORECASE,
    ),
    "ko": re.compile(r"\?|(?:죠|지요?|더라|니|나요|[는인]지.{0,14})[\s.~]*$"),
}
# Asks what would be good, or what is to be: nothing that was told.
OPEN_KO = re.compile(
    r"[가-힣]까요?[\s?]*$|좋을|좋아요|나아[지질]|괜찮아?[지질]|(?:너|넌|당신|루아|엘로|리리|나나)(?:는|은|도)?\s"
)
# Somebody's own day or amount, which nobody else could know.
OWN_MATTER = {
    "en": re.compile(
        r"(?:when|(?:day|date|time)|how (?:much|many)(?: \w+){0,2}) (?:do|did|does|must|have|am) "
        r"(?:i|we|my \w+) .*\b(?:pay|owe|earn|meet|see|fly|leave|start|move|get paid|hand"
        r"|appointment)",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"(?:내야|갚아야|만나기로|받기로|가기로|하기로|시작하기로|떠나기로)\s?(?:하|했|되|돼)"
    ),
}
VALUES = {
    "en": {
        "when": re.compile(
            rf"\b(?:(?:on|by|at|until|before|from) )?(?:the )?{WHEN}"
            r"(?:,? (?:at )?\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)\b)?"
            r"|\bat (?:\d{1,2}(?::\d\d)?(?: ?(?:am|pm|o'clock))?|noon|midnight)\b",
            re.IGNORECASE,
        ),
        "much": re.compile(
            r"[$€£]\s?\d[\d.,]*\d?k?"
            rf"|\b\d[\d.,]*k?(?: ?%| (?!(?:am|pm|o'clock|{SPAN})\b)[a-z]+)"
            rf"|\b{COUNT} (?!(?:am|pm|{SPAN})\b)[a-z]+s\b|\b\d[\d.,]*k\b",
            re.IGNORECASE,
        ),
        "long": re.compile(
            rf"\b(?:for )?(?:about |almost |over )?(?:{COUNT}|a few|several) {SPAN}"
            r"|\bsince [\w ]{3,20}",
            re.IGNORECASE,
        ),
        "old": re.compile(rf"\b\d{{1,3}}(?: {SPAN})?(?: old)?\b", re.IGNORECASE),
        "where": re.compile(
            r"\b(?:in|at|near|to|on|from) (?:(?:the|my|our|a) )?(?!\d)"
            r"(?!(?-i:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
            r"(?:(?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+)*|(?<=the )[a-z]+(?: [a-z]+)?"
            r"|(?<=my )[a-z]+)"
        ),
    },
    "ko": {
        "when": re.compile(
            r"(?:(?:다음|이번)\s?주\s?)?[월화수목금토일]요일(?:까지)?(?:\s?(?:오전|오후|저녁|아침)?\s?\d{1,2}시)?"
            r"|\d{1,2}월\s?\d{1,2}일(?:까지)?|(?:내일|모레|다음\s?주|다음\s?달)(?:까지)?"
            r"|(?:오전|오후)?\s?\d{1,2}시(?:\s?(?:반|\d{1,2}분))?|\d{1,2}일(?:까지)?"
        ),
        "much": re.compile(
            r"\d[\d,.]*\s?[십백천만억]*\s?(?:원|달러|유로|개|명|번|권|장|킬로|kg|km|%|퍼센트|점|쪽|알)"
            r"|[일이삼사오육칠팔구십백천만억]+\s?원|\d[\d,.]*\s?[천만억]+"
        ),
        "long": re.compile(r"(?:\d+|한|두|세|네)\s?(?:년|개월|달|주|일|시간|분)(?:째|\s?동안)?"),
        "old": re.compile(r"(?:\d+|[스물서른마흔쉰한두세네다섯여섯일곱여덟아홉]+)\s?살"),
        "where": re.compile(r"[가-힣A-Za-z]{2,}(?=에서\s|에\s|으로\s|로\s)"),
    },
}
DAY_ALONE = re.compile(
    r"\b(?:today|tomorrow|tonight|yesterday|\w+day|next|this)\b|요일|내일|모레|오늘|주"
)
# What counts after a figure (3시, 7살) names nothing.
WORD_KO = re.compile(r"(?<![\d가-힣A-Za-z])(?<!\d\s)[가-힣A-Za-z]+")
ENDING = re.compile(
    r"(?<=[가-힣])(?:기로|아야|어야|여야|야|[았었였했]\S*|죠|지요?|고|나요?|는지|[아어]요|습니다|는데|[아어]서)$"
)
PARTICLE = re.compile(
    r"(?<=[가-힣])(?:한테서|한테|에게|께|에서|까지|부터|이랑|랑|하고|으로|로|은|는|이|가|을|를|에|의|도|와|과|만)$"
)
WHAT = re.compile(
    r"^(?:and |so |remind me,? )?what(?:'?s| is| was| are| were)"
    r" (?P<x>(?:my|our) (?!(?:\w+ )?(?:next|best|purpose|options?|chances?|fault|point|problem)\b)"
    r"[\w' -]{3,30}?)(?: again)?[?. ]*$",
    re.IGNORECASE,
)


class Inquiry(Struct, frozen=True, kw_only=True):
    """What is asked for (when, much, long, old or where), and the stems of what it is about.

    `own`: nobody but the user could know it, so that it is told when they never said so.
    """

    kind: str
    words: frozenset[str]
    own: bool


class Told(Struct, frozen=True, kw_only=True):
    """The words that answer a question, and the sentence of the user that they stand in."""

    value: str
    found: str


def read_inquiry(text: str, language: str) -> Inquiry | None:
    """Return what a short question asks for that may have been told, None for all other texts."""
    if len(text) > LONGEST:
        return None
    plain = text.replace("’", "'")
    if not any(each in plain.casefold() for each in NEEDS[language]):
        return None
    match = ASKED[language].search(plain)
    if match is None or not ASKS[language].search(plain):
        return None
    if language == "ko" and OPEN_KO.search(plain):
        return None
    words = _stems(plain, language)
    own = OWN_MATTER[language].search(plain) is not None
    return Inquiry(kind=match.lastgroup or "", words=words, own=own) if words else None


def own_matter(text: str) -> str:
    """Return what an English question asks to be told of the user's own ("my rent"), or ""."""
    match = WHAT.match(text.strip().replace("’", "'"))
    return match["x"] if match is not None else ""


def told_of(
    asked: Inquiry, talk: Conversation, remembered: Sequence[Remembered], language: str
) -> Told | None:
    """Return what answers a question: of what fits equally well the newest, this session first."""
    best: tuple[float, Told] | None = None
    here = ((turn.user_text, None) for turn in reversed(talk.recent))
    before = ((each.text, each) for each in remembered if each.own)
    for text, memory in (*here, *before):
        if has_hangul(text) != (language == "ko"):
            continue
        for sentence in reversed(sentences(prose(unstamped(text)))):
            share = _share(asked, sentence, language)
            if share < LEAST or (best is not None and share <= best[0]):
                continue
            if value := _value(asked.kind, sentence, memory, language):
                best = share, Told(value=value, found=_cut(sentence))
    return best[1] if best is not None else None


def _share(asked: Inquiry, sentence: str, language: str) -> float:
    if sentence.endswith("?"):
        return 0.0
    return len(asked.words & _stems(sentence, language)) / len(asked.words)


def _value(kind: str, sentence: str, memory: Remembered | None, language: str) -> str:
    """Return the words that tell what is asked for, with a date where "Friday" may be past."""
    if kind == "when" and memory is not None and memory.due is not None:
        return _date(memory.due.date(), language)
    matches: Iterable[re.Match[str]] = VALUES[language][kind].finditer(sentence)
    value = next((each[0].strip(" .,") for each in matches), "")
    if value and kind == "when" and memory is not None and DAY_ALONE.search(value):
        day = _date(memory.at.date(), language).removeprefix("on ")
        return f"{value}({day}에 한 말)" if language == "ko" else f"{value} (told on {day})"
    return value


def _date(day: date, language: str) -> str:
    return f"{day.month}월 {day.day}일" if language == "ko" else f"on {day:%B} {day.day}"


def _cut(sentence: str) -> str:
    return shortened(sentence, FOUND_CHARS).rstrip(" .,;…!~").replace("“", "'").replace("”", "'")


def _stems(text: str, language: str) -> frozenset[str]:
    empty, same = _words(language)
    if language == "ko":
        words = (each for each in WORD_KO.findall(text) if each not in empty)
        bare = (ENDING.sub("", PARTICLE.sub("", each)) for each in words)
        short = (each[:2] for each in bare if each and each[:2] not in empty)
        return frozenset(same.get(each, each) for each in short)
    stems = (each for each in tokens(text) if each not in empty)
    return frozenset(same.get(each) or canonical("relations", each) for each in stems)


@cache
def _words(language: str) -> tuple[frozenset[str], dict[str, str]]:
    packaged = files(__package__).joinpath("data", "inquiry.toml").read_text(encoding="utf-8")
    table = tomllib.loads(packaged)[language]
    groups = [each.split() for each in table["same"]]
    same = {word: group[0] for group in groups for word in group}
    return frozenset(table["any"].split()), same
