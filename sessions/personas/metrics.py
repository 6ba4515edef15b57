"""How well guesses meet the truth: pure statistics over rows, and their intervals."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

__all__ = [
    "Interval",
    "Pair",
    "accuracy",
    "bootstrap",
    "confusion",
    "ece",
    "f1_by_label",
    "macro_f1",
    "top_k",
]

Row = TypeVar("Row")
Pair = tuple[str, str]

BINS = 15
ROUNDS = 1000


class Interval(Struct, frozen=True, kw_only=True):
    """The ends of an interval that holds the true value with the stated chance."""

    low: float
    high: float


def accuracy(pairs: Sequence[Pair]) -> float:
    """Return the share of (truth, guess) pairs that agree; raises ValueError without any."""
    return sum(truth == guess for truth, guess in _some(pairs)) / len(pairs)


def f1_by_label(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return F1 = 2 TP / (2 TP + FP + FN) of every label that is a truth or a guess."""
    hits = Counter(truth for truth, guess in pairs if truth == guess)
    named = Counter(name for pair in pairs for name in pair)
    return {name: 2 * hits[name] / named[name] for name in sorted(named)}


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Return the mean of `f1_by_label`; raises ValueError without pairs."""
    scores = f1_by_label(_some(pairs))
    return sum(scores.values()) / len(scores)


def top_k(rows: Sequence[tuple[str, Sequence[str]]], k: int = 2) -> float:
    """Return the share of (truth, guesses best first) rows whose first `k` hold the truth.

    Raises ValueError without rows.
    """
    return sum(truth in ranked[:k] for truth, ranked in _some(rows)) / len(rows)


def ece(rows: Sequence[tuple[float, bool]], bins: int = BINS) -> float:
    """Return the expected calibration error of (confidence 0 to 1, right?) rows.

    The mean over `bins` equally wide bins of |accuracy - confidence|, weighted by their rows
    (Guo et al. 2017, "On Calibration of Modern Neural Networks"). Raises ValueError without rows.
    """
    gaps = [0.0] * bins
    for confidence, right in _some(rows):
        gaps[min(bins - 1, int(confidence * bins))] += right - confidence
    return sum(map(abs, gaps)) / len(rows)


def confusion(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """Return how often each truth was guessed as what, most frequent guess first."""
    counts: dict[str, Counter[str]] = {}
    for truth, guess in pairs:
        counts.setdefault(truth, Counter())[guess] += 1
    return {truth: dict(counts[truth].most_common()) for truth in sorted(counts)}


def bootstrap(
    rows: Sequence[Row],
    statistic: Callable[[Sequence[Row]], float],
    *,
    level: float = 0.95,
    rounds: int = ROUNDS,
    seed: int = 7,
) -> Interval:
    """Return the percentile interval of `statistic` over `rounds` resamples of `rows`.

    Rows are drawn with replacement (Efron 1979); equal rows and seeds give equal intervals.
    Raises ValueError without rows.
    """
    chance = random.Random(seed)  # noqa: S311 - resampling, not cryptography
    _some(rows)
    values = sorted(statistic(chance.choices(rows, k=len(rows))) for _ in range(rounds))
    cut = round((1.0 - level) / 2 * (rounds - 1))
    return Interval(low=values[cut], high=values[-1 - cut])


def _some(rows: Sequence[Row]) -> Sequence[Row]:
    if not rows:
        raise ValueError("there are no rows to measure")
    return rows
