"""How often a mentor writes first, whatever users do and however many workers there are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from push.budgets import Budgets, Caps, Slot, give_back, given_back, slot, taken, united
from push.documents import BUDGETS, PUSH_COLLECTIONS, BudgetDocument
from push.kinds import KINDS, Kind
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
# hours that pass, and whether the user writes then
LIFE = st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=60)
RARE_LIFE = st.lists(
    st.tuples(st.integers(6, 60), st.sampled_from([False] * 9 + [True])), max_size=60
)


class Users:
    """Remembers when users wrote."""

    def __init__(self) -> None:
        self.wrote: dict[str, datetime] = {}

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user wrote after a time."""
        return self.wrote.get(user_id, since) > since


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", PUSH_COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


def lived(life: list[tuple[int, bool]]) -> tuple[list[datetime], list[datetime], BudgetDocument]:
    """Return when slots were taken and when the user wrote, asking as often as can be."""
    now, budget = NOW, BudgetDocument(id="u")
    took: list[datetime] = []
    wrote: list[datetime] = []
    for hours, writes in life:
        now += timedelta(hours=hours)
        returned = bool(took) and any(at > took[-1] for at in wrote)
        if slot(budget, now, returned=returned).taken:
            budget = taken(budget, f"n{len(took)}", now, returned=returned)
            took.append(now)
        if writes:
            wrote.append(now + timedelta(minutes=1))
    return took, wrote, budget


@settings(max_examples=100)
@given(LIFE | RARE_LIFE)
def test_g7_at_most_one_a_day_three_a_week_and_fewer_when_ignored(
    life: list[tuple[int, bool]],
) -> None:
    took, wrote, _ = lived(life)
    for index, at in enumerate(took):
        earlier = took[:index]
        ignored = 0
        for before, after in pairwise([*earlier, at]):
            ignored = 0 if any(before < each < after for each in wrote) else ignored + 1
        assert ignored < 4
        assert not [each for each in earlier if each > at - DAY]
        a_week = [each for each in earlier if each > at - WEEK]
        assert len(a_week) < (3 if ignored < 2 else 1)


@settings(max_examples=100)
@given(LIFE | RARE_LIFE, st.integers(0, 400), st.booleans())
def test_g7_the_time_of_the_next_slot_is_told_truly(
    life: list[tuple[int, bool]], hours: int, returned: bool
) -> None:
    *_, budget = lived(life)
    now = NOW + timedelta(hours=hours + 60 * len(life))
    found = slot(budget, now, returned=returned)
    assert found.taken == (found.free_at == now)
    if found.free_at is None:
        assert not slot(budget, now + 52 * WEEK, returned=False).taken
        assert slot(budget, now + WEEK, returned=True).taken
    elif not found.taken:
        assert slot(budget, found.free_at, returned=returned).taken
        just_before = found.free_at - timedelta(seconds=1)
        assert not slot(budget, just_before, returned=returned).taken


@settings(max_examples=100)
@given(LIFE | RARE_LIFE, st.booleans(), st.booleans(), st.integers(0, 400))
def test_g7_a_slot_that_is_given_back_was_never_taken(
    life: list[tuple[int, bool]], returned: bool, returns: bool, hours: int
) -> None:
    took, _, budget = lived(life)
    now = (took or [NOW])[-1] + timedelta(hours=hours)
    back = given_back(taken(budget, "x", now, returned=returned), "x", now)
    later, since = now + timedelta(hours=hours), returned or returns
    assert slot(back, later, returned=since) == slot(budget, later, returned=since)
    assert "x" not in dict(back.taken)


def test_g7_one_that_was_never_sent_was_not_ignored() -> None:
    budget = BudgetDocument(id="u")
    for each in range(4):
        budget = taken(budget, f"n{each}", NOW + DAY * each, returned=False)
    assert budget.ignored == 3
    assert given_back(budget, "n1", NOW + 4 * DAY).ignored == 2
    assert given_back(budget, "n3", NOW + 4 * DAY).ignored == 2
    assert given_back(budget, "elsewhere", NOW) == budget


