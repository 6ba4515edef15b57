"""The part of a message that something is known from, short enough to be shown beside it."""

import re

__all__ = ["MOST_QUOTED", "quoted"]

MOST_QUOTED = 160
_SENTENCE = re.compile(r"[^.!?。\n]*[.!?。]*\s*")
_WORD = re.compile(r"\w+")


def quoted(message: str, about: str, *, most: int = MOST_QUOTED) -> str:
    """Return at most `most` characters of `message`, on one line, around what `about` says.

    An ellipsis stands where something was left out, and counts as a character.
    """
    line = " ".join(message.split())
    if len(line) <= most:
        return line
    start = _place(line, " ".join(about.split()))
    start = max(0, min(start, len(line) - (most - 1)))
    if start > 0 and (space := line.rfind(" ", 0, start)) > start - 20:
        start = space + 1
    room = most - (2 if start else 1)
    kept = line[start : start + room]
    ended = start + len(kept) >= len(line)
    if not ended and (space := kept.rfind(" ")) > room - 20:
        kept = kept[:space]
    return ("…" if start else "") + kept.rstrip() + ("" if ended else "…")


def _place(line: str, about: str) -> int:
    """Return where the words are, or the sentence that has most of them."""
    found = line.casefold().find(about.casefold().rstrip(".!?。"))
    if 0 <= found < len(line):
        return found
    wanted = set(_WORD.findall(about.casefold()))
    sentences = [each for each in _SENTENCE.finditer(line) if each.group()]
    best = max(
        sentences,
        key=lambda each: (len(wanted & set(_WORD.findall(each.group().casefold()))), -each.start()),
    )
    return best.start()
