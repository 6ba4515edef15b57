"""Vectors in a byte a dimension, and finding those near a query among hundreds of thousands.

The signs of all dimensions, counted by XOR, tell which few thousand are worth an exact look.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sessions.embedding import Vector

__all__ = ["Nearness", "Vectors", "packed"]

Floats = npt.NDArray[np.float32]
_EXACT = 4096
_LOOKED_AT = 512
_SAMPLE = 1024
_TINY = 1e-9


def packed(vector: Vector) -> bytes:
    """Return a vector in signed bytes, its largest dimension as 127."""
    most = float(np.abs(vector).max())
    whole: npt.NDArray[np.int8] = np.rint(vector * (127 / max(most, _TINY))).astype(np.int8)
    return whole.tobytes()


class Nearness(NamedTuple):
    """The cosine of each entry to a query, with the mean and deviation of those with vectors."""

    cosines: Floats
    mean: float
    deviation: float


class Vectors:
    """The vectors of some of `entries` entries: `at` names those that the rows belong to."""

    def __init__(self, rows: npt.NDArray[np.int8], at: npt.NDArray[np.int32], entries: int) -> None:
        self._rows = rows
        self._at = at
        self._entries = entries
        self._whole = len(at) == entries
        norms = np.empty(len(rows), np.float32)
        for first in range(0, len(rows), _EXACT):
            norms[first : first + _EXACT] = np.linalg.norm(
                rows[first : first + _EXACT].astype(np.float32), axis=1
            )
        self._scale = 1 / np.maximum(norms, 1)
        chosen = np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE)).astype(np.int64)
        self._sample = self._floats(chosen)
        self._sampled = chosen
        self._center = self._sample.mean(axis=0)
        self._exact = self._floats(np.arange(len(rows))) if len(rows) <= _EXACT else None
        self._signs = self._signed() if self._exact is None else None

    def __len__(self) -> int:
        return len(self._at)

    @property
    def nbytes(self) -> int:
        """Return about how much memory this takes."""
        held = (self._rows, self._scale, self._sample, self._exact, self._signs, self._at)
        return sum(each.nbytes for each in held if each is not None)

    def near(self, query: Vector) -> Nearness:
        """Return the nearness of all entries; those without a vector are at the mean."""
        if self._exact is not None:
            found: Floats = self._exact @ query
            mean, deviation = float(found.mean()), float(found.std())
        else:
            found, mean, deviation = self._estimated(query)
        if self._whole:
            return Nearness(found, mean, deviation)
        cosines = np.full(self._entries, mean, np.float32)
        cosines[self._at] = found
        return Nearness(cosines, mean, deviation)

    def _estimated(self, query: Vector) -> tuple[Floats, float, float]:
        """Return cosines that are exact for the nearest, and estimated from signs for the rest."""
        assert self._signs is not None  # noqa: S101 - there are signs where all is not exact
        wanted = _signs(query - self._center)
        apart = np.zeros(len(self._at), np.uint16)
        for mine, theirs in zip(wanted, self._signs, strict=True):
            apart += np.bitwise_count(theirs ^ mine)
        exact = self._sample @ query
        slope, start = _line(apart[self._sampled].astype(np.float32), exact)
        found = apart.astype(np.float32)
        found *= slope
        found += start
        limit = int(np.searchsorted(np.cumsum(np.bincount(apart)), _LOOKED_AT))
        nearest = np.flatnonzero(apart <= limit)[: 4 * _LOOKED_AT]
        found[nearest] = self._floats(nearest) @ query
        return found, float(exact.mean()), float(exact.std())

    def _floats(self, rows: npt.NDArray[np.int64]) -> Floats:
        chosen = self._rows[rows].astype(np.float32)
        chosen *= self._scale[rows][:, None]
        return chosen

    def _signed(self) -> npt.NDArray[np.uint64]:
        """Return the signs, one row of 64-bit words for each 64 dimensions."""
        words = -(-self._rows.shape[1] // 64)
        signs = np.empty((words, len(self._rows)), np.uint64)
        for first in range(0, len(self._rows), _EXACT):
            rows = np.arange(first, min(first + _EXACT, len(self._rows)))
            signs[:, rows] = _signs(self._floats(rows) - self._center).T
        return signs


def _signs(vectors: Floats) -> npt.NDArray[np.uint64]:
    bits = np.packbits(vectors > 0, axis=-1)
    short = -bits.shape[-1] % 8
    if short:
        bits = np.concatenate([bits, np.zeros((*bits.shape[:-1], short), np.uint8)], axis=-1)
    return np.ascontiguousarray(bits).view(np.uint64)


def _line(xs: Floats, ys: Floats) -> tuple[np.float32, np.float32]:
    """Return slope and start of the line of least squares."""
    spread = float(xs.var())
    slope = float(((xs - xs.mean()) * (ys - ys.mean())).mean()) / max(spread, _TINY)
    return np.float32(slope), np.float32(ys.mean() - slope * xs.mean())