def test_g7_whoever_was_written_to_last_tells_how_often_it_was_ignored() -> None:
    before = BudgetDocument(id="u", taken=(("a", NOW),), ignored=0)
    later = BudgetDocument(id="v", taken=(("b", NOW + DAY),), ignored=3)
    for one, other in ((before, later), (later, before)):
        both = united(one, other)
        assert (both.id, both.ignored) == (one.id, 3)
        assert both.taken == (("a", NOW), ("b", NOW + DAY))


async def test_g7_four_ignored_in_a_row_are_the_last_until_the_user_returns(
    documents: SqliteDocuments,
) -> None:
    clock, users = FakeClock(NOW), Users()
    budgets = Budgets(documents, clock, users.wrote_since)
    slots: list[Slot] = []
    for each in range(60):
        slots.append(await budgets.take("check_in", "u", f"n{each}"))
        clock.advance(DAY.total_seconds())
    assert [day for day, each in enumerate(slots) if each.taken] == [0, 1, 8, 15]
    assert slots[2].free_at == NOW + DAY + WEEK
    assert slots[-1] == Slot(taken=False, free_at=None)
    users.wrote["u"] = clock.now()
    assert (await budgets.take("nudge", "u", "back")).taken


@pytest.mark.parametrize("kind", [kind for kind, rules in KINDS.items() if not rules.proactive])
async def test_g7_what_the_user_asked_for_takes_no_slot(
    documents: SqliteDocuments, kind: Kind
) -> None:
    budgets = Budgets(documents, FakeClock(NOW), Users().wrote_since)
    assert all([(await budgets.take(kind, "u", f"n{each}")).taken for each in range(9)])
    assert await documents.get(BUDGETS, "u") is None


async def test_g7_two_workers_cannot_both_take_the_last_slot(documents: SqliteDocuments) -> None:
    clock, users = FakeClock(NOW), Users()
    caps = Caps(per_day=2, per_week=3)
    for most in (2, 1, 0):
        workers = [Budgets(documents, clock, users.wrote_since, caps=caps) for _ in range(6)]
        asked = [
            worker.take("check_in", "u", f"n{most}{each}") for each, worker in enumerate(workers)
        ]
        users.wrote["u"] = clock.now() + timedelta(hours=1)
        assert sum(each.taken for each in await asyncio.gather(*asked)) == most
        clock.advance(DAY.total_seconds())


async def test_g7_a_notification_takes_one_slot_and_gives_it_back(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(NOW)
    budgets = Budgets(documents, clock, Users().wrote_since)
    assert (await budgets.take("check_in", "u", "n")).taken
    assert (await budgets.take("check_in", "u", "n")).taken
    assert await budgets.take("nudge", "u", "m") == Slot(taken=False, free_at=NOW + DAY)
    await give_back(documents, clock, "u", "n")
    await give_back(documents, clock, "u", "n")
    await give_back(documents, clock, "nobody", "n")
    assert (await budgets.take("nudge", "u", "m")).taken


async def test_g7_a_slot_counts_from_the_last_time_that_its_notification_was_tried(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock(NOW)
    budgets = Budgets(documents, clock, Users().wrote_since)
    assert (await budgets.take("check_in", "u", "n")).taken
    clock.advance(600)
    assert (await budgets.take("check_in", "u", "n")).taken
    clock.advance(DAY.total_seconds() - 600)
    again = await budgets.take("check_in", "u", "m")
    assert again == Slot(taken=False, free_at=NOW + DAY + timedelta(seconds=600))


async def test_g11_a_clock_that_goes_back_frees_no_slot(documents: SqliteDocuments) -> None:
    clock = FakeClock(NOW)
    budgets = Budgets(documents, clock, Users().wrote_since)
    assert (await budgets.take("check_in", "u", "n")).taken
    clock.advance(-3600)
    assert (await budgets.take("check_in", "u", "n")).taken
    assert await budgets.take("check_in", "u", "m") == Slot(taken=False, free_at=NOW + DAY)
