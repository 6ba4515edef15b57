"""Rows turned into numbers, once, in one place."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sessions.personas.analysis import analyse
from sessions.personas.catalogue import Catalogue
from sessions.personas.recommend import resonances, topics
from sessions.personas.routing.ngrams import Grams, grams

from .rows import NOBODY, Row

__all__ = ["Cue", "Dataset", "peculiar_cues", "prepare", "topic_signals"]

Floats = npt.NDArray[np.float32]
MESSAGE, TITLE, WRITTEN = 1.0, 0.25, 1.5


class Cue(Struct, frozen=True, kw_only=True):
    """A topic's phrase found in a text, and the place of its label."""

    place: int
    phrase: str
    weight: float


class Dataset(Struct, frozen=True, kw_only=True):
    """Texts as n-grams, their shares in each label, their weights and where they come from.

    `resonance` (texts, labels) is 0 and `cues` are empty for texts that are no posts;
    `vectors` has NaN rows for texts that were not embedded; `community` is "" for written ones.
    """

    grams: list[Grams]
    targets: Floats
    weights: Floats
    resonance: Floats
    cues: list[tuple[Cue, ...]]
    vectors: Floats
    community: npt.NDArray[np.str_]
    posts: npt.NDArray[np.bool_]


def prepare(
    rows: Sequence[Row],
    labels: Sequence[str],
    catalogue: Catalogue,
    vectors: Mapping[str, Floats],
    dimensions: int,
    *,
    titles: bool,
) -> Dataset:
    """Return `rows` as numbers; with `titles` the posts' titles count as short messages too."""
    short = [Row(message=row.title, label=row.label, community=row.community) for row in rows]
    texts = [*rows, *(row for row in short if titles and row.message)]
    nothing = np.full(dimensions, np.nan, np.float32)
    posts = np.array([bool(row.community) and at < len(rows) for at, row in enumerate(texts)])
    labelled = list(zip(texts, posts.tolist(), strict=True))
    return Dataset(
        grams=[grams(row.message) for row in texts],
        targets=np.array([_share(row.label, labels) for row in texts], np.float32),
        weights=np.array(
            [MESSAGE if post else TITLE if row.community else WRITTEN for row, post in labelled],
            np.float32,
        ),
        resonance=np.array(
            [_resonance(row.message, labels, catalogue, post) for row, post in labelled], np.float32
        ),
        cues=[_cues(row.message, labels, catalogue) if post else () for row, post in labelled],
        vectors=np.array([vectors.get(row.message, nothing) for row in texts], np.float32),
        community=np.array([row.community for row in texts]),
        posts=posts,
    )


def _share(label: str, labels: Sequence[str]) -> list[float]:
    if label == NOBODY:
        return [1 / len(labels)] * len(labels)
    return [float(label == each) for each in labels]


def _resonance(text: str, labels: Sequence[str], catalogue: Catalogue, post: bool) -> list[float]:
    if not post:
        return [0.0] * len(labels)
    fit = resonances(analyse(text), catalogue)
    return [fit[each] for each in labels]


def _cues(text: str, labels: Sequence[str], catalogue: Catalogue) -> tuple[Cue, ...]:
    hits = topics(text, catalogue)
    return tuple(
        Cue(place=place, phrase=hit.entry.phrase, weight=hit.entry.weight)
        for place, label in enumerate(labels)
        for hit in hits[label]
    )


def topic_signals(
    data: Dataset, places: npt.NDArray[np.int64], labels: int, unknown: Set[tuple[int, str]]
) -> Floats:
    """Return ln(1 + weights of a label's cues) (places, labels), without the `unknown` cues."""
    sums = np.zeros((len(places), labels))
    for row, place in enumerate(places):
        for cue in data.cues[place]:
            if (cue.place, cue.phrase) not in unknown:
                sums[row, cue.place] += cue.weight
    return np.log1p(sums).astype(np.float32)


def peculiar_cues(
    data: Dataset, held: npt.NDArray[np.bool_], *, share: float
) -> set[tuple[int, str]]:
    """Return the cues of which more than `share` of the uses are in the `held` texts.

    Who wrote the cues knew the communities; without these they might not have been written.
    """
    inside: Counter[tuple[int, str]] = Counter()
    everywhere: Counter[tuple[int, str]] = Counter()
    for place, cues in enumerate(data.cues):
        keys = {(cue.place, cue.phrase) for cue in cues}
        everywhere.update(keys)
        if held[place]:
            inside.update(keys)
    return {key for key, count in inside.items() if count > share * everywhere[key]}
