"""The two linear readers, fitted with scikit-learn and shrunk to what the product keeps."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from sessions.personas.routing.model import around
from sessions.personas.routing.ngrams import BUCKETS, Grams

__all__ = ["Meaning", "Words", "fit_meaning", "fit_words", "rarity_of"]

Floats = npt.NDArray[np.float32]
Words = tuple[npt.NDArray[np.int16], Floats]
Meaning = tuple[Floats, Floats]


def rarity_of(found: list[Grams]) -> npt.NDArray[np.float16]:
    """Return ln((1 + texts) / (1 + texts with the bucket)) + 1 for every bucket."""
    seen = np.zeros(BUCKETS)
    for buckets, _ in found:
        seen[buckets] += 1
    return (np.log((1 + len(found)) / (1 + seen)) + 1).astype(np.float16)


def fit_words(
    found: list[Grams],
    rarity: npt.NDArray[np.float16],
    targets: Floats,
    weights: Floats,
    *,
    strength: float,
) -> Words:
    """Return 16 bit weights (labels, BUCKETS) and the scale of each label.

    `targets` (texts, labels) holds each text's share in each label.
    """
    matrix = _matrix(found, rarity)
    used = np.flatnonzero(matrix.getnnz(axis=0))
    exact = np.zeros((targets.shape[1], BUCKETS))
    exact[:, used] = _fit(matrix[:, used], targets, weights, strength)
    scale = np.abs(exact).max(axis=1) / 32767 + 1e-12
    rounded = np.rint(exact / scale[:, None]).astype(np.int16)
    return rounded, scale.astype(np.float32)


def fit_meaning(vectors: Floats, targets: Floats, weights: Floats, *, strength: float) -> Meaning:
    """Return weights (labels, dimensions) and the centre (dimensions,) of the vectors."""
    centre = vectors.mean(axis=0).astype(np.float32)
    return _fit(around(vectors, centre), targets, weights, strength).astype(np.float32), centre


def _matrix(found: list[Grams], rarity: npt.NDArray[np.float16]) -> sparse.csr_matrix:
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in found)])
    columns = np.concatenate([buckets for buckets, _ in found])
    values = []
    for buckets, counts in found:
        row = counts * rarity[buckets].astype(np.float32)
        values.append(row / (np.sqrt(row @ row) + np.float32(1e-9)))
    data = np.concatenate(values)
    return sparse.csr_matrix((data, columns, ends), shape=(len(found), BUCKETS))


def _fit(
    matrix: sparse.csr_matrix | Floats, targets: Floats, weights: Floats, strength: float
) -> npt.NDArray[np.float64]:
    """Fit without intercept, so that a text without known features speaks for nobody.

    scikit-learn's tolerance is of the mean gradient: a coarse one stops before rare words count.
    """
    texts, labels = np.nonzero(targets)
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=1000, tol=1e-5)
    model.fit(matrix[texts], labels, sample_weight=targets[texts, labels] * weights[texts])
    return np.asarray(model.coef_, np.float64)
