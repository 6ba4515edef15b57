"""`make chaos SECONDS=120 SEED=7`: break the product for a while and see what it keeps."""

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from tests.chaos.evidence import Evidence
from tests.chaos.harness import run
from tests.chaos.house import cluster, embedded
from tests.chaos.report import print_outcome
from tests.chaos.schedule import CLUSTER, EMBEDDED

HOUSES = {"cluster": (CLUSTER, cluster), "embedded": (EMBEDDED, embedded)}


def main() -> int:
    """Run both houses, or the one named; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120, help="how long faults last")
    parser.add_argument("--seed", type=int, default=None, help="0 to 2**32; else by chance")
    parser.add_argument("--house", choices=[*HOUSES, "both"], default="both")
    parser.add_argument("--users", type=int, default=3)
    parser.add_argument("--keep", type=Path, default=None, help="keep data and logs here")
    chosen = parser.parse_args()
    seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    names = [*HOUSES] if chosen.house == "both" else [chosen.house]
    share_s = chosen.seconds / len(names)
    return max(_one(name, seed, share_s, chosen) for name in names)


def _one(name: str, seed: int, seconds: float, chosen: argparse.Namespace) -> int:
    plan, open_house = HOUSES[name]
    print(f"{name}: {seconds:.0f} s of faults", flush=True)
    directory = chosen.keep / name if chosen.keep else None
    with Evidence(name, seed, directory=directory) as evidence:
        outcome = asyncio.run(
            run(
                seed,
                seconds,
                plan=plan,
                open_house=open_house,
                directory=evidence.directory,
                journal=evidence.journal,
                n_users=chosen.users,
                say=lambda line: print(line, flush=True),
            )
        )
        evidence.violations = outcome.violations
    print_outcome(name, outcome)
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
