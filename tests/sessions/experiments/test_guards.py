"""What is counted of turns in experiments, and what is rolled back by itself, on real SQLite."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from msgspec import structs

from sessions.archive import COLLECTIONS, TurnDocument
from sessions.errors import Conflict
from sessions.experiments.documents import EXPERIMENTS
from sessions.experiments.experiment import Experiment, Metric, Step
from sessions.experiments.experiments import Experiments
from sessions.experiments.guarded_learner import GuardedLearner
from sessions.experiments.guards import TURN_FAILED, TURN_MS, Guards
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.turns import AT, session, turn

EXPERIMENT = Experiment(
    name="e",
    salt="s",
    control="control",
    steps=(Step(share=1.0, weights={"control": 1.0, "new": 1.0}),),
    metrics=(
        Metric(name=TURN_FAILED, kind="rate", better="lower", guard=True),
        Metric(name=TURN_MS, kind="mean", better="lower"),
    ),
)


class House:
    """One process with its guards."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.documents, self.clock, names = documents, FakeClock(), Pseudonyms("secret")
        self.experiments = Experiments(documents=documents, clock=self.clock, names=names)
        self.guards = Guards(self.experiments)
        self.learner = GuardedLearner(
            documents=documents, clock=self.clock, names=names, guards=self.guards
        )

    async def answer(self, *, harm: str | None, users: int = 80) -> None:
        """Give users their variants and end two turns of each; those of `harm` fail."""
        for number in range(users):
            user = f"u_{number}"
            fails = await self.experiments.expose("e", user) == harm
            for n in (1, 2):
                await self.learner.ended(ended(n, user, fails=fails), session(), None)
        await self.guards.write()

    async def reason(self) -> tuple[str, str]:
        stored = await self.documents.get(EXPERIMENTS, "e")
        assert stored is not None
        return stored.experiment.state, stored.reason


def ended(number: int, user_id: str, *, fails: bool) -> TurnDocument:
    """Return a turn that took as many seconds as its number, or failed."""
    made = turn(number, user_id=user_id, created_at=AT - timedelta(seconds=number))
    if not fails:
        return made
    return structs.replace(made, state="failed", failure="provider_timeout", answer=None)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    documents = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await documents.open()
    house = House(documents)
    await house.experiments.start(EXPERIMENT)
    await house.experiments.refresh()
    yield house
    await documents.aclose()


async def test_turns_are_counted_in_memory_and_written_down_together(house: House) -> None:
    await house.answer(harm="new")
    _, report = await house.experiments.report("e")
    failed, took = report.findings

    assert (failed.control.mean, failed.treated.mean) == (0.0, 1.0)
    assert took.control.mean == 1500.0
    assert took.treated.count == 0


async def test_a_broken_guard_rolls_back_by_itself_and_says_why(house: House) -> None:
    await house.answer(harm="new")
    with structlog.testing.capture_logs() as logs:
        await house.guards.judge()
        await house.guards.judge()
    state, reason = await house.reason()

    assert state == "rolled_back"
    assert reason.startswith("guard broken: turn_failed of new (p = ")
    assert [each["event"] for each in logs] == ["experiment_rolled_back"]
    assert await house.experiments.expose("e", "u_1") is None


@pytest.mark.parametrize("harm", ["control", None])
async def test_what_harms_nobody_runs_on(house: House, harm: str | None) -> None:
    await house.answer(harm=harm)
    await house.guards.judge()

    assert await house.reason() == ("running", "")


async def test_one_process_of_several_rolls_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.answer(harm="new")

    async def late(*_: object, **__: object) -> None:
        raise Conflict

    monkeypatch.setattr(house.experiments, "change", late)
    await house.guards.judge()

    assert (await house.reason())[0] == "running"


async def test_nothing_is_held_of_what_no_experiment_measures(house: House) -> None:
    house.guards.ended(turn(1, state="stopped"))
    await house.experiments.change("e", lambda each: each)
    other = Experiments(documents=house.documents, clock=house.clock, names=Pseudonyms("secret"))
    idle = Guards(other)
    idle.ended(turn(1))

    assert not house.guards.held
    assert not idle.held
