"""Who gets which variant: the same for ever, without anything stored."""

from collections.abc import Mapping
from hashlib import blake2b

from .experiment import Experiment

__all__ = ["assign"]

_BITS = 53


def assign(experiment: Experiment, user_id: str) -> str | None:
    """Return the variant of a user; None: the user takes no part, or the experiment is over.

    A first hash tells whether and at which step a user comes in, an independent second one which
    variant of that step. More steps therefore bring in others and move nobody.
    """
    if experiment.state != "running":
        return None
    place = _uniform(experiment, "share", user_id)
    for step in experiment.steps:
        if place < step.share:
            return _pick(step.weights, _uniform(experiment, "variant", user_id))
    return None


def _pick(weights: Mapping[str, float], place: float) -> str:
    # by name: a document gives its fields back in any order
    names = sorted(weights)
    left = place * sum(weights.values())
    for name in names:
        left -= weights[name]
        if left < 0:
            return name
    return names[-1]


def _uniform(experiment: Experiment, what: str, user_id: str) -> float:
    """Return a number from 0 to 1 (excluded) that depends on nothing but its arguments."""
    parts = (experiment.name, experiment.salt, what, user_id)
    text = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    digest = blake2b(text, digest_size=8).digest()
    place: float = (int.from_bytes(digest, "big") >> (64 - _BITS)) / (1 << _BITS)
    return place
