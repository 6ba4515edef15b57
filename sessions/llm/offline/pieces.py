"""Short answers that are no sentence: since when, until when, how often, or a thing by its name."""

import re

from msgspec import Struct

from sessions.llm.offline import english
from sessions.llm.offline.korean import attach

__all__ = ["Piece", "read_piece"]

MOST_WORDS, MOST_CHARS = 6, 40
LEAD = re.compile(
    rf"^(?:(?:yes|yeah|yep|{english.NO}|nope|well|um+|uh|hm+|oh|and|ok|okay|just|maybe|mostly"
    r"|i think|i guess|probably|actually)[,.]?\s+)+(?=\S)",
    re.IGNORECASE,
)
LASTED = re.compile(r"^it(?:'s| has) been (?:like (?:this|that) |going on )?", re.IGNORECASE)
TAIL = re.compile(r",?\s+(?:i (?:think|guess|suppose)|or so|though|probably|maybe)$", re.IGNORECASE)
COUNT = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|a few"
    r"|a couple(?: of)?|several|many|half an?|\d{1,3})"
)
SPAN = r"(?:minutes?|hours?|days?|nights?|weeks?|weekends?|months?|years?|semesters?)"
SINCE = re.compile(
    rf"(?:ever )?since .+|(?:for )?(?:about |over |almost |more than )*{COUNT} {SPAN}(?: now)?"
    rf"|for (?:{SPAN}|ages|a (?:long )?(?:while|time)|(?:quite )?(?:a while|long))(?: now)?|a while"
    r"|(?:all|my whole) (?:my )?life|from the (?:start|beginning)",
    re.IGNORECASE,
)
DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
MONTH = r"(?:jan|febr)uary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber"
AHEAD = (
    rf"(?:{DAY}|{MONTH}|spring|summer|autumn|fall|winter|christmas|{COUNT} {SPAN}|the end of .+)"
)
UNTIL = re.compile(
    rf"(?:(?:in|on|by|until|till|before|at|next|this|from) )+(?:the )?{AHEAD}(?: \w+)?"
    rf"|tomorrow(?: \w+)?|tonight|next {SPAN}|soon|{DAY}",
    re.IGNORECASE,
)
OFTEN = re.compile(
    rf"(?:about |maybe |almost )*(?:every (?:\w+ )?(?:day|night|morning|evening|time|{SPAN}|{DAY})"
    rf"|(?:once|twice|(?:{COUNT}|.+) times)(?: .+)?|{COUNT} {SPAN} (?:a|per|each|every) \w+|daily"
    r"|all the time|a lot|(?:very |quite |too )?often|sometimes|always)",
    re.IGNORECASE,
)
# Words that make a sentence, a wish or a mood of it, and not the name of a thing.
SENTENCE = re.compile(
    r"\b(?:i|you|he|she|we|they|it|who|what|why|how|let's|please|am|is|are|was|were|be|been|have"
    r"|has|had|do|does|did|can|could|will|would|should|must|may|might|feel|feels|felt|want|need"
    r"|stop|go|come|tell|help|give|leave|shut|never|nothing|so|too|very|really|not|good|bad|nice"
    r"|fine|great|better|worse|maybe|perhaps|sure|whatever|ugh|lol|wow|haha)\b|\w(?:'m|'re|'ve|'ll|'d|n't)\b"
    r"|^(?!some|any|every|no)\w+ (?:it|me|him|her|them|us)$|^there\b|\?",
    re.IGNORECASE,
)
KO_TAIL = re.compile(r"(?P<tail>(?:이요|이에요|예요|에요|입니다|이야|야|요)?)[.!~…ㅎㅋㅠㅜ ]*$")
SELF_KO = re.compile(r"^(?:(?:안녕하세요|안녕)[\s,.!~]+)?(?:(?:저는|나는|난|전)\s+)?(?=\S)")
KO_LEAD = re.compile(
    r"^(?:(?:네|넵|응|아니요?|아뇨|음+|어|아|그냥|아마"
    # "about", before a number; else it is one of something
    r"|한(?=\s(?:\d|두|세|네|서너|몇|다섯|여섯|일곱|여덟|아홉|열|스무)))[,\s]+)+(?=\S)"
)
KEEPS = re.compile(r"(?:까지|부터|랑|하고|정도|쯤)$")
ALSO = re.compile(r"(?:에도|(?<!\d)도)$")
PLACE = re.compile(r"(?<=[가-힣])(?:에서|에게|한테|으로|에)$|(?<=[산울천안중집쪽교국본일])로$")
SINCE_KO = re.compile(
    r"부터$|(?:년|달|개월|주|주일|\d일|며칠|시간)\s?(?:정도|쯤|째|동안|전)?$|오래"
)
LASTED_KO = re.compile(r"(?<=[년달월주일])\s?(?:이나\s?)?(?:됐|되었)(?:어요?|습니다|네요?)$")
UNTIL_KO = re.compile(r"까지$|다음|내년|내일|모레|이번|[월화수목금토일]요일|\d+월|방학|연말")
OFTEN_KO = re.compile(
    r"매일|매주|매번|항상|(?<![가-힣])늘|자주|가끔|하루에|일주일에|번(?:째|쯤|정도)?$"
)
FINITE_KO = re.compile(
    r"[어아다해지네까냐니래자걸게써워봐줘돼와려여나]$|[았었했겠]|(?:은데|는데|서|고|면|죠|데|함|음|듯|그냥|글쎄|아직)$"
    r"|싫|좋|힘들|싶|모르|몰라|뭐|왜|누가|어떻|언제|어디"
)
# Nouns that end in the sound of a verb, as short answers name them.
NOUN_KO = re.compile(
    r"(?:회사|엄마|아빠|오빠|누나|언니|어머니|할머니|아버지|강아지|휴가|[가-힣]국어|국어|영어|일본어|바다"
    r"|남자|여자|과자|피자|가게|노래|미래|빨래|하나|동네|이사|의사|교사|간호사|변호사|식사|행사|인사|작가"
    r"|월세|전세|증세|자세|아내|드라마|상대|군대|기대|학교 때|나라|카페|[가-힣]제)$"
)
OBJECT_KO = re.compile(r"[을를]\s")
# ㅏ ㅐ ㅓ ㅔ ㅕ ㅘ ㅙ ㅝ ㅞ: what stems that are conjugated end in before 요.
VERB_VOWELS, PAST_FINAL = frozenset([0, 1, 4, 5, 6, 9, 10, 14, 15]), 20


