"""Token budgets: how much each section may take, and what is left out when it is too long."""

from collections.abc import Iterable

from msgspec import Struct

from sessions.history import estimate_tokens

__all__ = ["Budgets", "fit", "fit_lines"]

CUT = " […] "


class Budgets(Struct, frozen=True, kw_only=True):
    """Estimated tokens by section; the persona's own part is authored and not cut."""

    situation: int = 200
    notes: int = 300
    summary: int = 400
    facts: int = 150
    history: int = 1500
    message: int = 8000


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
    return text[: kept - tail] + CUT + (text[-tail:] if tail else "")


def fit_lines(lines: Iterable[str], budget: int) -> list[str]:
    """Return the lines, the most important first, that go into `budget` together."""
    kept: list[str] = []
    spent = 0
    for line in lines:
        cost = estimate_tokens(line) + 1
        if spent + cost <= budget:
            kept.append(line)
            spent += cost
    return kept
