"""The shape of a text: how long, how loud, and whether it carries code."""

import re

from msgspec import Struct

__all__ = ["Features", "read_features", "without_code"]

FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
INLINE = re.compile(r"`[^`\n]{1,200}`")
# Lines that only programs and logs are made of.
CODE_LINE = re.compile(
    r"^\s*(?:Traceback \(most|at [\w.$]+\(|File \"[^\"\n]+\", line|def \w+\(|class \w+[:({]"
    r"|import \w+;?$|from \w+ import|#include|const \w+ =|let \w+ =|var \w+ =|function \w+\("
    r"|return\b.*;|SELECT\b.*\bFROM\b|public \w+ \w+|[{}]\s*$"
    r"|[A-Za-z_][\w.]*\([^)\n]*\)\s*[;{:]\s*$|\$ [a-z]|sudo \w)"
)
ERROR_NAME = re.compile(r"\b[A-Z]\w+(?:Error|Exception)\b")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?。！？…]+(?=\s|$)|\n+")
LOUD = re.compile(r"\b[A-Z]{3,}\b")
LETTERS = re.compile(r"\b[A-Za-z]{2,}\b")
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


class Features(Struct, frozen=True, kw_only=True):
    """Counts over one text, code left out; `loud` is the share of words in capitals (0 to 1)."""

    words: int
    sentences: int
    exclamations: int
    questions: int
    stretched: int
    loud: float
    code: bool

    @property
    def sentence_words(self) -> float:
        """Return the mean number of words in a sentence."""
        return self.words / max(1, self.sentences)


def without_code(text: str) -> str:
    """Return `text` without code blocks, inline code and lines of code or logs."""
    if "`" in text:
        text = INLINE.sub(" ", FENCE.sub(" ", text))
    return "\n".join(line for line in text.split("\n") if not CODE_LINE.match(line))


def read_features(text: str, prose: str) -> Features:
    """Return the features of `prose`, which is `text` without its code."""
    letters = LETTERS.findall(prose)
    loud = len(LOUD.findall(prose)) / len(letters) if len(letters) >= 3 else 0.0
    ends = [part for part in SENTENCE_END.split(prose) if part.strip()]
    return Features(
        words=len(WORD.findall(prose)),
        sentences=len(ends),
        exclamations=prose.count("!") + prose.count("！"),
        questions=prose.count("?") + prose.count("？"),
        stretched=len(STRETCHED.findall(prose)),
        loud=loud,
        code=len(prose.strip()) < len(text.strip()) or bool(ERROR_NAME.search(text)),
    )
