"""Live through as many worlds as asked: python -m tests.push.simulation 10000 [first seed]."""

import asyncio
import sys
from collections import Counter

from tests.virtual_time import VirtualTimeLoop

from .promises import broken
from .world import World, lived


def _one(seed: int) -> World:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(lived(seed))


def _main(worlds: int, first: int) -> int:
    totals: Counter[str] = Counter()
    for seed in range(first, first + worlds):
        world = _one(seed)
        faults = broken(world)
        for fault in faults:
            print(f"seed {seed}: {fault}")
        totals += world.figures() + Counter(worlds=1, broken=bool(faults))
        world.store.close()
    for name, count in totals.items():
        print(f"{name:>12} {count}")
    return 1 if totals["broken"] else 0


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    sys.exit(_main(*[*numbers, *[100, 0][len(numbers) :]]))
