"""Which entries hold which terms, as arrays, and BM25 over them."""

from collections.abc import Iterable, Mapping
from math import log

import numpy as np
import numpy.typing as npt

from .sealing import Hashes

__all__ = ["Postings"]

Floats = npt.NDArray[np.float32]
# A message is short: saying a thing twice tells a little, and its length hardly anything.
_K1 = 1.2
_B = 0.3


class Postings:
    """The terms of all entries; made of one array of hashes and counts, entry after entry."""

    def __init__(
        self,
        hashes: Hashes,
        counts: npt.NDArray[np.uint8],
        lengths: npt.NDArray[np.int32],
        sizes: npt.NDArray[np.int32],
    ) -> None:
        order = np.argsort(hashes, kind="stable")
        owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        self._entries = owners[order]
        self._counts = counts[order]
        ordered = hashes[order]
        first = np.flatnonzero(np.diff(ordered, prepend=np.uint32(0))) if len(ordered) else order
        self._terms = ordered[first]
        self._starts = np.append(first, len(ordered)).astype(np.int64)
        mean = float(sizes.mean()) if len(sizes) else 1.0
        self._heavy = (_K1 * (1 - _B + _B * sizes / max(mean, 1.0))).astype(np.float32)

    @property
    def nbytes(self) -> int:
        """Return about how much memory this takes."""
        held = (self._entries, self._counts, self._terms, self._starts, self._heavy)
        return sum(each.nbytes for each in held)

    def of(self, term: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Return the entries that hold a term, and how often."""
        place = int(np.searchsorted(self._terms, np.uint32(term)))
        if place == len(self._terms) or int(self._terms[place]) != term:
            return self._entries[:0], self._counts[:0]
        span = slice(int(self._starts[place]), int(self._starts[place + 1]))
        return self._entries[span], self._counts[span]

    def told(self) -> Floats:
        """Return for each entry how rare its terms are, summed up."""
        held = np.diff(self._starts)
        total = len(self._heavy)
        rarity = np.log(1 + (total - held + 0.5) / (held + 0.5))
        weights = np.repeat(rarity.astype(np.float32), held)
        return np.bincount(self._entries, weights, minlength=total).astype(np.float32)

    def rarity(self, terms: Iterable[int]) -> dict[int, float]:
        """Return the inverse document frequency of terms."""
        total = len(self._heavy)
        held = {term: len(self.of(term)[0]) for term in terms}
        return {term: log(1 + (total - many + 0.5) / (many + 0.5)) for term, many in held.items()}

    def scored(self, terms: Mapping[int, float]) -> Floats:
        """Return the BM25 score of all entries for terms and what each of them weighs.

        Robertson and Zaragoza 2009; the weight is the term's rarity and more.
        """
        scores = np.zeros(len(self._heavy), np.float32)
        for term, weight in terms.items():
            entries, counts = self.of(term)
            often = counts.astype(np.float32)
            saturated = often / (often + self._heavy[entries])
            scores[entries] += np.float32(weight * (_K1 + 1)) * saturated
        return scores
