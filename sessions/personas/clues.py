"""What stands in a message beside the lexicon: its words, its pairs of words and its endings."""

import re
from collections.abc import Iterator

from .features import Features

__all__ = ["clues"]

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[가-힣ㄱ-ㅣ]+|[0-9]+|[^\w\s]")
SENTENCE = re.compile(r"(?<=[.!?。…])\s+|\n+")
LONGEST = 1_000
WEIGHT = 3.0


def clues(prose: str, features: Features) -> dict[str, float]:
    """Return named clues with their weights, from the first 1,000 characters of `prose`.

    The clues of words share a length of 3, so that long messages shout no louder than short ones.
    """
    text = prose[:LONGEST].lower().replace("’", "'")
    named = {name for part in SENTENCE.split(text) for name in _of_sentence(part)}
    share = WEIGHT / max(1, len(named)) ** 0.5
    return dict.fromkeys(named, share) | _of_shape(text, features)


def _of_sentence(sentence: str) -> Iterator[str]:
    tokens = TOKEN.findall(sentence)
    words = [token for token in tokens if token[0].isalnum()]
    yield from (f"p:{token}" for token in tokens if not token[0].isalnum())
    for before, word in zip(["", *words], words, strict=False):
        if "ㄱ" <= word[0] <= "힣":
            yield f"^{word[:2]}"
            yield from (word[at : at + n] for n in (2, 3) for at in range(len(word) - n + 1))
        else:
            yield f"w:{word}"
            yield f"b:{before} {word}"
    if words:
        yield f"f:{' '.join(words[:2])}"
    if words and "가" <= words[-1][-1] <= "힣":
        asked = "?" if "?" in sentence else ""
        yield from (f"e{asked}:{words[-1][-n:]}" for n in (1, 2, 3))


def _of_shape(text: str, features: Features) -> dict[str, float]:
    return {
        "s:any": 1.0,
        "s:questions": float(min(2, features.questions)),
        "s:tells": float(not features.questions),
        "s:asks_last": float(text.rstrip().endswith("?")),
        "s:exclamations": float(min(3, features.exclamations)),
        "s:stretched": float(min(2, features.stretched)),
        "s:code": float(features.code),
        "s:brief": float(features.words <= 6),
        "s:words": min(4.0, features.words / 15),
        "s:sentence": min(4.0, features.sentence_words / 10),
    }
