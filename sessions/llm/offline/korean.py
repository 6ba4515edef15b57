"""Korean endings and particles: says back what was heard, and attaches particles by sound."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from sessions.llm.offline.endings import HEAR_RULES
from sessions.notes.clauses import clauses, prose, sentences

__all__ = ["attach", "goal_noun", "heard", "quotable", "softened"]

FIRST, LAST, FINALS = ord("가"), ord("힣"), 28
NIEUN, RIEUL, BIEUP, BIEUP_SIOT, SSANG_SIOT = 4, 8, 17, 18, 20
VOWEL_YEO, VOWEL_I = 6, 20
PAIRS = {
    "을": ("을", "를"),
    "은": ("은", "는"),
    "이": ("이", "가"),
    "과": ("과", "와"),
    "이랑": ("이랑", "랑"),
    "이에요": ("이에요", "예요"),
    "이었": ("이었", "였"),
    "이라": ("이라", "라"),
    "이나": ("이나", "나"),
    "이네요": ("이네요", "네요"),
    "이군요": ("이군요", "군요"),
    "으로": ("으로", "로"),
    "아": ("아", "야"),
}
DIGIT_FINALS = {"0": 21, "1": 8, "3": 16, "6": 1, "7": 8, "8": 8}
SOON = (
    "오늘|어제|내일|모레|지금|요즘|이번|다음|지난|진짜|정말|너무|아직|이제|방금|아까|드디어|결국|곧"
)
LEAD = re.compile(
    r"^(?:(?:그리고|그런데|근데|그래서|하지만|사실은?|솔직히|그냥|음+|아+|어+|네|넵|응|요즘은?|안녕하세요|안녕|아니요?|일단"
    r"|뭐|막|왠지|저는|나는|난|제가|내가|저도|나도|전(?!\s(?:남|여|직))|제 말은|내 말은"
    rf"|(?:나|저)(?=\s(?:{SOON})))[,\s~]+)+(?=\S+)"
)
OWN = re.compile(r"(?:^|(?<=[은는이가을를도\s]\s)|(?<=^))(?:제|내|우리|저희)\s(?=[가-힣])")
TO_ME = re.compile(
    r"(?<![가-힣])(?:저|나)(?:를|한테|에게|랑|하고|보고|한테서)\s|(?<![가-힣])(?:절|날)\s"
)
SELF = re.compile(r"(?<![가-힣])(?:저|나)\s(?=혼자)")
LEFT_OUT = re.compile(r"(?<![가-힣])(?:저|나)만(?=\s빼)")
ALONE = re.compile(r"(?<![가-힣])(?:저|나)만(?=\s)")
GOES_ON = re.compile(r"(?P<s>[가-힣])(?:는데|지만|고|으니까)$")
NOT_TOLD = re.compile(
    r"이름은|[라이]라고\s?(?:해|합|불)|라고\s해요$|^(?:그건|그거|그게|이건|이거|이게|그것)\s|뭐라고|감사|고마"
    r"|^(?:참 |정말 )?좋은 (?:생각|방법|말씀|조언|아이디어)"
)
OPEN_END = re.compile(r"(?:데|지만|니까|라서|거든|고|서|면|때)$")
# Who is spoken of without the honorific that the listener and elders get. After a connective
# (동생이 게을러서 힘들어요) it is the speaker again, as with what one wishes or dislikes.
YOUNGER = re.compile(
    r"(?:(?<![가-힣])|(?<=[여남]))(?:동생|아이|애|아기|아들|딸|조카|친구|남친|여친|애인|후배|동기|짝꿍|강아지|고양이|걔|얘|쟤)"
    r"(?:\s(?!관계|문제|일|사이|[가-힣]*기(?:이|가|은|는|도)\s)[가-힣]{1,4}?)?(?:들)?(?:이|가|은|는|도)\s"
    r"(?!.*(?:서|고|데|면|지만|니까|느라|때문에|[을를게])\s)"
)
UNHONOURED = (
    ("힘드시군요", "힘들어하는군요"),
    ("모르시는군요", "모르는군요"),
    *((f"{stem}시군요", f"{stem}군요") for stem in ("아프", "바쁘", "나쁘", "슬프", "기쁘")),
)
ACRONYM = re.compile(r"[A-Z]*[LMNR]$")
TAIL = re.compile(r"[\sㅠㅜㅋㅎㅡ.,!~…^]+$")
UNFIT = re.compile(
    r"씨발|시발|ㅅㅂ|ㅂㅅ|병신|지랄|개새|새끼|좆|존나|졸라|미친|꺼져|닥쳐|죽|자살|자해|섹스|강간|너는|네가|(?<![가-힣])니가|당신|"
    r"[\"“”‘<>\[\]{}|=_#*/\\@()]|\d{6,}|[ぁ-ヿ一-鿿]"
)
MOST_CHARS, LEAST_CHARS, QUOTE_CHARS, MOST_CLAUSES = 42, 5, 26, 30


def attach(word: str, particle: str) -> str:
    """Return `word` with the form of `particle` that its last sound takes: 을/를, 이/가, 으로/로 …

    The particle is named by its form after a consonant. A word that ends in neither Hangul nor a
    digit takes the form after a vowel.
    """
    if particle not in PAIRS:
        return word + particle
    closed, open_ = PAIRS[particle]
    final = _final(word)
    if particle == "으로" and final == RIEUL:
        return word + open_
    return word + (closed if final else open_)


def goal_noun(goal: str) -> str:
    """Return a goal note as a noun phrase without the speaker in it."""
    return TO_ME.sub("", OWN.sub("", goal)).strip()


def heard(text: str) -> list[str]:
    """Return what `text` tells as sentences of a listener (…군요), those easy to get right only."""
    found = []
    for index, parts in enumerate(_sentences(text)):
        told = next((said for part in parts if (said := _told(part)) is not None), None)
        if told is not None:
            found.append((-len(told) // 8, index, told))
    best = sorted(found)
    return [told for _, _, told in [*sorted(best[:2], key=lambda each: each[1]), *best[2:]]]


def quotable(text: str) -> str | None:
    """Return a few words of `text` that can stand between quotation marks, or None."""
    fit = [
        clause
        for clause in _clauses(text)
        if 2 <= len(clause) <= QUOTE_CHARS and not UNFIT.search(clause)
    ]
    return max(fit, key=lambda each: (OPEN_END.search(each) is None, len(each)), default=None)


def softened(told: str) -> str:
    """Return what `heard` made with -네요 in place of -군요, so that two do not sound alike."""
    return re.sub(r"(?:는군요|군요)$", "네요", told)


def _told(part: str) -> str | None:
    if not LEAST_CHARS <= len(part) <= MOST_CHARS or UNFIT.search(part) or NOT_TOLD.search(part):
        return None
    return _as_heard(part)


def _sentences(text: str) -> list[list[str]]:
    """Return for every statement itself and, the last one first, its clauses."""
    told = [each for each in sentences(prose(text)) if not each.endswith("?")]
    return [
        [_bare(each), *(_bare(part) for part in reversed(clauses(each)))]
        for each in told[:MOST_CLAUSES]
    ]


def _clauses(text: str) -> list[str]:
    told = [each for each in sentences(prose(text)) if not each.endswith("?")]
    parts = [_rounded(_bare(part)) for each in told[:MOST_CLAUSES] for part in clauses(each)]
    return [part for part in parts if part]


def _bare(part: str) -> str:
    return LEAD.sub("", TAIL.sub("", part))


def _rounded(clause: str) -> str:
    """Return a clause that goes on (말해 봤는데) with an ending that does not (말해 봤어요)."""
    match = GOES_ON.search(clause)
    if match is None or _final(match["s"]) not in (SSANG_SIOT, BIEUP_SIOT):
        return re.sub(r"싶은데$", "싶어요", clause)
    return f"{clause[: match.start()]}{match['s']}어요"


def _as_heard(clause: str) -> str | None:
    about_you = LEFT_OUT.sub("본인만", TO_ME.sub("", SELF.sub("", OWN.sub("", clause))))
    about_you = ALONE.sub("혼자만", about_you).strip()
    for pattern, make in _rules():
        if (match := pattern.search(about_you)) is None:
            continue
        if make == "<stop>":
            return None
        maker = MAKERS.get(make)
        ending = maker(match["s"]) if maker is not None else match.expand(make)
        if ending is not None:
            said = about_you[: match.start()] + ending
            return _unhonoured(said) if YOUNGER.search(clause) else said
    return None


def _unhonoured(said: str) -> str:
    for honoured, plain in UNHONOURED:
        if said.endswith(honoured):
            return said.removesuffix(honoured) + plain
    return said


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    irregular = "|".join(_stems()["irregular_b"])
    return tuple(
        (re.compile(pattern.replace("%B%", irregular)), make) for pattern, make in HEAR_RULES
    )


@cache
def _stems() -> dict[str, frozenset[str]]:
    packaged = files(__package__).joinpath("data", "ko", "stems.toml").read_text(encoding="utf-8")
    return {kind: frozenset(stems) for kind, stems in tomllib.loads(packaged).items()}


def _past(stem: str) -> str | None:
    return f"{stem}군요" if _final(stem) in (SSANG_SIOT, BIEUP_SIOT) else None


def _hada(stem: str) -> str:
    """Attach to 하다; of an unknown stem of one syllable with what actions and states both take."""
    if stem in _stems()["adjectives"]:
        return f"{stem}하군요"
    return f"{stem}하는군요" if len(stem) > 1 or stem in _stems()["acts"] else f"{stem}하네요"


def _hada_felt(stem: str) -> str | None:
    return f"{stem}하군요" if stem in _stems()["adjectives"] else None


def _plain(stem: str) -> str | None:
    return f"{_with_final(stem, 0)}는군요" if _final(stem) == NIEUN else None


def _polite(stem: str) -> str | None:
    return f"{_with_final(stem, 0)}네요" if _final(stem) == BIEUP else None


def _open(syllable: str) -> str:
    """Undo the contraction of ㅣ and 어: 걸려요 comes from 걸리다."""
    return chr(ord(syllable) + (VOWEL_I - VOWEL_YEO) * FINALS) + "는군요"


def _closed(stem: str) -> str:
    """Attach to a stem that ends in a consonant; ㄹ falls away before ㄴ."""
    return f"{_with_final(stem, 0) if _final(stem) == RIEUL else stem}는군요"


MAKERS: Mapping[str, Callable[[str], str | None]] = {
    "<past>": _past,
    "<bieup>": lambda stem: f"{_with_final(stem, BIEUP)}군요",
    "<hada>": _hada,
    "<hada-felt>": _hada_felt,
    "<copula>": lambda stem: attach(stem, "이군요"),
    "<plain>": _plain,
    "<polite>": _polite,
    "<open>": _open,
    "<closed>": _closed,
}


def _final(word: str) -> int:
    """Return the number of the final consonant that `word` ends with, 0 for none."""
    bare = word.rstrip(" \"'’”)]»·.,!?~")
    last = bare[-1:] or " "
    if FIRST <= ord(last) <= LAST:
        return (ord(last) - FIRST) % FINALS
    if ACRONYM.search(bare) is not None:
        return NIEUN
    return DIGIT_FINALS.get(last, 0)


def _with_final(syllable: str, final: int) -> str:
    code = ord(syllable[-1]) - FIRST
    return syllable[:-1] + chr(FIRST + code - code % FINALS + final)