class Piece(Struct, frozen=True, kw_only=True):
    """`kind` is since, until, often or thing; `said` are the words as said back."""

    kind: str
    said: str


def read_piece(text: str, language: str) -> Piece | None:
    """Return what a short answer names; None for a sentence, and for what is better not said back.

    In English `said` can follow “okay,”; in Korean it is a listener's sentence (`수학이군요`).
    """
    bare = " ".join(text.replace("’", "'").split()).strip(" .!~…,")
    if len(bare) > MOST_CHARS or len(bare.split()) > MOST_WORDS or "?" in text:
        return None
    return _korean(bare) if language == "ko" else _english(bare)


def _english(bare: str) -> Piece | None:
    words = LASTED.sub("", TAIL.sub("", LEAD.sub("", bare)))
    kinds = (("since", SINCE), ("often", OFTEN), ("until", UNTIL))
    kind = next((name for name, pattern in kinds if pattern.fullmatch(words)), "thing")
    if kind == "thing" and (SENTENCE.search(words) or english.heard(bare)):
        return None
    said = english.flip(words) if words[:2] != "I " and english.is_fit(words) else ""
    return Piece(kind=kind, said=said) if re.search(r"[A-Za-z]{2}", said) else None


def _korean(bare: str) -> Piece | None:
    words = KO_LEAD.sub("", SELF_KO.sub("", bare))
    tail = KO_TAIL.search(words)
    stem = words[: tail.start()] if tail is not None else words
    ending = tail["tail"] if tail is not None else ""
    kind = _kind_ko(stem)
    if LASTED_KO.search(bare):
        return Piece(kind="since", said=f"{LASTED_KO.sub('', words)} 됐군요")
    verbal = FINITE_KO.search(stem) or (ending == "요" and _conjugated(stem))
    if not re.search(r"[가-힣]{1,}", stem) or (verbal and not _marked(stem, ending)):
        return None
    if not ending and kind == "thing" and not (_marked(stem, ending) or _closed(stem)):
        return None
    return Piece(kind=kind, said=_said_ko(stem)) if stem else None


def _marked(stem: str, ending: str) -> bool:
    """Tell whether a particle or an ending shows that the words are no verb."""
    if OBJECT_KO.search(stem):
        return False
    if ending == "요":
        noun = not _conjugated(stem)
    else:
        told = re.search(r"[았었했겠어아해네군지냥]$|(?:은데|는데|서|고|면)$", stem)
        noun = bool(ending) and told is None
    return noun or any(each.search(stem) for each in (KEEPS, ALSO, PLACE))


def _conjugated(stem: str) -> bool:
    """Tell whether what stands before 요 may be a verb: 주세, 갈게, 예뻐, but 영어 is none."""
    if OBJECT_KO.search(stem):
        return True
    if NOUN_KO.search(stem) or not "가" <= stem[-1:] <= "힣":
        return False
    vowel, final = divmod((ord(stem[-1]) - ord("가")) % 588, 28)
    open_ = final == 0 and vowel in VERB_VOWELS
    return open_ or final == PAST_FINAL or FINITE_KO.search(stem) is not None


def _closed(stem: str) -> bool:
    last = stem[-1:]
    return "가" <= last <= "힣" and (ord(last) - ord("가")) % 28 > 0


def _kind_ko(stem: str) -> str:
    kinds = (("often", OFTEN_KO), ("until", UNTIL_KO), ("since", SINCE_KO))
    if stem.endswith("부터"):
        return "since"
    return next((name for name, pattern in kinds if pattern.search(stem)), "thing")


def _said_ko(stem: str) -> str:
    if ALSO.search(stem) and not KEEPS.search(stem):
        return f"{stem} 그랬군요"
    return attach(stem if KEEPS.search(stem) else PLACE.sub("", stem), "이군요")
