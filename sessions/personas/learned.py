"""What clues were learned to speak for, from the messages that tests/ labels."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

__all__ = ["ARTEFACT", "Weights", "lean"]

ARTEFACT = "analysis_weights.json"
# The messages it was learned from are few: what the lexicon hears keeps the upper hand.
TRUST = 0.9
_NONE: dict[int, float] = {}


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The labels, and for each clue what it adds to the log-odds of some, by their number."""

    labels: tuple[str, ...]
    clues: dict[str, dict[int, float]]


def lean(clues: Mapping[str, float]) -> dict[str, float]:
    """Return the log-odds that `clues` add to each label; a label not named gets none."""
    weights = _weights()
    odds = [0.0] * len(weights.labels)
    for clue, strength in clues.items():
        for label, weight in weights.clues.get(clue, _NONE).items():
            odds[label] += strength * weight
    return {
        label: TRUST * value for label, value in zip(weights.labels, odds, strict=True) if value
    }


@cache
def _weights() -> Weights:
    """Return the packaged weights; they never change."""
    packaged = files(__package__).joinpath("lexicons", ARTEFACT)
    return msgspec.json.decode(packaged.read_bytes(), type=Weights)
