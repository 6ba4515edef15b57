"""The readers fitted on some of the texts, their signals on others, and the whole model."""

from collections.abc import Set

import numpy as np
import numpy.typing as npt

from sessions.personas.routing.model import Blend, Model, spread

from .blend import fit_blend, mixed, used_signals
from .dataset import Dataset, peculiar_cues, topic_signals
from .readers import fit_meaning, fit_words, rarity_of

__all__ = [
    "PLAIN",
    "fit_model",
    "fold_blend",
    "held_signals",
    "signals",
    "unseen_odds",
    "usable_rows",
]

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
WORDS_STRENGTH, MEANING_STRENGTH = 4.0, 0.2
# until the blend is fitted
PLAIN = Blend(**dict.fromkeys(Blend.__struct_fields__, 1.0))
# how much a text of a community that the readers know counts beside one that they don't
SEEN_SHARE = 1.0


def fit_model(
    data: Dataset,
    places: Places,
    labels: tuple[str, ...],
    encoder: str,
    blends: tuple[Blend, Blend],
) -> Model:
    """Return the model of the texts at `places`."""
    found = [data.grams[place] for place in places]
    targets, weights = data.targets[places], data.weights[places]
    rarity = rarity_of(found)
    words, scale = fit_words(found, rarity, targets, weights, strength=WORDS_STRENGTH)
    embedded = np.isfinite(data.vectors[places]).all(axis=1)
    meaning, centre = np.zeros((len(labels), 1), np.float32), np.zeros(1, np.float32)
    if encoder:
        meaning, centre = fit_meaning(
            data.vectors[places][embedded],
            targets[embedded],
            weights[embedded],
            strength=MEANING_STRENGTH,
        )
    return Model(
        labels=labels,
        words=words,
        words_scale=scale,
        rarity=rarity,
        meaning=meaning,
        centre=centre,
        encoder=encoder,
        without_vector=blends[0],
        with_vector=blends[1],
    )


def signals(
    model: Model, data: Dataset, places: Places, unknown: Set[tuple[int, str]] = frozenset()
) -> Floats:
    """Return (texts, labels, signals in the order of Blend); meaning is NaN without a vector.

    The topics' `unknown` cues are left out.
    """
    words = np.array([model.of_words(data.grams[place]) for place in places])
    meaning = np.full_like(words, np.nan)
    if model.encoder:
        meaning = np.array([model.of_vector(data.vectors[place]) for place in places])
    read = [words, words * spread(words), meaning, meaning * spread(meaning)]
    topic = topic_signals(data, places, len(model.labels), unknown)
    return np.stack([*read, data.resonance[places], topic], axis=2)


def held_signals(
    data: Dataset, fold: Places, labels: tuple[str, ...], encoder: str, *, share: float = 1.0
) -> Floats:
    """Return the signals of every post from readers that never saw its fold.

    Topic cues of which more than `share` of the uses are in the fold are left out.
    `fold` is each text's, -1 for written ones, which every reader sees.
    """
    found = np.full((len(fold), len(labels), len(Blend.__struct_fields__)), np.nan, np.float32)
    for each in range(fold.max() + 1):
        places = np.flatnonzero(fold != each)
        model = fit_model(data, places, labels, encoder, (PLAIN, PLAIN))
        held = np.flatnonzero((fold == each) & data.posts)
        unknown = peculiar_cues(data, fold == each, share=share)
        found[held] = signals(model, data, held, unknown)
    return found


def fold_blend(
    unseen: Floats,
    seen: Floats,
    truth: npt.NDArray[np.int64],
    among: npt.NDArray[np.bool_],
    *,
    with_vector: bool,
) -> Blend:
    """Return the blend of the texts `among`, each twice: as unseen and, for less, as seen."""
    usable = among & usable_rows(unseen, with_vector=with_vector)
    rows = np.nan_to_num(np.concatenate([unseen[usable], seen[usable]]))
    weights = np.repeat(np.array([1.0, SEEN_SHARE], np.float32), usable.sum())
    return fit_blend(rows, np.tile(truth[usable], 2), weights, with_vector=with_vector)


def unseen_odds(
    unseen: Floats,
    seen: Floats,
    fold: npt.NDArray[np.int64],
    truth: npt.NDArray[np.int64],
    judged: Floats,
    *,
    with_vector: bool,
) -> Floats:
    """Return the log-odds (texts, labels) of `judged` with blends that never saw their fold."""
    odds = np.full(unseen.shape[:2], np.nan, np.float32)
    usable = usable_rows(unseen, with_vector=with_vector)
    for each in range(fold.max() + 1):
        held = usable & (fold == each)
        blend = fold_blend(unseen, seen, truth, fold != each, with_vector=with_vector)
        odds[held] = mixed(np.nan_to_num(judged[held]), blend)
    return odds


def usable_rows(found: Floats, *, with_vector: bool) -> npt.NDArray[np.bool_]:
    """Tell which texts have all signals that are asked for."""
    asked = found[:, :, used_signals(with_vector=with_vector)]
    return np.asarray(np.isfinite(asked).all(axis=(1, 2)), np.bool_)
