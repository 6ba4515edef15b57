"""What clues were learned to speak for, from the messages that tests/ labels."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
import numpy.typing as npt

__all__ = ["ARTEFACT", "Weights", "lean"]

ARTEFACT = "analysis_weights.json"
# The messages it was learned from are few: what the lexicon hears keeps the upper hand.
TRUST = 0.9
_Table = tuple[tuple[str, ...], dict[str, int], npt.NDArray[np.float64]]


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The labels, and for each clue what it adds to the log-odds of some, by their number."""

    labels: tuple[str, ...]
    clues: dict[str, dict[int, float]]


def lean(clues: Mapping[str, float]) -> dict[str, float]:
    """Return the log-odds that `clues` add to each label; a label not named gets none."""
    labels, places, matrix = _table()
    known = [clue for clue in clues if clue in places]
    strengths = np.array([clues[clue] for clue in known])
    odds = TRUST * (strengths @ matrix[[places[clue] for clue in known]])
    return {label: value for label, value in zip(labels, odds.tolist(), strict=True) if value}


@cache
def _weights() -> Weights:
    """Return the packaged weights; they never change."""
    packaged = files(__package__).joinpath("lexicons", ARTEFACT)
    return msgspec.json.decode(packaged.read_bytes(), type=Weights)


@cache
def _table() -> _Table:
    """Return the labels, the row of each clue, and the rows: what a clue adds to each label."""
    weights = _weights()
    matrix = np.zeros((len(weights.clues), len(weights.labels)))
    for row, adds in enumerate(weights.clues.values()):
        matrix[row, list(adds)] = list(adds.values())
    return weights.labels, {clue: row for row, clue in enumerate(weights.clues)}, matrix
