"""What a mentor promises in an answer: to ask, to check, to bring up, on a day."""

import re

__all__ = ["is_promise", "may_promise"]

PROMISE = re.compile(
    r"\bi(?:'ll| will| promise to| am going to|'m going to)(?: also| definitely| gladly"
    r"| certainly)?"
    r" (?:ask|check|remind|follow up|come back|get back|bring|send|look|write|prepare|have|note"
    r"|message|ping|raise|return|see how|keep)\b|\bi promise\b"
    r"|(?:물어볼|여쭤볼|여쭐|확인할|확인해 볼|확인해 드릴|꺼낼|챙길|챙겨 볼|알려 드릴|알려 줄"
    r"|상기시켜 드릴|보내 드릴|"
    r"준비해 둘|다시 볼|들어 볼|체크할|체크해 볼)\s?(?:게요?|께요?|거예요)|(?:여쭙|묻|확인하"
    r"|챙기)겠습니다",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|when you|once you|unless|would you|should i|shall i|may i)\b|\?\s*$|(?:면|거든)\s"
    r"|[까]요\s*[?.]?$",
    re.IGNORECASE,
)


def may_promise(text: str) -> bool:
    """Tell whether an answer has words of promise at all; most have none."""
    return PROMISE.search(text.replace("’", "'")) is not None


def is_promise(sentence: str, *, dated: bool) -> bool:
    """Tell whether a sentence of an answer promises something for a day; what has no day is "
    "talk."""
    return dated and PROMISE.search(sentence) is not None and not CONDITION.search(sentence)
