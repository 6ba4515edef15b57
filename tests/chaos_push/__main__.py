"""`make chaos-push SEED=7`: kill the workers of the outbox while 2,000 notifications go out."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from msgspec.structs import replace

from tests.chaos_push.checks import broken
from tests.chaos_push.report import print_outcome
from tests.chaos_push.run import Plan, run


def main() -> int:
    """Run once; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notifications", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=None, help="0 to 2**32; else by chance")
    chosen = parser.parse_args()
    seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    plan = replace(Plan(), answers=chosen.notifications)
    with tempfile.TemporaryDirectory(prefix="ion-chaos-") as made:
        outcome = asyncio.run(run(seed, plan, Path(made), say=lambda line: print(line, flush=True)))
    print_outcome(outcome)
    return 1 if broken(outcome) else 0


if __name__ == "__main__":
    sys.exit(main())
