"""What tells whether a persona suited: each signal on one scale, 0 (no) to 1 (yes)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from schemas.resources import Rating

__all__ = [
    "FOLLOW_UP_WITHIN",
    "RETURN_WITHIN",
    "VALUES",
    "WEIGHTS",
    "Kind",
    "Outcome",
    "of_gap",
    "of_rating",
    "outcome",
]

Kind = Literal["override", "rating", "regenerate", "stop", "follow_up", "return"]

# They sum to 1: a turn of which everything is known weighs 1.
WEIGHTS: Mapping[Kind, float] = MappingProxyType(
    {
        "override": 0.40,
        "rating": 0.20,
        "regenerate": 0.20,
        "stop": 0.10,
        "follow_up": 0.06,
        "return": 0.04,
    }
)
_SHARES = tuple(WEIGHTS.items())
# What happens mostly says little: to go on, or not, stays near one half.
VALUES: Mapping[str, float] = MappingProxyType(
    {
        "picked": 1.0,
        "passed_over": 0.0,
        "regenerated": 0.0,
        "stopped": 0.25,
        "went_on": 0.53,
        "did_not_go_on": 0.49,
        "came_back": 0.53,
        "stayed_away": 0.48,
    }
)
OBSERVATIONS = 3.0
FOLLOW_UP_WITHIN = timedelta(minutes=30)
RETURN_WITHIN = timedelta(days=1)


class Outcome(Struct, frozen=True, kw_only=True):
    """How well a persona suited in one turn (0 to 1), and how many observations that is worth."""

    reward: float
    count: float


def outcome(signals: Mapping[str, float]) -> Outcome | None:
    """Return the weighted mean of the known signals, worth 3 observations times their weights.

    None when nothing is known.
    """
    weight = total = 0.0
    for kind, share in _SHARES:
        if kind in signals:
            weight += share
            total += share * signals[kind]
    if weight == 0.0:
        return None
    reward = total / weight
    return Outcome(reward=min(1.0, max(0.0, reward)), count=OBSERVATIONS * weight)


def of_rating(rating: Rating, stars: int | None) -> float | None:
    """Return the value of a thumb, or of 1 to 5 stars, which say more; None takes it back."""
    if stars is not None:
        return (stars - 1) / 4
    return None if rating == 0 else (rating + 1) / 2


def of_gap(gap: timedelta, *, same_session: bool) -> dict[Kind, float]:
    """Return what the time until the user's next message says of the answer before it."""
    if same_session and gap <= FOLLOW_UP_WITHIN:
        return {"follow_up": VALUES["went_on"]}
    back = "came_back" if gap <= RETURN_WITHIN else "stayed_away"
    return {"follow_up": VALUES["did_not_go_on"], "return": VALUES[back]}
