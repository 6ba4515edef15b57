"""Which language a text is written in, from its scripts and its small words."""

import re
from collections import Counter
from collections.abc import Mapping

__all__ = ["detect_language"]

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
SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        "the a an is are was were to of and in it that this for on with my your i you we they he "
        "she do does did how what why when where who which can could should would have has had be "
        "not me at so but if or from please about just im i'm it's don't".split()
    ),
    "es": frozenset(
        "el la los las de que y en un una es no por con para mi me se lo como qué estoy "
        "pero muy más cómo porque tengo quiero puedo hola gracias".split()
    ),
    "fr": frozenset(
        "le la les des et est un une je tu il elle nous vous ne pas que qui dans pour sur avec mon "
        "ma mes suis c'est j'ai comment pourquoi mais très bonjour merci".split()
    ),
    "de": frozenset(
        "der die das und ist ich du wir ihr nicht ein eine einen mit für auf zu den dem mein meine "
        "wie warum aber habe bin kann sehr danke auch was".split()
    ),
    "pt": frozenset(
        "o os as de que e em um uma é não por com para meu minha eu você como mas muito porque "
        "estou tenho quero olá obrigado obrigada".split()
    ),
    "it": frozenset(
        "il lo la gli di che e un una è non per con mio mia io come perché ma molto sono ho voglio "
        "ciao grazie della nel".split()
    ),
    "nl": frozenset(
        "de het een en is ik je wij niet van dat met voor op te mijn hoe waarom maar heb ben kan "
        "zeer dank ook wat".split()
    ),
    "id": frozenset(
        "yang dan di saya aku kamu tidak ini itu untuk dengan dari bagaimana apa kenapa "
        "bisa terima kasih sangat".split()
    ),
    "tr": frozenset("ve bir bu için ben sen değil ne nasıl neden ama çok var yok mi mı".split()),
    "vi": frozenset("là và của tôi bạn không có cho với được một này làm sao gì rất".split()),
}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
QUOTED = re.compile(r"'[^'\n]{1,80}'(?![a-z])|\"[^\"\n]{1,80}\"|[“‘「][^”’」\n]{1,80}[”’」]")


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that carries `text`, None without letters.

    In mixed text the language of the grammar wins: quoted words and borrowed terms count little.
    """
    bare = QUOTED.sub(" ", text)
    words = WORD.findall(bare if WORD.search(bare) else text)
    if not words:
        return None
    small = _small_words(words)
    script, weight = _script(" ".join(words))
    if script is not None and weight >= max(small.values(), default=0):
        return _refined(script, text)
    return max(SMALL_WORDS, key=lambda code: small[code]) if small else "en"


def _script(text: str) -> tuple[str | None, int]:
    """Return the script with the most words and their number; two characters make an unspaced one."""
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
    found: Counter[str] = Counter()
    for word in words:
        for code, small in SMALL_WORDS.items():
            if word.lower().replace("’", "'") in small:
                found[code] += 1
    return found
