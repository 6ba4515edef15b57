"""Token budgets: how much each section may take, and what is left out when it is too long."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sessions.history import estimate_tokens

from .graphemes import boundary

__all__ = ["Budgets", "fit", "fit_lines", "fit_story"]

CUT = " […] "
# What the margin and the break of a quoted line take.
LINE = 1


class Budgets(Struct, frozen=True, kw_only=True):
    """Estimated tokens by section; the persona's own part is authored and not cut."""

    situation: int = 200
    preferences: int = 100
    memory: int = 300
    notes: int = 300
    summary: int = 700
    facts: int = 150
    history: int = 2400
    message: int = 8000
    answer: int = 200


def fit(text: str, budget: int) -> str:
    """Return `text`, or its beginning and end around a cut, in at most `budget` tokens."""
    if estimate_tokens(text) <= budget:
        return text
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if estimate_tokens(_cut(text, kept)) <= budget:
            low = kept
        else:
            high = kept - 1
    return _cut(text, low)


def _cut(text: str, kept: int) -> str:
    tail = kept // 3
    start = text[: boundary(text, kept - tail)]
    end = text[boundary(text, len(text) - tail, later=True) :]
    return start + CUT + end


def fit_lines(lines: Iterable[str], budget: int) -> list[str]:
    """Return the lines, the most important first, that go into `budget` together."""
    kept: list[str] = []
    spent = 0
    for line in lines:
        cost = estimate_tokens(line) + LINE
        if spent + cost <= budget:
            kept.append(line)
            spent += cost
    return kept


def fit_story(lines: Sequence[str], budget: int) -> list[str]:
    """Return the first line and the newest ones that fit, in order; only a lone one is cut."""
    short = [line for line in lines if estimate_tokens(line) < budget]
    if not short:
        return [fit(lines[-1], budget - LINE)] if lines else []
    left = budget - estimate_tokens(short[0]) - LINE
    newest = len(short)
    while newest > 1 and (left := left - estimate_tokens(short[newest - 1]) - LINE) >= 0:
        newest -= 1
    return [short[0], *short[newest:]]
