"""What another policy would have been worth, from the log of choices.

Three estimators of the mean reward: inverse propensity scoring (IPS: Horvitz & Thompson, JASA 47,
1952), self-normalised IPS (Swaminathan & Joachims, "The self-normalized estimator for
counterfactual learning", NIPS 2015), and doubly robust (Dudík, Langford & Li, "Doubly robust policy
evaluation and learning", ICML 2011; Dudík, Erhan, Langford & Li, Statistical Science 29(4), 2014).
Intervals are normal ones of 95 %; rows of one user are not independent, so the variance is that of
the users' sums.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from .documents import Chosen
from .policy import Policy, leaning, propensities

__all__ = ["Estimate", "Evaluation", "Logged", "decisions", "evaluate", "usable"]

Z95 = 1.959964
FOLDS = 5
SHRINKAGE = 5.0
_LEAST = 1e-6


class Logged(Struct, frozen=True, kw_only=True):
    """A row of the log of choices as it is replayed; other fields of the row are ignored."""

    user: str
    chosen: Chosen
    propensity: float
    reward: float | None = None


class Estimate(Struct, frozen=True, kw_only=True):
    """A mean reward (0 to 1) and its 95 % interval."""

    value: float
    low: float
    high: float


class Evaluation(Struct, frozen=True, kw_only=True):
    """A policy on a log of `rows` by `users`.

    `support` is the share of the policy's choices that the log could have made, `effective` how
    many evenly weighted rows the weighted ones are worth.
    """

    policy: str
    rows: int
    users: int
    ips: Estimate
    snips: Estimate
    dr: Estimate
    support: float
    effective: float


def usable(rows: Sequence[Logged]) -> list[Logged]:
    """Return rows that tell of a policy: the user did not choose, and the reward is known."""
    return [
        row
        for row in rows
        if row.reward is not None and not row.chosen.pinned and row.propensity > 0
    ]


def decisions(policy: Policy, chosen: Chosen) -> dict[str, float]:
    """Return with which chances a policy would have chosen each persona in a logged turn.

    Its own leaning takes the place of the logged one in the calibrated probabilities.
    """
    fresh = leaning(policy, chosen.pulls)
    raw = {
        one: max(chance, _LEAST) * math.exp(fresh.get(one, 0.0) - chosen.leaning.get(one, 0.0))
        for one, chance in chosen.probabilities.items()
    }
    total = sum(raw.values())
    probabilities = {one: value / total for one, value in raw.items()}
    return propensities(policy, probabilities, explorable=chosen.explorable)


def evaluate(policy: Policy, rows: Sequence[Logged]) -> Evaluation:
    """Return the policy's estimates on usable rows; raises ValueError without any."""
    if not rows:
        raise ValueError("there is no row with a reward that a policy chose")
    chances = [decisions(policy, row.chosen) for row in rows]
    weights = [
        chance[row.chosen.persona] / row.propensity
        for chance, row in zip(chances, rows, strict=True)
    ]
    rewards = [row.reward or 0.0 for row in rows]
    users = [row.user for row in rows]
    weighed = [weight * reward for weight, reward in zip(weights, rewards, strict=True)]
    supported = [
        sum(chance for one, chance in each.items() if row.chosen.propensities.get(one, 0.0) > 0)
        for each, row in zip(chances, rows, strict=True)
    ]
    return Evaluation(
        policy=policy.name,
        rows=len(rows),
        users=len(set(users)),
        ips=_mean(weighed, users),
        snips=_ratio(weights, rewards, users),
        dr=_mean(_doubly_robust(rows, chances, weights, rewards), users),
        support=sum(supported) / len(rows),
        effective=sum(weights) ** 2 / max(_LEAST, sum(weight * weight for weight in weights)),
    )


def _mean(values: Sequence[float], users: Sequence[str]) -> Estimate:
    value = sum(values) / len(values)
    return _interval(value, [each - value for each in values], users)


def _ratio(weights: Sequence[float], rewards: Sequence[float], users: Sequence[str]) -> Estimate:
    """Return sum(w r) / sum(w), with the interval of its linearisation."""
    total = sum(weights)
    if total == 0:
        return Estimate(value=0.0, low=0.0, high=1.0)
    value = sum(w * r for w, r in zip(weights, rewards, strict=True)) / total
    scale = len(weights) / total
    influence = [w * (r - value) * scale for w, r in zip(weights, rewards, strict=True)]
    return _interval(value, influence, users)


def _interval(value: float, influence: Sequence[float], users: Sequence[str]) -> Estimate:
    sums: dict[str, float] = defaultdict(float)
    for user, each in zip(users, influence, strict=True):
        sums[user] += each
    count = len(sums)
    if count < 2:
        return Estimate(value=value, low=-math.inf, high=math.inf)
    variance = count / (count - 1) * sum(each * each for each in sums.values())
    half = Z95 * math.sqrt(variance) / len(influence)
    return Estimate(value=value, low=value - half, high=value + half)


def _doubly_robust(
    rows: Sequence[Logged],
    chances: Sequence[dict[str, float]],
    weights: Sequence[float],
    rewards: Sequence[float],
) -> list[float]:
    """Return what the reward model expects of the policy plus the weighted error of the model."""
    folds = [_fold(row.user) for row in rows]
    models = [
        _Rewards([row for row, its in zip(rows, folds, strict=True) if its != fold])
        for fold in range(FOLDS)
    ]
    found = []
    for row, fold, chance, weight, reward in zip(
        rows, folds, chances, weights, rewards, strict=True
    ):
        model, intent = models[fold], row.chosen.intent
        expected = sum(each * model.of(intent, one) for one, each in chance.items() if each)
        found.append(expected + weight * (reward - model.of(intent, row.chosen.persona)))
    return found


class _Rewards:
    """The reward model: means by intent and persona, shrunk to the persona's, then to all."""

    def __init__(self, rows: Sequence[Logged]) -> None:
        self._sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            for intent, persona in (
                ("", ""),
                ("", row.chosen.persona),
                (row.chosen.intent, row.chosen.persona),
            ):
                sums = self._sums[intent, persona]
                sums[0] += row.reward or 0.0
                sums[1] += 1.0

    def of(self, intent: str, persona: str) -> float:
        """Return the expected reward."""
        expected = 0.5
        for place in (("", ""), ("", persona), (intent, persona)):
            total, count = self._sums.get(place, (0.0, 0.0))
            expected = (total + SHRINKAGE * expected) / (count + SHRINKAGE)
        return expected


def _fold(user: str) -> int:
    """Return the fold of a user: nobody's own rows shape the model of their rewards."""
    return sha256(user.encode()).digest()[0] % FOLDS
