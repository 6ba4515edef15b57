"""What a message and a conversation are about."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from sessions.llm.offline.acts import without_greeting
from sessions.llm.offline.book import load_book

__all__ = ["is_sure", "topics_of"]

READ_CHARS = 500
STRONG = 2
# A loss is what a message is about, whoever else stands in it.
GRAVE = 4
DECAY, LOYALTY = 0.7, 2.0
LONG_WORDS, SHORT_WORDS = 40, 15
# What is known about code is how to find a fault in it.
BROKEN = re.compile(
    r"bug|error|crash|fail|broken|n't (?:work|run|start|load|compile|boot|open|build|connect)|wrong"
    r"|exception|not working|stuck|slow|debug|weird|unexpected|freez|hang|오류|에러|버그"
    r"|안\s?[돼되]|깨|느려|멈[춰추]|죽어|터[져지]|실패|디버깅",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"\b(?:something else|by the way|(?:another|different) (?:thing|topic|question))\b"
    r"|다른 (?:얘기|이야기|고민|질문)|그건 그렇고|그나저나",
    re.IGNORECASE,
)

REQUEST = re.compile(r"\?\s*$|\bhelp me\b|(?:세워|짜|골라|도와)\s?(?:줘|주)", re.IGNORECASE)


def topics_of(texts: Iterable[str], language: str) -> list[str]:
    """Return what a conversation is about after each of its texts, "" when nothing is known.

    A topic stays until another one has clearly more words for it, until a question names its own,
    or until a longer text has none for any.
    """
    found: list[str] = []
    weights: dict[str, float] = {}
    for text in texts:
        head = without_greeting(text[:READ_CHARS].replace("’", "'"), all_of_it=True)
        fresh = _scores(head, language)
        asked = bool(fresh) and REQUEST.search(head) is not None
        if asked or ELSEWHERE.search(head) or not (fresh or len(head.split()) <= SHORT_WORDS):
            weights = {}
        loyal = found[-1] if found and weights else ""
        weights = {
            topic: DECAY * weights.get(topic, 0.0) + fresh.get(topic, 0)
            for topic in (*weights, *(each for each in fresh if each not in weights))
        }
        found.append(_best(weights, loyal))
    return found


def is_sure(texts: Sequence[str], topic: str, language: str) -> bool:
    """Tell whether a topic is spoken of clearly: by a word of its own, or by two in one text.

    What is known about a topic is no advice to somebody who has only touched it. Of a loss one
    word is enough.
    """
    if topic in ("", "grief"):
        return topic != ""
    patterns = _patterns(language)[topic]
    return any(_score(text[:READ_CHARS].replace("’", "'"), patterns) >= STRONG for text in texts)


def _best(weights: dict[str, float], loyal: str) -> str:
    ranked = {topic: weight + LOYALTY * (topic == loyal) for topic, weight in weights.items()}
    return max(ranked, key=lambda topic: ranked[topic], default="")


def _scores(head: str, language: str) -> dict[str, int]:
    least = STRONG if len(head.split()) > LONG_WORDS else 1
    scores = {topic: _score(head, patterns) for topic, patterns in _patterns(language).items()}
    if not BROKEN.search(head):
        scores.pop("code")
    scores["grief"] *= GRAVE
    return {topic: score for topic, score in scores.items() if score >= least}


def _score(text: str, patterns: tuple[re.Pattern[str], re.Pattern[str]]) -> int:
    strong, slight = patterns
    return STRONG * len(set(strong.findall(text))) + len(set(slight.findall(text)))


@cache
def _patterns(language: str) -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {
        topic: (_pattern(words["strong"], language), _pattern(words["slight"], language))
        for topic, words in load_book(language).words.items()
    }


def _pattern(words: tuple[str, ...], language: str) -> re.Pattern[str]:
    edge = r"\b" if language == "en" else ""
    return re.compile(f"{edge}(?:{'|'.join(words)}){edge}", re.IGNORECASE)
