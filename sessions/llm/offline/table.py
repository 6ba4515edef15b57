"""The figures that a message gives, for a small table."""

import re

from sessions.notes.clauses import has_hangul

__all__ = ["LEAST_ROWS", "figure_rows"]

# A table has at least so many rows.
LEAST_ROWS = 3
ROW = re.compile(
    r"(?P<label>(?:[A-Za-z가-힣]['\w가-힣-]*\s+){0,3}?[A-Za-z가-힣]['\w가-힣-]*\s*[:=]?\s*)?"
    r"(?P<value>[$€£₩]?\s?\d[\d,]*(?:\.\d+)?\s?(?:%|percent|k\b|hours?|days?|weeks?|months?|years?"
    r"|만\s?원|천\s?원|억|원|시간|분|일|개월|년|명|점)?)"
)
NOISE = re.compile(
    r"^(?:(?:and|i|my|is|are|the|a|an|of|for|about|around|have|at|to|in|on|it|we|our"
    r"|by|with|but|so|get|costs?|was|only)\s+)+|\s*(?:is|are|of|about|around|at|for|[:=])+\s*$",
    re.IGNORECASE,
)
READ_CHARS, LABEL_CHARS, MOST = 1_000, 28, 6


def figure_rows(text: str) -> list[str]:
    """Return up to six Markdown table rows, each a figure of `text` with the words it goes with."""
    rows = []
    for match in ROW.finditer(text[:READ_CHARS]):
        label = NOISE.sub("", NOISE.sub("", (match["label"] or "").strip() + " ")).strip()
        if has_hangul(label):
            label = re.sub(r"(?<=..)[이가은는을를]$", "", label.split()[-1])
        if label and len(label) <= LABEL_CHARS:
            rows.append(f"| {label} | {match['value'].strip(' ,')} |")
    return rows[:MOST]
