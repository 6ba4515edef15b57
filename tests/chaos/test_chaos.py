"""A short run of each house; `make chaos` breaks them for longer."""

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.chaos.evidence import Evidence
from tests.chaos.harness import run
from tests.chaos.house import House, cluster, embedded
from tests.chaos.report import print_outcome
from tests.chaos.schedule import CLUSTER, EMBEDDED, Plan

Open = Callable[[Path, int], AbstractAsyncContextManager[House]]


@pytest.mark.parametrize(
    ("name", "plan", "open_house", "seconds"),
    [("cluster", CLUSTER, cluster, 9.0), ("embedded", EMBEDDED, embedded, 5.0)],
    ids=["cluster", "embedded"],
)
async def test_nothing_that_was_promised_breaks(
    name: str, plan: Plan, open_house: Open, seconds: float
) -> None:
    seed = secrets.randbelow(2**32)
    print(f"seed {seed}")
    with Evidence(name, seed) as evidence:
        outcome = await run(
            seed,
            seconds,
            plan=plan,
            open_house=open_house,
            directory=evidence.directory,
            journal=evidence.journal,
        )
        evidence.violations = outcome.violations
    print_outcome(name, outcome)

    assert outcome.violations == []
    assert outcome.injected["kill server"] >= 1
    assert outcome.journal.did["sends wanted"] >= 3
