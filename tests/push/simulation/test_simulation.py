"""Every promise holds in many worlds; `python -m tests.push.simulation 10000` has more of them."""

import asyncio

import pytest

from tests.virtual_time import VirtualTimeLoop

from .promises import broken
from .world import lived

_SEEDS = 15


def faults(seed: int, *, clear: bool) -> list[str]:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        world = runner.run(lived(seed, clear=clear))
        found = broken(world)
    world.store.close()
    return found


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_g2_nothing_is_lost_and_at_most_one_request_is_extra(seed: int) -> None:
    assert faults(seed, clear=False) == []


@pytest.mark.parametrize("seed", range(_SEEDS))
def test_g11_nothing_is_told_twice_while_requests_are_answered(seed: int) -> None:
    assert faults(seed, clear=True) == []
