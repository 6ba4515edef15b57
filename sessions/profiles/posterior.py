"""How likely a persona suits, as a Beta distribution whose evidence fades."""

from math import sqrt
from statistics import NormalDist

from msgspec import Struct

__all__ = ["DAY_S", "HALF_LIFE_DAYS", "Posterior", "faded"]

DAY_S = 86_400.0
HALF_LIFE_DAYS = 45.0
_UNIFORM_VARIANCE = 1 / 12
_NORMAL = NormalDist()


class Posterior(Struct, frozen=True, kw_only=True):
    """Beta(1 + good, 1 + bad): a uniform prior, and observations that may be fractions."""

    good: float = 0.0
    bad: float = 0.0

    @property
    def count(self) -> float:
        """Return how many observations there are."""
        return self.good + self.bad

    @property
    def mean(self) -> float:
        """Return the mean, 0 to 1; one half without evidence."""
        return (1.0 + self.good) / (2.0 + self.count)

    @property
    def deviation(self) -> float:
        """Return the standard deviation of Beta(a, b): sqrt(ab / ((a + b)^2 (a + b + 1)))."""
        total = 2.0 + self.count
        return sqrt((1.0 + self.good) * (1.0 + self.bad) / (total * total * (total + 1.0)))

    @property
    def certainty(self) -> float:
        """Return how much of the prior's variance is gone, 0 (knows nothing) to 1; never below."""
        return max(0.0, 1.0 - self.deviation**2 / _UNIFORM_VARIANCE)

    @property
    def pull(self) -> float:
        """Return the preference, -1 (never) to 1 (always), by the square of its certainty.

        The square keeps a single signal from saying much.
        """
        return (2.0 * self.mean - 1.0) * self.certainty**2

    @property
    def confidence(self) -> float:
        """Return the chance that it lies on its side of one half, by the normal approximation."""
        return _NORMAL.cdf(abs(self.mean - 0.5) / self.deviation)

    def plus(self, *, reward: float, count: float) -> "Posterior":
        """Return the posterior after `count` observations of `reward` (0 to 1)."""
        return Posterior(good=self.good + reward * count, bad=self.bad + (1.0 - reward) * count)


def faded(seconds: float, *, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """Return what is left of a weight after `seconds`: half of it after each half-life."""
    return float(2.0 ** (-max(0.0, seconds) / (half_life_days * DAY_S)))
