"""Facts supersede each other, are corrected, deleted and refused, on real documents."""

import random
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from sessions.errors import BadRequest, NotFound
from sessions.memory.documents import FACTS, MEMORY_SETTINGS, REFUSALS, FactDocument
from sessions.memory.facts import Facts
from sessions.memory.refusals import Refusals
from sessions.memory.sources import sourced
from sessions.stores.paging import everything
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.memory.made import NOW, fact


@pytest.fixture
def facts(documents: SqliteDocuments) -> Facts:
    refusals = Refusals(documents=documents, clock=FakeClock(), secret="s")
    return Facts(documents=documents, clock=FakeClock(), refusals=refusals)


async def said(facts: Facts) -> list[str]:
    return [each.text for each in await facts.of_user("u_1")]


async def test_a_newer_fact_supersedes_and_overwrites_nothing(facts: Facts) -> None:
    old, new = fact("Min"), fact("Mina", day=2)
    for each in random.sample([old, new], 2):
        await facts.add(each)

    assert await said(facts) == ["My name is Mina"]
    kept = await facts.get("u_1", old.id)
    assert (kept.text, kept.valid_to, kept.superseded_by) == (old.text, new.valid_from, new.id)
    assert {each.id for each in await facts.of_user("u_1", past=True)} == {old.id, new.id}


async def test_a_turn_that_goes_gives_the_fact_before_it_back(facts: Facts) -> None:
    await facts.add(fact("Min"))
    await facts.add(fact("Mina", day=2, turn="t_2"))

    assert await facts.forget_turns("u_1", ["t_2"]) == ["f_Mina"]

    assert await said(facts) == ["My name is Min"]


async def test_a_deleted_fact_takes_its_past_along(facts: Facts) -> None:
    await facts.add(fact("Min"))
    await facts.add(fact("Mina", day=2))

    await facts.delete("u_1", "f_Mina")

    assert await facts.of_user("u_1", past=True) == []


def told_twice(name: str, **fields: Any) -> FactDocument:
    """Return a fact in the words of t_1, told again in t_2."""
    one = fact(name, session="s_1", turn="t_1", **fields)
    return sourced(one, one.sources + fact(name, session="s_2", turn="t_2").sources)


async def test_a_fact_outlives_a_message_that_only_told_it_again(facts: Facts) -> None:
    both = told_twice("Min")
    await facts.add(both)

    assert await facts.forget_session("u_1", "s_2") == []
    assert (await facts.get("u_1", both.id)).session_ids == ("s_1",)
    assert await facts.forget_session("u_1", "s_1") == [both.id]


@pytest.mark.parametrize("by", ["turn", "session"])
async def test_a_fact_goes_with_the_message_whose_words_it_has(facts: Facts, by: str) -> None:
    await facts.add(told_twice("Mina", text="My sister Mina lives in Busan", slot=""))
    if by == "turn":
        assert await facts.forget_turns("u_1", ["t_1"]) == ["f_Mina"]
    else:
        assert await facts.forget_session("u_1", "s_1") == ["f_Mina"]
    assert await facts.of_user("u_1", past=True) == []


async def test_the_users_own_words_stay_while_another_message_tells_it(facts: Facts) -> None:
    await facts.add(told_twice("Min"))
    await facts.edit("u_1", "f_Min", "My name is Minji")

    assert await facts.forget_turns("u_1", ["t_1"]) == []
    assert await said(facts) == ["My name is Minji"]
    assert await facts.forget_turns("u_1", ["t_2"]) == ["f_Min"]


async def test_messages_of_a_turn_that_stay_are_sources_still(facts: Facts) -> None:
    for place, message in enumerate(("m_stays", "m_goes", "")):
        one = fact(f"n{place}", slot="")
        told = tuple(structs.replace(each, message_id=message) for each in one.sources)
        await facts.add(sourced(one, told))

    assert await facts.forget_turns("u_1", ["t_1"], staying={"m_stays"}) == ["f_n1", "f_n2"]
    assert await said(facts) == ["My name is n0"]


async def test_what_belongs_to_somebody_else_does_not_exist(facts: Facts) -> None:
    await facts.add(fact("Min"))
    for call in (facts.get, facts.delete, facts.refuse):
        with pytest.raises(NotFound):
            await call("u_2", "f_Min")
    with pytest.raises(BadRequest):
        await facts.edit("u_1", "f_Min", " ")


async def test_a_correction_is_the_users_own_word(facts: Facts) -> None:
    await facts.add(fact("Min"))

    edited = await facts.edit("u_1", "f_Min", "My name  is Minji")
    pinned = await facts.pin("u_1", "f_Min", True)

    assert (edited.text, edited.edited, pinned.pinned) == ("My name is Minji", True, True)


async def test_all_of_a_user_can_be_forgotten(facts: Facts, documents: SqliteDocuments) -> None:
    for name in ("Ana", "Bo"):
        await facts.add(fact(name, slot=""))
    await facts.refuse("u_1", "f_Ana")
    await facts.pause("u_1", True)
    assert (await facts.pause("u_1", True)).paused

    counts = await facts.forget_user("u_1")

    assert counts == {FACTS.name: 1, REFUSALS.name: 2, MEMORY_SETTINGS.name: 1}
    assert not (await facts.settings("u_1")).paused


async def test_pauses_are_remembered_and_their_list_stays_short(
    documents: SqliteDocuments,
) -> None:
    clock = FakeClock()
    refusals = Refusals(documents=documents, clock=clock, secret="s")
    facts = Facts(documents=documents, clock=clock, refusals=refusals)
    began = clock.now()
    for _ in range(110):
        await facts.pause("u_1", True)
        clock.advance(10)
        await facts.pause("u_1", False)
        clock.advance(10)
    await facts.pause("u_1", True)
    clock.advance(10)
    await facts.pause("u_1", True)
    settings = await facts.settings("u_1")

    def paused_at(seconds: float) -> bool:
        at = began + timedelta(seconds=seconds)
        return settings.paused_in(at, at)

    assert len(settings.pauses) == 100
    assert all(paused_at(20 * each + 5) for each in range(110))
    assert not any(paused_at(20 * each + 15) for each in range(50, 110))
    assert paused_at(2_205)
    assert not paused_at(-1)
    assert settings.paused_in(began + timedelta(seconds=2_195), began + timedelta(seconds=2_205))


async def test_paging_yields_everything_once(documents: SqliteDocuments) -> None:
    for number in range(9):
        at = NOW + timedelta(seconds=number // 5)
        await documents.insert(FACTS, fact(str(number), updated_at=at))

    found = everything(documents, FACTS, "by_user", {"user_id": "u_1"}, page=3)

    assert sorted([each.id async for each in found]) == [f"f_{number}" for number in range(9)]
