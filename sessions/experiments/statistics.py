"""Tests of what came of an experiment: rates, means, many at once, and whether the split held."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from msgspec import Struct

from .tails import chi_square_tail, t_quantile, t_tail

__all__ = ["Compared", "Sample", "adjusted", "compare_means", "compare_rates", "split_p_value"]

_NORMAL = NormalDist()


class Sample(Struct, frozen=True, kw_only=True):
    """The users of a variant by their values of one metric: count, sum and sum of squares."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, value: float) -> "Sample":
        return Sample(
            count=self.count + 1, total=self.total + value, squares=self.squares + value * value
        )

    @property
    def mean(self) -> float:
        """Return the mean, or the rate when all values are 0 or 1."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """Return the unbiased variance, 0 with fewer than two values."""
        if self.count < 2:
            return 0.0
        return max(0.0, (self.squares - self.count * self.mean**2) / (self.count - 1))


class Compared(Struct, frozen=True, kw_only=True):
    """Treatment minus control, its confidence interval, and the two-sided p-value."""

    difference: float
    low: float
    high: float
    p_value: float


def compare_rates(control: Sample, treated: Sample, *, alpha: float = 0.05) -> Compared:
    """Compare two proportions: z test with the pooled rate, Newcombe's interval.

    Newcombe, Statistics in Medicine 17 (1998) 873, method 10: from two Wilson intervals.
    """
    difference = treated.mean - control.mean
    pooled = (control.total + treated.total) / max(1, control.count + treated.count)
    error = math.sqrt(pooled * (1 - pooled) * (_inverse(control.count) + _inverse(treated.count)))
    p_value = 2 * (1 - _NORMAL.cdf(abs(difference) / error)) if 0 < error < math.inf else 1.0
    z = _NORMAL.inv_cdf(1 - alpha / 2)
    (low0, high0), (low1, high1) = _wilson(control, z), _wilson(treated, z)
    below = math.hypot(treated.mean - low1, high0 - control.mean)
    above = math.hypot(high1 - treated.mean, control.mean - low0)
    return Compared(
        difference=difference, low=difference - below, high=difference + above, p_value=p_value
    )


def compare_means(control: Sample, treated: Sample, *, alpha: float = 0.05) -> Compared:
    """Compare two means by Welch's t test; with fewer than two values a side nothing is known."""
    difference = treated.mean - control.mean
    if min(control.count, treated.count) < 2:
        return Compared(difference=difference, low=-math.inf, high=math.inf, p_value=1.0)
    a, b = control.variance / control.count, treated.variance / treated.count
    if a + b == 0:
        p_value = 1.0 if difference == 0 else 0.0
        return Compared(difference=difference, low=difference, high=difference, p_value=p_value)
    error = math.sqrt(a + b)
    # Welch-Satterthwaite
    degrees = (a + b) ** 2 / (a**2 / (control.count - 1) + b**2 / (treated.count - 1))
    reach = t_quantile(alpha, degrees) * error
    return Compared(
        difference=difference,
        low=difference - reach,
        high=difference + reach,
        p_value=t_tail(difference / error, degrees),
    )


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number, in the given order.

    Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995) 289: the false discovery rate.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    result, least = [1.0] * len(p_values), 1.0
    for place, index in enumerate(order):
        rank = len(p_values) - place
        least = min(least, p_values[index] * len(p_values) / rank)
        result[index] = least
    return result


def split_p_value(counts: Mapping[str, int], expected: Mapping[str, float]) -> float:
    """Return how likely so uneven a split is: chi-square of counts against expected shares."""
    total = sum(counts.values())
    if total == 0 or len(expected) < 2:
        return 1.0
    value = sum(
        (counts.get(name, 0) - total * share) ** 2 / (total * share)
        for name, share in expected.items()
    )
    return chi_square_tail(value, len(expected) - 1)


def _inverse(count: int) -> float:
    return 1 / count if count else math.inf


def _wilson(sample: Sample, z: float) -> tuple[float, float]:
    if sample.count == 0:
        return 0.0, 1.0
    n, rate = sample.count, sample.mean
    middle = rate + z * z / (2 * n)
    reach = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
