"""What goes with a fact that is deleted."""

from datetime import timedelta
from typing import Any

import pytest

from sessions.memory.facts import Facts
from sessions.memory.refusals import Refusals
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.memory.made import NOW, fact

FRIDAY, MARCH = NOW + timedelta(days=4), NOW + timedelta(days=100)
PROMISE: dict[str, Any] = {"kind": "promise", "text": "I'll ask you about it"}
EXAM: dict[str, Any] = {"kind": "deadline", "slot": "event:exam", "text": "My exam is on Friday"}


@pytest.fixture
def facts(documents: SqliteDocuments) -> Facts:
    clock = FakeClock()
    refusals = Refusals(documents=documents, clock=clock, secret="s")
    return Facts(documents=documents, clock=clock, refusals=refusals)


async def left(facts: Facts) -> list[str]:
    return sorted(each.id for each in await facts.of_user("u_1", past=True))


async def test_with_an_event_go_the_promises_to_ask_about_it(facts: Facts) -> None:
    exam = fact("e", **EXAM, due=FRIDAY)
    await facts.add(exam)
    await facts.add(fact("p", slot="promise:exam", turn="t_2", session="s_2", **PROMISE))
    await facts.add(fact("q", slot="promise:interview", due=NOW, **PROMISE))
    await facts.add(fact("r", slot="", due=FRIDAY, **PROMISE))

    assert await facts.told_in("u_1", exam.id) == {"s_1": set(), "s_2": set()}
    await facts.delete("u_1", exam.id)

    assert await left(facts) == ["f_q"]


async def test_with_an_event_that_is_over_the_promise_about_the_next_one_stays(
    facts: Facts,
) -> None:
    for name, day, due in (("1", 0, FRIDAY), ("2", 30, MARCH)):
        later: dict[str, Any] = {"day": day, "turn": f"t_{name}", "due": due}
        await facts.add(fact(f"e{name}", **EXAM, **later))
        await facts.add(fact(f"p{name}", slot="promise:exam", **PROMISE, **later))

    await facts.delete("u_1", "f_e1")
    assert await left(facts) == ["f_e2", "f_p2"]
    await facts.delete("u_1", "f_e2")
    assert await left(facts) == []


async def test_a_promise_without_a_day_is_about_something_else(facts: Facts) -> None:
    await facts.add(fact("e", kind="deadline", slot="event:trip", text="My trip is soon"))
    await facts.add(fact("p", slot="", **PROMISE))

    await facts.delete("u_1", "f_e")

    assert await left(facts) == ["f_p"]


async def test_the_promise_for_the_day_before_a_correction_goes_too(facts: Facts) -> None:
    text = "My exam is on 27 November (2026-11-27)"
    await facts.add(fact("e", **(EXAM | {"text": text}), due=FRIDAY))
    await facts.add(fact("p", slot="", due=FRIDAY, **PROMISE))
    for words in ("My exam is on 3 March", "My exam is on 4 March"):
        await facts.edit("u_1", "f_e", words)

    await facts.delete("u_1", "f_e")

    assert await left(facts) == []
