"""How much each signal counts: a conditional logit fitted on texts the readers never saw."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from sessions.personas.routing.model import Blend

__all__ = ["fit_blend", "mixed", "used_signals"]

Floats = npt.NDArray[np.float32]
RIDGE = 1.0


def mixed(signals: Floats, blend: Blend) -> Floats:
    """Return log-odds (texts, labels) of `signals` (texts, labels, signals in Blend's order)."""
    row = [getattr(blend, name) for name in Blend.__struct_fields__]
    return np.asarray(signals @ np.array(row, np.float32), np.float32)


def used_signals(*, with_vector: bool) -> list[int]:
    """Return the places of the signals in Blend that there are with or without a vector."""
    return [
        place
        for place, name in enumerate(Blend.__struct_fields__)
        if with_vector or not name.startswith("meaning")
    ]


def fit_blend(
    signals: Floats, truth: npt.NDArray[np.int64], weights: Floats, *, with_vector: bool
) -> Blend:
    """Return the factors, none negative, that make `truth` likeliest (McFadden 1974).

    `weights` (texts,) says how much each text counts.
    """
    used = used_signals(with_vector=with_vector)
    counts = weights.astype(np.float64)
    data = signals[:, :, used].astype(np.float64)
    right = data[np.arange(len(truth)), truth]

    def loss(factors: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        odds = data @ factors
        odds -= odds.max(axis=1, keepdims=True)
        chances = np.exp(odds)
        chances /= chances.sum(axis=1, keepdims=True)
        likely = counts @ np.log(chances[np.arange(len(truth)), truth] + 1e-12)
        slope = counts @ (right - np.einsum("nl,nlk->nk", chances, data))
        return float(RIDGE * (factors @ factors) - likely), 2 * RIDGE * factors - slope

    start = np.full(len(used), 0.5)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(used))
    row = np.zeros(len(Blend.__struct_fields__))
    row[used] = np.round(found.x, 4)
    return Blend(**dict(zip(Blend.__struct_fields__, row.tolist(), strict=True)))
