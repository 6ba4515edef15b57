"""Token budgets: how much each section may take, and what is left out when it is too long."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from sessions.tokens import CountTokens, estimate_tokens

from .graphemes import boundary

__all__ = ["Budgets", "fit", "fit_lines", "fit_story"]

CUT = " […] "
# What the margin and the break of a quoted line take.
LINE = 1


class Budgets(Struct, frozen=True, kw_only=True):
    """Tokens by section, as `count` counts them; what a persona says of itself is not cut.

    Neither is a message: of the earlier ones whole turns are left out, and what is answered is
    bounded where it is taken in.
    """

    situation: int = 200
    preferences: int = 100
    memory: int = 300
    notes: int = 300
    summary: int = 700
    facts: int = 150
    history: int = 2400
    answer: int = 200
    count: CountTokens = estimate_tokens


def fit(text: str, budget: int, count: CountTokens = estimate_tokens) -> str:
    """Return `text`, or its beginning and end around a cut, in at most `budget` tokens."""
    if count(text) <= budget:
        return text
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if count(_cut(text, kept)) <= budget:
            low = kept
        else:
            high = kept - 1
    return _cut(text, low)


def _cut(text: str, kept: int) -> str:
    tail = kept // 3
    start = text[: boundary(text, kept - tail)]
    end = text[boundary(text, len(text) - tail, later=True) :]
    return start + CUT + end


def fit_lines(lines: Iterable[str], budget: int, count: CountTokens = estimate_tokens) -> list[str]:
    """Return the lines, the most important first, that go into `budget` together."""
    kept: list[str] = []
    spent = 0
    for line in lines:
        cost = count(line) + LINE
        if spent + cost <= budget:
            kept.append(line)
            spent += cost
    return kept


def fit_story(lines: Sequence[str], budget: int, count: CountTokens = estimate_tokens) -> list[str]:
    """Return the first line and the newest ones that fit, in order; only a lone one is cut."""
    short = [line for line in lines if count(line) < budget]
    if not short:
        return [fit(lines[-1], budget - LINE, count)] if lines else []
    left = budget - count(short[0]) - LINE
    newest = len(short)
    while newest > 1 and (left := left - count(short[newest - 1]) - LINE) >= 0:
        newest -= 1
    return [short[0], *short[newest:]]
