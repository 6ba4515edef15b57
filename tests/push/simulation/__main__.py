"""Live through many worlds: python -m tests.push.simulation --worlds 10000 [--first 0] [--clear].

In clear ones nothing is told twice; in the others once more at most when nobody knows.
"""

import argparse
import asyncio
import sys
from collections import Counter

from tests.virtual_time import VirtualTimeLoop

from .promises import broken
from .world import World, lived


def _one(seed: int, *, clear: bool) -> World:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(lived(seed, clear=clear))


def _main(worlds: int, first: int, *, clear: bool) -> int:
    totals: Counter[str] = Counter()
    for seed in range(first, first + worlds):
        world = _one(seed, clear=clear)
        faults = broken(world)
        for fault in faults:
            print(f"seed {seed}: {fault}")
        totals += world.figures() + Counter(worlds=1, broken=bool(faults))
        world.store.close()
    for name, count in totals.items():
        print(f"{name:>12} {count}")
    return 1 if totals["broken"] else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--clear", action="store_true")
    chosen = parser.parse_args()
    sys.exit(_main(chosen.worlds, chosen.first, clear=chosen.clear))
