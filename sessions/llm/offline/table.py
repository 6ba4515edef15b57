"""A small table of the figures that a message gives."""

import re

from sessions.notes.clauses import has_hangul

__all__ = ["figures_table"]

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
LEAST, MOST = 3, 6


def figures_table(text: str, *, number: int, heads: tuple[str, str]) -> str | None:
    """Return a Markdown table of three to six figures with their words, None when there are fewer.

    `heads` are its two column heads; `number`, the message's, keeps one table from being another.
    """
    rows = []
    for match in ROW.finditer(text[:1_000]):
        label = NOISE.sub("", NOISE.sub("", (match["label"] or "").strip() + " ")).strip()
        if has_hangul(label):
            label = re.sub(r"(?<=..)[이가은는을를]$", "", label.split()[-1])
        if label and len(label) <= 28:
            rows.append(f"| {label} | {match['value'].strip(' ,')} |")
    if len(rows) < LEAST:
        return None
    head = f"| {heads[0].format(number=number)} | {heads[1]} |"
    return "\n".join([head, "|---|---|", *dict.fromkeys(rows[:MOST])])
