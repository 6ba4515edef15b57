"""Which language a text is written in, from its scripts and its small words."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

__all__ = ["choose_language", "detect_language"]

# Scripts that name one language by themselves, or nearly so; the first that fits wins a tie.
SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ko", re.compile(r"[가-힣ㄱ-ㅣ]+")),
    ("ja", re.compile(r"[ぁ-ゖァ-ヺー]+")),
    ("zh", re.compile(r"[一-鿿]+")),
    ("ru", re.compile(r"[Ѐ-ӿ]+")),
    ("el", re.compile(r"[Ͱ-Ͽ]+")),
    ("he", re.compile(r"[֐-׿]+")),
    ("ar", re.compile(r"[؀-ۿ]+")),
    ("hi", re.compile(r"[ऀ-ॿ]+")),
    ("bn", re.compile(r"[ঀ-৿]+")),
    ("ta", re.compile(r"[஀-௿]+")),
    ("th", re.compile(r"[฀-๿]+")),
    ("ka", re.compile(r"[Ⴀ-ჿ]+")),
    ("hy", re.compile(r"[԰-֏]+")),
)
UNSPACED = frozenset({"ja", "zh", "th"})
LETTERS = {"uk": re.compile(r"[іїєґІЇЄҐ]"), "fa": re.compile(r"[پچژگی]")}
# This many words that speakers of any language write change no conversation's language.
SHARED_WORDS = 3
ANYONE = "any"
JAMO = re.compile(r"[ㄱ-ㅣ]+")
LOGGED = re.compile(
    r"\s*(?:[\w.]+(?:Error|Exception|Warning)\b|(?:npm )?(?:ERR|error|fatal|warning)\b)"
)
LOCALE = re.compile(r"([a-z]{2})(?:[-_]|$)")
LONGEST = 2_000
TELLING = 4
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
QUOTED = re.compile(r"'[^'\n]{1,80}'(?![a-z])|\"[^\"\n]{1,80}\"|[“‘「][^”’」\n]{1,80}[”’」]")


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that carries `text`, None without letters.

    In mixed text the language of the grammar wins: quoted words and borrowed terms count little.
    The first 2,000 characters decide.
    """
    text = text[:LONGEST]
    bare = QUOTED.sub(" ", text)
    words = WORD.findall(bare if WORD.search(bare) else text)
    if not words:
        return None
    small = _small_words(words)
    script, weight = _script(" ".join(words))
    if script is not None and weight >= max(small.values(), default=0):
        return _refined(script, text)
    best = max(_tables(), key=lambda code: small[code])
    return best if small[best] else "en"


def choose_language(text: str, previous: Iterable[str], *, usual: str = "") -> str:
    """Return the language to answer `text` in: its own, when it says enough of one.

    "ok", "👍", code and error lines leave the conversation in its language: that of `previous`
    (the newest first), else `usual` (a locale or a language code), else English.
    """
    for candidate in (text, *previous):
        code = detect_language(candidate)
        if code is not None and not _says_little(candidate):
            return code
    if (named := LOCALE.match(usual)) is not None:
        return named[1]
    return detect_language(text) or "en"


def _says_little(text: str) -> bool:
    """Tell whether a text could come from a speaker of any language."""
    text, shared = text[:LONGEST], _packaged()[ANYONE]
    words = [word.lower() for word in WORD.findall(text)]
    if len(words) <= SHARED_WORDS and all(word in shared or JAMO.fullmatch(word) for word in words):
        return True
    return LOGGED.match(text) is not None and detect_language(text) == "en"


def _script(text: str) -> tuple[str | None, int]:
    """Return the script with the most words, and how many; unspaced scripts count by pairs."""
    if text.isascii():
        return None, 0
    weights = {
        code: sum((len(run) + 1) // 2 if code in UNSPACED else 1 for run in pattern.findall(text))
        for code, pattern in SCRIPTS
    }
    if weights["ja"]:
        weights["ja"] += weights["zh"]  # kana make the kanji beside them Japanese
    best = max(weights, key=lambda code: weights[code])
    return (best, weights[best]) if weights[best] else (None, 0)


def _refined(script: str, text: str) -> str:
    if script == "ru" and LETTERS["uk"].search(text):
        return "uk"
    if script == "ar" and LETTERS["fa"].search(text):
        return "fa"
    return script


def _small_words(words: list[str]) -> Counter[str]:
    """Return how many of the words are small ones, by language.

    A language other than English needs two different ones, or one that is long enough to tell.
    """
    found: Counter[str] = Counter()
    lowered = [word.lower().replace("’", "'") for word in words]
    for code, small in _tables().items():
        hits = [word for word in lowered if word in small]
        if code == "en" or len(set(hits)) >= 2 or any(len(word) >= TELLING for word in hits):
            found[code] = len(hits)
    return found


@cache
def _tables() -> Mapping[str, frozenset[str]]:
    """Return the small words by language."""
    return {code: words for code, words in _packaged().items() if code != ANYONE}


@cache
def _packaged() -> Mapping[str, frozenset[str]]:
    """Return the packaged words by language; they never change."""
    packaged = (
        files(__package__).joinpath("lexicons", "small_words.toml").read_text(encoding="utf-8")
    )
    return {code: frozenset(words.split()) for code, words in tomllib.loads(packaged).items()}
