"""Vectors of texts, kept between runs in a file outside the project."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sessions.embedding import Encoder

from .rows import Row

__all__ = ["embedded", "evenly"]

Floats = npt.NDArray[np.float32]
EVERY_S = 20.0


def embedded(
    texts: Sequence[str],
    encoder: Encoder,
    path: Path,
    most: int | None,
    tell: Callable[[str], None],
) -> dict[str, Floats]:
    """Return the vectors by text; those that `path` does not hold yet are made and added.

    At most `most` are made, in the order of `texts`. The file holds digests, never texts.
    """
    known = _load(path, encoder)
    missing = [text for text in dict.fromkeys(texts) if _digest(text) not in known][:most]
    told = time.monotonic()
    for number, text in enumerate(missing, 1):
        known[_digest(text)] = encoder.encode(text)
        if time.monotonic() - told > EVERY_S:
            told = time.monotonic()
            _save(path, encoder, known)
            tell(f"embedded {number} of {len(missing)} texts")
    _save(path, encoder, known)
    return {text: known[digest] for text in texts if (digest := _digest(text)) in known}


def evenly(rows: Sequence[Row]) -> list[Row]:
    """Return `rows` in an order that takes from every community in turn."""
    seen: Counter[str] = Counter()
    ranked = []
    for place, row in enumerate(rows):
        seen[row.community] += 1
        ranked.append((seen[row.community], row.community, place))
    return [rows[place] for _, _, place in sorted(ranked)]


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _load(path: Path, encoder: Encoder) -> dict[str, Floats]:
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["encoder"][0]) != encoder.id:
            return {}
        digests, vectors = stored["digests"].tolist(), stored["vectors"].astype(np.float32)
        return dict(zip(digests, vectors, strict=True))


def _save(path: Path, encoder: Encoder, known: Mapping[str, Floats]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    vectors = np.array(list(known.values()), np.float16).reshape(-1, encoder.dimensions)
    np.savez(path, encoder=np.array([encoder.id]), digests=np.array(list(known)), vectors=vectors)
