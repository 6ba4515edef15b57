"""Text without characters that can be read by a program but not by a person."""

import re

__all__ = ["cleaned"]

BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
# Zero width, direction and interlinear characters, and the supplement of variation selectors,
# which can spell whole sentences: <https://unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0100-\U000e01ef"
)
SUSPECT = re.compile(
    f"[\r\v\f\x1c-\x1e\x85\u2028\u2029{CONTROLS}{UNSEEN}\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e007f]"
)
DROPPED = re.compile(f"[{CONTROLS}{UNSEEN}]")
# Tags are kept in the flags of England, Scotland and Wales alone.
FLAG = re.compile(
    "(\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f)|[\U000e0000-\U000e007f]"
)
# Joiners belong inside emoji and scripts that need them, variation selectors after a sign.
JOINER = re.compile(
    "(?<![\u00a9-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u00a9-\U0010ffff])"
)
JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")
SELECTOR = re.compile("(?<![#*0-9\u00a9\u00ae\u200d\u203c-\U0010ffff])[\ufe00-\ufe0f]+")
SELECTORS = re.compile("([\ufe00-\ufe0f])[\ufe00-\ufe0f]+")


def cleaned(text: str) -> str:
    """Return `text` with every line break as a newline and without unseen characters."""
    if SUSPECT.search(text) is None:
        return text
    text = DROPPED.sub("", BREAKS.sub("\n", text))
    text = FLAG.sub(lambda match: match[1] or "", text)
    text = SELECTORS.sub(r"\1", SELECTOR.sub("", text))
    return JOINER.sub("", JOINERS.sub(r"\1", text))
