"""What is shown of a message on a lock screen: one line, without marks of its own."""

import re

__all__ = ["previewed"]

# controls, and signs that turn the direction of what is around them
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\s]{0,500}\)")
FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\n]*$", re.MULTILINE)
LEADING = re.compile(r"^ {0,3}(?:#{1,6} +|> ?|[-*+] +)", re.MULTILINE)
EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)([^\n]{1,300}?)(?<=\S)\1")
SPACE = re.compile(r"\s+")
MOST = 2_000


def previewed(text: str) -> str:
    """Return a message as one line of plain text: no Markdown, no controls, no turned direction."""
    plain = UNSEEN.sub("", text[:MOST])
    plain = LINK.sub(r"\1", FENCE.sub("", plain))
    plain = EMPHASIS.sub(r"\2", LEADING.sub("", plain))
    return SPACE.sub(" ", plain).strip()
