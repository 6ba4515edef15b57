"""What a message is about."""

import re
from collections.abc import Iterable
from functools import cache

from sessions.llm.offline.book import load_book

__all__ = ["topic_of", "topics_of"]

READ_CHARS = 500
STRONG = 2
LONG_WORDS = 40
# What is known about code is how to find a fault in it.
BROKEN = re.compile(
    r"bug|error|crash|fail|broken|n't (?:work|run|start|load|compile|boot|open|build|connect)|wrong"
    r"|exception|not working|stuck|slow|debug|weird|unexpected|freez|hang|오류|에러|버그"
    r"|안\s?[돼되]|깨|느려|멈[춰추]|죽어|터[져지]|실패|디버깅",
    re.IGNORECASE,
)


def topic_of(text: str, language: str) -> str | None:
    """Return the topic that most words of `text` speak for, None when there is none."""
    head = text[:READ_CHARS].replace("’", "'")
    least = STRONG if len(head.split()) > LONG_WORDS else 1
    scores = {topic: _score(head, patterns) for topic, patterns in _patterns(language).items()}
    best = max(scores, key=lambda topic: scores[topic])
    if best == "code" and not BROKEN.search(head):
        return None
    return best if scores[best] >= least else None


def topics_of(texts: Iterable[str], language: str) -> list[str]:
    """Return a topic for every text, the one before going on where a text has none of its own."""
    found: list[str] = []
    for text in texts:
        own = topic_of(text, language)
        found.append(own or (found[-1] if found else ""))
    return found


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
