"""Logs of choices in worlds whose truth is known."""

from collections.abc import Callable
from random import Random
from typing import Any

from sessions.profiles.documents import Chosen
from sessions.profiles.policy import STEADY, Policy, leaning, propensities
from sessions.profiles.replay import Logged

__all__ = [
    "NAMES",
    "Truth",
    "context",
    "elro_is_better",
    "fields",
    "likes_nothing",
    "likes_pull",
    "logged",
]

NAMES = ("lua", "elro", "riri", "nana")
Truth = Callable[[Chosen, str], float]


def context(random: Random, policy: Policy = STEADY) -> Chosen:
    """Return an explorable turn in which all personas are close, so that all have a chance."""
    raw = [random.uniform(0.85, 1.0) for _ in NAMES]
    pulls = {name: random.uniform(-0.06, 0.06) for name in NAMES}
    probabilities = {name: each / sum(raw) for name, each in zip(NAMES, raw, strict=True)}
    return Chosen(
        persona="lua",
        intent=random.choice(["planning", "learning"]),
        mood="level",
        probabilities=probabilities,
        leaning=leaning(policy, pulls),
        pulls=pulls,
        propensities=propensities(policy, probabilities, explorable=True),
        policy=policy.name,
        explorable=True,
    )


def likes_pull(chosen: Chosen, persona: str) -> float:
    """A world in which what was learned is right."""
    return 0.5 + 6.0 * chosen.pulls[persona]


def likes_nothing(chosen: Chosen, persona: str) -> float:
    """A world in which it does not matter who answers."""
    return 0.5


def logged(count: int, truth: Truth, *, seed: int = 1, policy: Policy = STEADY) -> list[Logged]:
    """Return choices of a policy and whether each was liked."""
    random = Random(seed)
    rows = []
    for number in range(count):
        chosen = context(random, policy)
        able = {name: chance for name, chance in chosen.propensities.items() if chance}
        persona = random.choices(list(able), list(able.values()))[0]
        rows.append(
            Logged(
                user=f"u{number % 400}",
                chosen=Chosen(**{**fields(chosen), "persona": persona}),
                propensity=able[persona],
                reward=float(random.random() < truth(chosen, persona)),
            )
        )
    return rows


def fields(chosen: Chosen) -> dict[str, Any]:
    """Return a choice's fields by name."""
    return {name: getattr(chosen, name) for name in chosen.__struct_fields__}


def elro_is_better(count: int) -> list[Logged]:
    """Return choices by a fair coin where Elro, whom steady would choose, is liked much more."""
    random = Random(3)
    rows = []
    for number in range(count):
        chosen = Chosen(
            persona="lua",
            intent="planning",
            mood="level",
            probabilities={"lua": 0.5, "elro": 0.44, "riri": 0.03, "nana": 0.03},
            leaning={},
            pulls={"lua": -0.05, "elro": 0.05},
            propensities={"lua": 0.5, "elro": 0.5, "riri": 0.0, "nana": 0.0},
            policy="router",
            explorable=True,
        )
        persona = random.choice(["lua", "elro"])
        liked = random.random() < (0.75 if persona == "elro" else 0.35)
        rows.append(
            Logged(
                user=f"u{number % 300}",
                chosen=Chosen(**{**fields(chosen), "persona": persona}),
                propensity=0.5,
                reward=float(liked),
            )
        )
    return rows
