"""A short run; `make chaos-push` kills workers for longer."""

import secrets
from pathlib import Path

from tests.chaos_push.checks import broken
from tests.chaos_push.report import print_outcome
from tests.chaos_push.run import Plan, run

# other tests have the machine too
_SHORT = Plan(answers=60, users=20, pause_s=0.2, life_s=0.8, burst=12, slack_s=30.0)


async def test_g2_killed_workers_lose_nothing_and_ask_once_more_at_most(tmp_path: Path) -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    outcome = await run(seed, _SHORT, tmp_path)
    print_outcome(outcome)
    assert broken(outcome) == []
    assert len(outcome.kills) >= 1
