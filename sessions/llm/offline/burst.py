"""Several short lines that were sent one after the other, read as the one thing that they say."""

import re
from itertools import pairwise

__all__ = ["joined"]

MOST_LINES, LINE_CHARS = 8, 60
MARKED = re.compile(r"```|^\s*(?:[-*•>#|]|\d{1,2}[.)])", re.MULTILINE)
ENDED = re.compile(r"[.!?…,;:~ㅋㅎㅠㅜ]$")
GOES_ON = re.compile(
    r"(?:with|about|for|in|on|at|because|cause|and|but|so that|to|from|since|when|that|of|by|like"
    r"|after|before|again|then|or|if|while|until|into|without|over|every|last|this|next)\b",
    re.IGNORECASE,
)
# "my brother" / "he moved out": the first line says who the second one is about.
NAMED_FIRST = re.compile(r"(?:my|our|the) [\w'-]+(?: [\w'-]+)?", re.IGNORECASE)
VERB = re.compile(
    r"(?:[a-z]{3,}ed|said|told|left|called|came|went|got|won't|isn't|doesn't|is|has|was)\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(r"(?:he|she|they|it|who)(?= \w)", re.IGNORECASE)
FINITE = re.compile(
    r"[어아다요해지네음까냐니야래자군걸게써워봐줘돼와려여][.!?~…ㅋㅎㅠㅜ]*$|[.!?~…ㅋㅎㅠㅜ]$"
)
WHEN = re.compile(r"오늘|어제|그제|내일|아까|방금|지난|이번|요즘|[월화수목금토일]요일|아침|저녁|밤")


def joined(text: str, language: str) -> str:
    """Return the text with lines of one sentence put together; other texts as they are."""
    lines = [" ".join(each.split()) for each in text.splitlines() if each.strip()]
    short = all(len(each) <= LINE_CHARS for each in lines)
    if not 1 < len(lines) <= MOST_LINES or not short or MARKED.search(text):
        return text
    return "\n".join(_korean(lines) if language == "ko" else _english(lines))


def _english(lines: list[str]) -> list[str]:
    said = [lines[0]]
    for before, line in pairwise(lines):
        if ENDED.search(before):
            said.append(line)
        elif NAMED_FIRST.fullmatch(before) and PRONOUN.match(line):
            said[-1] += PRONOUN.sub("", line, count=1)
        elif (NAMED_FIRST.fullmatch(before) and VERB.match(line)) or GOES_ON.match(line):
            said[-1] += f" {line}"
        else:
            said.append(line)
    return said


def _korean(lines: list[str]) -> list[str]:
    """Put what a sentence lacks before its verb, be it said before or added after it."""
    said: list[str] = []
    held: list[str] = []
    for line in lines:
        held.append(line)
        if FINITE.search(line):
            said.append(" ".join(held))
            held = []
    if not held or not said or not _open(said[-1]):
        return [*said, " ".join(held)] if held else said
    ordered = sorted(held, key=lambda each: WHEN.match(each) is None)
    return [*said[:-1], " ".join([*ordered, said[-1]])]


def _open(sentence: str) -> bool:
    """Tell whether a sentence can still be added to."""
    return ENDED.search(sentence) is None
