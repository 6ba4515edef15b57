"""The trained weights: how they are kept in a file, and what they read from a message."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sessions.errors import IonError

from .ngrams import BUCKETS, Grams

__all__ = [
    "Blend",
    "Model",
    "ModelInvalid",
    "Vector",
    "around",
    "load_model",
    "save_model",
    "spread",
]

FORMAT = 1
Floats = npt.NDArray[np.float32]
Vector = Floats


class ModelInvalid(IonError):
    """The file of the model is missing, damaged or of another format."""


class Blend(Struct, frozen=True, kw_only=True):
    """What one unit of each signal adds to a persona's log-odds.

    The `sure` ones weigh a reader's log-odds times their spread: a reader that knows its ground
    counts for more than in proportion.
    """

    words: float
    words_sure: float
    meaning: float
    meaning_sure: float
    resonance: float
    topic: float


class Model(Struct, frozen=True, kw_only=True):
    """A linear reader of n-grams, another of an encoder's vectors, and how both are weighed.

    Shapes: `words` (labels, BUCKETS), `rarity` (BUCKETS,), `meaning` (labels, dimensions), `centre`
    (dimensions,). `encoder` names whose vectors `meaning` was trained on, "" when on none.
    """

    labels: tuple[str, ...]
    words: npt.NDArray[np.int16]
    words_scale: Floats
    rarity: npt.NDArray[np.float16]
    meaning: Floats
    centre: Floats
    encoder: str
    without_vector: Blend
    with_vector: Blend

    def of_words(self, found: Grams) -> Floats:
        """Return the log-odds of each label from n-grams; they sum to 0."""
        buckets, counts = found
        if not len(buckets):
            return np.zeros(len(self.labels), np.float32)
        values = counts * self.rarity[buckets].astype(np.float32)
        values /= np.sqrt(values @ values) + np.float32(1e-9)
        return _centred((self.words[:, buckets].astype(np.float32) @ values) * self.words_scale)

    def of_vector(self, vector: Floats) -> Floats:
        """Return the log-odds of each label from the encoder's vector; they sum to 0."""
        return _centred(self.meaning @ around(vector, self.centre))

    def read(self, found: Grams, vector: Floats | None) -> tuple[Mapping[str, float], Blend]:
        """Return the labels' weighed log-odds, and how to weigh what else is known.

        A vector of another size than the trained one counts as none.
        """
        blind = vector is None or not self.encoder or vector.shape != self.centre.shape
        blend = self.without_vector if blind else self.with_vector
        words = self.of_words(found)
        odds = words * (blend.words + blend.words_sure * spread(words))
        if vector is not None and not blind:
            meaning = self.of_vector(vector)
            odds += meaning * (blend.meaning + blend.meaning_sure * spread(meaning))
        return dict(zip(self.labels, odds.tolist(), strict=True)), blend


def around(vectors: Floats, centre: Floats) -> Floats:
    """Return unit vectors seen from `centre`, as all of an encoder's lie close together."""
    moved = vectors - centre
    length = np.linalg.norm(moved, axis=-1, keepdims=True) + np.float32(1e-9)
    return np.asarray(moved / length, np.float32)


def spread(odds: Floats) -> Floats:
    """Return the standard deviation of log-odds over the last axis, which is kept."""
    return np.asarray(odds.std(axis=-1, keepdims=True), np.float32)


def save_model(model: Model, path: Path) -> None:
    """Write `model` as arrays that are loaded without running anything; raises OSError."""
    written = BytesIO()
    np.savez_compressed(
        written,
        format=np.array([FORMAT]),
        labels=np.array(model.labels),
        encoder=np.array([model.encoder]),
        words=model.words,
        words_scale=model.words_scale,
        rarity=model.rarity,
        meaning=model.meaning,
        centre=model.centre,
        blends=np.array([_row(model.without_vector), _row(model.with_vector)], np.float32),
    )
    path.write_bytes(written.getvalue())


def load_model(path: Path) -> Model:
    """Return the model that `path` holds; raises ModelInvalid."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            if int(stored["format"][0]) != FORMAT:
                raise ModelInvalid(f"{path.name}: another format of the model")
            alone, both = stored["blends"].astype(float).tolist()
            model = Model(
                labels=tuple(map(str, stored["labels"])),
                words=stored["words"].astype(np.int16, casting="safe"),
                words_scale=stored["words_scale"].astype(np.float32),
                rarity=stored["rarity"].astype(np.float16),
                meaning=stored["meaning"].astype(np.float32),
                centre=stored["centre"].astype(np.float32),
                encoder=str(stored["encoder"][0]),
                without_vector=Blend(**dict(zip(Blend.__struct_fields__, alone, strict=True))),
                with_vector=Blend(**dict(zip(Blend.__struct_fields__, both, strict=True))),
            )
    except (OSError, EOFError, KeyError, IndexError, ValueError, TypeError) as error:
        raise ModelInvalid(f"{path.name}: {type(error).__name__}") from error
    except (BadZipFile, zlib.error) as error:
        raise ModelInvalid(f"{path.name}: damaged") from error
    return _checked(model, path)


def _checked(model: Model, path: Path) -> Model:
    labels = len(model.labels)
    fits = (
        labels > 1
        and model.words.shape == (labels, BUCKETS)
        and model.words_scale.shape == (labels,)
        and model.rarity.shape == (BUCKETS,)
        and model.meaning.shape == (labels, *model.centre.shape)
        and model.centre.ndim == 1
    )
    numbers = (model.words_scale, model.rarity, model.meaning, model.centre)
    blends = np.array([_row(model.without_vector), _row(model.with_vector)])
    if not fits or not all(np.isfinite(each).all() for each in (*numbers, blends)):
        raise ModelInvalid(f"{path.name}: shapes or numbers that make no sense")
    return model


def _row(blend: Blend) -> list[float]:
    return [float(getattr(blend, name)) for name in Blend.__struct_fields__]


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean(), np.float32)
