"""Which faults happen when: a pure function of a seed."""

import random
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

__all__ = ["CLUSTER", "EMBEDDED", "Fault", "Kind", "Plan", "schedule"]

Kind = Literal[
    "kill server",
    "pause server",
    "drain server",
    "kill log",
    "kill documents",
    "cut",
    "cut request",
    "cut answer",
    "delay",
    "stall",
    "half open",
    "refuse",
]
LEASE_S = 6.0
_LINE: tuple[Kind, ...] = ("cut", "cut request", "cut answer", "delay", "stall", "half open")


class Plan(Struct, frozen=True, kw_only=True):
    """What may go wrong with a house of `servers`; `weights` say how often, relatively."""

    servers: int
    weights: dict[Kind, int]


class Fault(Struct, frozen=True, kw_only=True):
    """Something that goes wrong `at_s` seconds after the start and is over `lasts_s` later.

    `target` is the server (or the line to it). `amount` is the bytes that still pass for a cut
    request or answer, the milliseconds of a delay.
    """

    at_s: float
    kind: Kind
    target: int
    lasts_s: float
    amount: int = 0

    @property
    def until_s(self) -> float:
        """When it is over."""
        return self.at_s + self.lasts_s

    @property
    def room(self) -> str:
        """Name what is broken meanwhile: two faults never share a room at a time."""
        if self.kind in ("kill log", "kill documents"):
            return self.kind
        return f"{'line' if self.kind in (*_LINE, 'refuse') else 'server'} {self.target}"


CLUSTER = Plan(
    servers=3,
    weights={
        "kill server": 5,
        "pause server": 2,
        "drain server": 2,
        "kill log": 2,
        "kill documents": 2,
        "cut": 5,
        "cut request": 4,
        "cut answer": 5,
        "delay": 3,
        "stall": 3,
        "half open": 3,
        "refuse": 2,
    },
)
EMBEDDED = Plan(
    servers=1,
    weights={
        "kill server": 4,
        "drain server": 1,
        "kill log": 3,
        "cut": 4,
        "cut request": 4,
        "cut answer": 4,
        "delay": 2,
        "stall": 2,
        "half open": 2,
        "refuse": 1,
    },
)
_LASTS_S: dict[Kind, tuple[float, float]] = {
    "kill server": (0.0, 3.0),
    "pause server": (LEASE_S + 1.0, LEASE_S + 2.5),
    "drain server": (0.0, 1.0),
    "kill log": (0.1, 3.0),
    "kill documents": (0.1, 2.0),
    "cut": (0.0, 0.0),
    "cut request": (0.0, 0.0),
    "cut answer": (0.0, 0.0),
    "delay": (0.5, 3.0),
    "stall": (0.5, 4.0),
    "half open": (0.5, 4.0),
    "refuse": (0.2, 2.0),
}
_AMOUNT: dict[Kind, tuple[int, int]] = {
    "cut request": (0, 900),
    "cut answer": (0, 6000),
    "delay": (20, 400),
}


def schedule(
    seed: int, duration_s: float, plan: Plan, *, every_s: float = 0.8
) -> tuple[Fault, ...]:
    """Return faults in order of time, about one every `every_s`, all over at `duration_s`.

    Each kind comes once before any comes at random, as far as the time allows. One server at
    least is neither killed, paused nor drained at any moment, unless there is but one.
    """
    draw = random.Random(seed)
    kinds = list(plan.weights)
    chances = list(plan.weights.values())
    wanted = sorted(kinds, key=lambda kind: (-_LASTS_S[kind][1], draw.random()))
    count = max(1, round(duration_s / every_s))
    wanted += draw.choices(kinds, chances, k=max(0, count - len(kinds)))
    faults: list[Fault] = []
    for kind in wanted:
        for _ in range(20):
            fault = _drawn(draw, kind, duration_s, plan)
            if fault is not None and _fits(fault, faults, plan):
                faults.append(fault)
                break
    return tuple(sorted(faults, key=lambda each: each.at_s))


def _drawn(draw: random.Random, kind: Kind, duration_s: float, plan: Plan) -> Fault | None:
    lasts_s = round(draw.uniform(*_LASTS_S[kind]), 2)
    latest_s = duration_s - lasts_s
    if latest_s <= 0:
        return None
    return Fault(
        at_s=round(draw.uniform(0, latest_s), 2),
        kind=kind,
        target=draw.randrange(plan.servers),
        lasts_s=lasts_s,
        amount=draw.randint(*_AMOUNT.get(kind, (0, 0))),
    )


def _fits(fault: Fault, faults: Sequence[Fault], plan: Plan) -> bool:
    meanwhile = [each for each in faults if _overlap(each, fault)]
    if fault.room in {each.room for each in meanwhile}:
        return False
    if plan.servers == 1 or not fault.room.startswith("server"):
        return True
    # counts faults that touch this one, not one another: stricter than it must be, and simple
    down = {each.room for each in meanwhile if each.room.startswith("server")}
    return len(down) < plan.servers - 1


def _overlap(one: Fault, other: Fault) -> bool:
    return one.at_s <= other.until_s and other.at_s <= one.until_s
