"""The tokens of a day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from schemas.resources import FinishReason, Usage
from sessions.archive import COLLECTIONS, AnswerDocument, TurnDocument
from sessions.budget import Budget
from sessions.errors import BudgetSpent, StoreUnavailable
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock

EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(EVENING)


@pytest.fixture
def budget(documents: SqliteDocuments, clock: FakeClock) -> Budget:
    return Budget(documents=documents, clock=clock, tokens_a_day=100)


def ended(
    turn_id: str = "t1", tokens: int = 60, *, reason: FinishReason = "stop", user_id: str = "u1"
) -> TurnDocument:
    answer = AnswerDocument(
        message_id="a1",
        text="",
        persona="lua",
        finish_reason=reason,
        usage=Usage(prompt_tokens=tokens - 10, completion_tokens=10),
        model="m",
        created_at=EVENING,
    )
    return TurnDocument(
        id=turn_id,
        session_id="s1",
        user_id=user_id,
        number=1,
        messages=(),
        client_msg_ids=(),
        created_at=EVENING,
        updated_at=EVENING,
        answer=answer,
    )


async def spent(budget: Budget, user_id: str = "u1") -> bool:
    try:
        await budget.check(user_id, "hello")
    except BudgetSpent:
        return True
    return False


async def test_a_user_may_talk_until_the_days_tokens_are_used_up(budget: Budget) -> None:
    before = await spent(budget)
    await budget.charge(ended("t1"))
    between = await spent(budget)
    await budget.charge(ended("t2"))

    assert (before, between, await spent(budget)) == (False, False, True)
    assert not await spent(budget, "u2")


async def test_a_refusal_says_when_tokens_renew(budget: Budget, clock: FakeClock) -> None:
    await budget.charge(ended(tokens=100))
    with pytest.raises(BudgetSpent) as refused:
        await budget.check("u1", "hello")

    assert refused.value.retryable
    assert refused.value.retry_after_ms == 1_800_000
    assert refused.value.message == "today's 100 tokens are used up; they renew at midnight UTC"
    clock.advance(1_800)
    assert not await spent(budget)


async def test_a_turn_is_counted_once_however_often_it_is_told(budget: Budget) -> None:
    for _ in range(3):
        await budget.charge(ended("t1"))

    assert not await spent(budget)


async def test_turns_that_end_together_are_all_counted(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    processes = [Budget(documents=documents, clock=clock, tokens_a_day=600) for _ in range(3)]
    turns = [ended(f"t{number}", 30) for number in range(20)]
    await asyncio.gather(
        *(processes[number % 3].charge(turn) for number, turn in enumerate([*turns, *turns]))
    )

    assert await spent(processes[0])
    assert not await spent(Budget(documents=documents, clock=clock, tokens_a_day=601))


@pytest.mark.parametrize(
    "turn",
    [ended(reason="safety", tokens=100), ended(tokens=0 + 10, user_id="u2")],
    ids=["authored answers", "other users"],
)
async def test_what_costs_this_user_nothing_is_not_counted(
    documents: SqliteDocuments, clock: FakeClock, turn: TurnDocument
) -> None:
    budget = Budget(documents=documents, clock=clock, tokens_a_day=1)
    await budget.charge(turn)

    assert not await spent(budget)


async def test_whoever_speaks_of_a_crisis_is_heard_without_tokens(budget: Budget) -> None:
    await budget.charge(ended(tokens=100))

    await budget.check("u1", "I want to kill myself tonight")
    assert await spent(budget)


async def test_without_a_budget_nothing_is_asked_or_stored(clock: FakeClock) -> None:
    nothing: Any = None
    budget = Budget(documents=nothing, clock=clock, tokens_a_day=0)
    await budget.charge(ended())

    assert not await spent(budget)


async def test_days_that_are_over_are_forgotten(
    documents: SqliteDocuments, budget: Budget, clock: FakeClock
) -> None:
    await budget.charge(ended())
    kept = await documents.sweep(clock.now() + timedelta(hours=24))
    forgotten = await documents.sweep(clock.now() + timedelta(hours=25))

    assert (kept, forgotten) == (0, 1)


class Away:
    async def get(self, *_: object) -> None:
        raise StoreUnavailable


async def test_a_store_that_is_away_loses_the_count_and_says_so(clock: FakeClock) -> None:
    away: Any = Away()
    with capture_logs() as lines:
        await Budget(documents=away, clock=clock, tokens_a_day=100).charge(ended())

    assert [line["event"] for line in lines] == ["tokens_not_counted"]
