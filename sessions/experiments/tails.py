"""Tails of Student's t and of chi-square, from the incomplete beta and gamma functions.

Continued fractions and series after Press et al., Numerical Recipes in C, 2nd ed., sections 6.2 and
6.4 (modified Lentz's method), to about 1e-14.
"""

import math
from collections.abc import Callable

__all__ = ["chi_square_tail", "t_quantile", "t_tail"]

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_TERMS = 10_000


def t_tail(t: float, degrees: float) -> float:
    """Return P(|T| >= |t|), both tails, with `degrees` of freedom (any above 0)."""
    if math.isinf(t):
        return 0.0
    return _beta(degrees / 2, 0.5, degrees / (degrees + t * t))


def t_quantile(tail: float, degrees: float) -> float:
    """Return the t whose two tails are `tail` (above 0, up to 1), by bisection."""
    low, high = 0.0, 1.0
    while t_tail(high, degrees) > tail:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, degrees) > tail else (low, middle)
    return (low + high) / 2


def chi_square_tail(value: float, degrees: int) -> float:
    """Return P(X >= value) of chi-square with `degrees` of freedom."""
    a, x = degrees / 2, value / 2
    if x <= 0:
        return 1.0
    front = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        return 1.0 - front * _gamma_series(a, x)
    return front * _fraction(
        x + 1 - a, lambda n: -n * (n - a), lambda n: x + 1 - a + 2 * n, first=1.0
    )


def _gamma_series(a: float, x: float) -> float:
    term = total = 1 / a
    for n in range(1, _MOST_TERMS):
        term *= x / (a + n)
        total += term
        if abs(term) < abs(total) * _CLOSE:
            break
    return total


def _beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1.0 - front * _beta_fraction(b, a, 1 - x) / b
    return front * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    def over(n: int) -> float:
        m = n // 2
        if n % 2:
            return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))

    return _fraction(1.0, over, lambda _: 1.0, first=1.0)


def _fraction(
    b0: float, over: Callable[[int], float], under: Callable[[int], float], *, first: float
) -> float:
    """Return first / (b0 + over(1) / (under(1) + over(2) / ...)), by modified Lentz."""
    c, d = b0 or _TINY, 0.0
    value = c
    last = math.inf
    for n in range(1, _MOST_TERMS):
        d = under(n) + over(n) * d or _TINY
        c = under(n) + over(n) / c or _TINY
        d = 1 / d
        value *= c * d
        # one step alone may be close by chance
        if max(abs(c * d - 1), last) < _CLOSE:
            break
        last = abs(c * d - 1)
    return first / value
