"""The bandit: how strongly what was learned speaks, and how gently chance is let in.

The top persona is chosen but for a small, known chance of another that fits nearly as well: a
sharpened softmax of the calibrated probabilities mixed with a floor (exponential weights with
uniform exploration: Auer, Cesa-Bianchi, Freund & Schapire, "The nonstochastic multiarmed bandit
problem", SIAM J. Comput. 32(1), 2002). The floor bounds importance weights by 1 / floor.
"""

import math
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

from msgspec import Struct, structs

__all__ = ["POLICIES", "STEADY", "Policy", "draw", "leaning", "policy_from", "propensities"]

_MOST_LEAST = 0.05
_ALL_OTHERS = 0.1


class Policy(Struct, frozen=True, kw_only=True):
    """The parameters of a policy.

    A pull (-1 to 1) becomes log-odds by `gain`, at most `cap`. Personas whose probability is at
    least `negligible` have at least the chance `floor`, all others `least`; the rest goes to the
    former by probability to the power of `boost`. Without a `floor` chance never chooses.
    """

    name: str
    gain: float = 17.0
    cap: float = 3.5
    floor: float = 0.03
    boost: float = 8.0
    negligible: float = 0.2
    least: float = 0.005

    def parameters(self) -> dict[str, float]:
        """Return all but the name."""
        return {name: value for name, value in structs.asdict(self).items() if name != "name"}


STEADY = Policy(name="steady")
POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        each.name: each
        for each in (
            STEADY,
            Policy(name="router", gain=0.0),
            Policy(name="careful", gain=10.0, cap=2.0),
            Policy(name="bold", gain=25.0, cap=5.0),
        )
    }
)


def policy_from(name: str, parameters: Mapping[str, float]) -> Policy:
    """Return a policy from its stored parameters; raises ValueError when they make none.

    Numbers must be finite; `floor` is below 0.2, `negligible` between twice the floor and 1,
    `least` at most 0.05.
    """
    try:
        policy = Policy(name=name, **{key: float(value) for key, value in parameters.items()})
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from None
    sound = (
        all(map(math.isfinite, policy.parameters().values()))
        and policy.gain >= 0
        and policy.cap >= 0
        and 0 <= policy.floor < 0.2
        and policy.boost >= 1
        and 2 * policy.floor <= policy.negligible <= 1
        and 0 <= policy.least <= _MOST_LEAST
    )
    if not sound:
        raise ValueError(f"{name}: its parameters are out of bounds")
    return policy


def leaning(policy: Policy, pulls: Mapping[str, float]) -> dict[str, float]:
    """Return log-odds by persona, each within the cap."""
    cap = policy.cap
    return {one: max(-cap, min(cap, policy.gain * pull)) for one, pull in pulls.items() if pull}


def propensities(
    policy: Policy, probabilities: Mapping[str, float], *, explorable: bool
) -> dict[str, float]:
    """Return with which chance each persona is chosen; they sum to 1.

    Nobody has one beside the most likely persona when chance must not choose.
    """
    top = max(probabilities, key=lambda one: probabilities[one])
    if not explorable or policy.floor == 0:
        return {one: float(one == top) for one in probabilities}
    sharp = {
        one: (chance / probabilities[top]) ** policy.boost
        for one, chance in probabilities.items()
        if chance >= policy.negligible or one == top
    }
    # however many there are, they take little from those that fit
    least = min(policy.least, policy.floor, _ALL_OTHERS / len(probabilities))
    floors = {one: policy.floor if one in sharp else least for one in probabilities}
    free = (1.0 - sum(floors.values())) / sum(sharp.values())
    return {one: floors[one] + free * sharp.get(one, 0.0) for one in probabilities}


def draw(chances: Mapping[str, float], seed: str) -> str:
    """Return one name by its chance; the same for the same seed, so that a retry changes nothing.

    The seed's SHA-256 is the point in the unit interval.
    """
    point = int.from_bytes(sha256(seed.encode()).digest()[:7], "big") / 2**56
    for one, chance in chances.items():
        point -= chance
        if point < 0:
            return one
    return max(chances, key=lambda one: chances[one])
