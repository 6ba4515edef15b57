"""What an encoder's vector of a message says of its tone, pace and intent."""

import zlib
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import BadZipFile

import numpy as np
from msgspec import Struct

from .routing.model import Floats, Vector, around

__all__ = ["ARTEFACT", "Heads", "lean_of_vector", "load_heads", "save_heads"]

ARTEFACT = "analysis_heads.npz"


class Heads(Struct, frozen=True, kw_only=True):
    """One linear reader for each label ("group/name") of vectors of `encoder`, seen from `centre`.

    Shapes: `weights` (labels, dimensions), `bias` (labels,), `centre` (dimensions,).
    """

    encoder: str
    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    centre: Floats

    def lean(self, vector: Vector) -> dict[str, float]:
        """Return the log-odds of each label; none for a vector of another size."""
        if vector.shape != self.centre.shape:
            return {}
        odds = self.weights @ around(vector, self.centre) + self.bias
        return dict(zip(self.labels, map(float, odds), strict=True))


def lean_of_vector(vector: Vector | None) -> dict[str, float]:
    """Return the log-odds that a message's vector adds to each label; none without a vector."""
    heads = None if vector is None else _packaged()
    return {} if vector is None or heads is None else heads.lean(vector)


def save_heads(heads: Heads) -> bytes:
    """Return `heads` as arrays that are loaded without running anything."""
    written = BytesIO()
    np.savez_compressed(
        written,
        encoder=np.array([heads.encoder]),
        labels=np.array(heads.labels),
        weights=heads.weights.astype(np.float16),
        bias=heads.bias,
        centre=heads.centre,
    )
    return written.getvalue()


def load_heads(raw: bytes) -> Heads | None:
    """Return the heads that `raw` holds, None when it is damaged or its shapes make no sense."""
    try:
        with np.load(BytesIO(raw), allow_pickle=False) as stored:
            heads = Heads(
                encoder=str(stored["encoder"][0]),
                labels=tuple(map(str, stored["labels"])),
                weights=stored["weights"].astype(np.float32),
                bias=stored["bias"].astype(np.float32),
                centre=stored["centre"].astype(np.float32),
            )
    except (OSError, EOFError, KeyError, IndexError, ValueError, TypeError):
        return None
    except (BadZipFile, zlib.error):
        return None
    return heads if _fits(heads) else None


def _fits(heads: Heads) -> bool:
    count = (len(heads.labels),)
    shaped = heads.bias.shape == count and heads.weights.shape == count + heads.centre.shape
    numbers = (heads.weights, heads.bias, heads.centre)
    return shaped and all(bool(np.isfinite(each).all()) for each in numbers)


@cache
def _packaged() -> Heads | None:
    """Return the packaged heads; they never change."""
    try:
        raw = files(__package__).joinpath("lexicons", ARTEFACT).read_bytes()
    except OSError:
        return None
    return load_heads(raw)
