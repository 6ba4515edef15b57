"""Words as numbers that only a holder of the server's secret can compute."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b, sha256

import numpy as np
import numpy.typing as npt

__all__ = ["Hashes", "Sealer"]

Hashes = npt.NDArray[np.uint32]
_VERSION = "1"
_MOST_COUNTED = 255


class Sealer:
    """Keyed 32-bit hashes (BLAKE2) of terms; among 100,000 terms about one pair is the same."""

    def __init__(self, secret: str) -> None:
        self._keyed = blake2b(digest_size=4, key=sha256(b"recall\0" + secret.encode()).digest())
        self.key = f"{_VERSION}.{self.term('the key'):08x}"

    def term(self, term: str) -> int:
        """Return the hash of one term, never 0."""
        keyed = self._keyed.copy()
        keyed.update(term.encode("utf-8", "replace"))
        return int.from_bytes(keyed.digest(), "little") or 1

    def counted(self, terms: Iterable[str]) -> tuple[bytes, bytes]:
        """Return the different terms' hashes (4 bytes each, little-endian) and counts (1 each)."""
        counts = Counter(map(self.term, terms))
        hashes = np.fromiter(counts.keys(), "<u4", len(counts))
        return hashes.tobytes(), bytes(min(each, _MOST_COUNTED) for each in counts.values())
