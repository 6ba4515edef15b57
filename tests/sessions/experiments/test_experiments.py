"""Exposures and outcomes as they are kept, on real SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sessions.archive import COLLECTIONS
from sessions.errors import Duplicate, NotFound
from sessions.experiments.canary import stop, widened
from sessions.experiments.documents import EXPOSURES, ExposureDocument
from sessions.experiments.experiment import Experiment, Metric, Step
from sessions.experiments.experiments import Experiments
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock

EXPERIMENT = Experiment(
    name="e",
    salt="s",
    control="control",
    steps=(Step(share=0.5, weights={"control": 1.0, "new": 1.0}),),
    metrics=(Metric(name="helped", kind="rate"), Metric(name="rating", kind="mean")),
)


class House:
    """Two processes on the same documents, and a clock."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.documents = documents
        self.clock = FakeClock()
        self.one, self.two = self.process(), self.process()

    def process(self) -> Experiments:
        names = Pseudonyms("secret")
        return Experiments(documents=self.documents, clock=self.clock, names=names)

    async def exposures(self) -> list[ExposureDocument]:
        return await self.documents.find(EXPOSURES, "by_experiment", {"experiment": "e"}, limit=999)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    documents = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await documents.open()
    house = House(documents)
    await house.one.start(EXPERIMENT)
    for each in (house.one, house.two):
        await each.refresh()
    yield house
    await documents.aclose()


async def test_a_user_is_exposed_once_at_the_first_time(house: House) -> None:
    first = house.clock.now()
    given = []
    for experiments in (house.one, house.one, house.two, house.process()):
        await experiments.refresh()
        given.append([await experiments.expose("e", f"u_{number}") for number in range(20)])
        house.clock.advance(60)
    exposures = await house.exposures()

    assert all(each == given[0] for each in given)
    assert len(exposures) == sum(each is not None for each in given[0])
    assert {each.at for each in exposures} == {first}
    assert not any("u_" in each.id.removeprefix("pu_") for each in exposures)


async def test_outcomes_are_counted_by_user(house: House) -> None:
    for number in range(300):
        user = f"u_{number}"
        variant = await house.one.expose("e", user)
        for value in (1, 0, 1) if variant == "new" else (0, 0):
            await house.two.record("helped", user, value)
            await house.two.record("rating", user, value)
    _, report = await house.one.report("e")
    helped, rating = report.findings

    assert report.counts == {"control": helped.control.count, "new": helped.treated.count}
    assert (helped.control.mean, helped.treated.mean) == (0.0, 1.0)
    assert rating.treated.mean == pytest.approx(2 / 3)
    assert not report.mismatch


async def test_nothing_is_noted_of_users_who_were_given_nothing(house: House) -> None:
    for number in range(20):
        await house.one.record("helped", f"u_{number}", 1)
    await house.one.record("unknown", "u_1", 1)

    assert await house.exposures() == []


async def test_more_exposures_than_a_page_are_all_reported(house: House) -> None:
    given = [await house.one.expose("e", f"u_{number}") for number in range(1_300)]
    for number in range(1_300, 3_000):
        house.clock.advance(0.001)
        given.append(await house.one.expose("e", f"u_{number}"))
    _, report = await house.one.report("e")

    assert sum(report.counts.values()) == sum(each is not None for each in given)


async def test_other_processes_learn_of_changes_when_they_refresh(house: House) -> None:
    users = [f"u_{number}" for number in range(40)]
    before = [await house.two.expose("e", user) for user in users]
    await house.one.change("e", lambda it: widened(widened(it)) if it.share < 0.25 else widened(it))
    await house.two.refresh()
    wide = [await house.two.expose("e", user) for user in users]
    await house.one.change("e", stop)
    await house.two.refresh()

    assert None in before
    assert all(old in (None, new) for old, new in zip(before, wide, strict=True))
    assert None not in wide
    assert [await house.two.expose("e", user) for user in users] == [None] * 40


async def test_names_are_used_once_and_must_exist(house: House) -> None:
    with pytest.raises(Duplicate):
        await house.one.start(EXPERIMENT)
    with pytest.raises(NotFound):
        await house.one.report("other")
    assert await house.one.expose("other", "u_1") is None
