"""What turns get from memory and leave in it, over real documents."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from msgspec import structs

from schemas.memory import UpdateMemory
from sessions.archive import TURNS
from sessions.errors import StoreUnavailable
from sessions.memory.documents import FactDocument
from sessions.memory.memory import Asking, Brought, Memory
from sessions.memory.recall.recall import Recall
from sessions.memory.recall.recalled import Hit, Recalled
from sessions.stores.documents import Documents
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.sessions.memory.keeping import Home
from tests.sessions.memory.made import NOW, fact
from tests.virtual_time import in_virtual_time

ASKING = Asking(text="hello", user_id="u_1", session_id="s_2", persona="lua", whole=True)


class Place(Home):
    """A home whose turns draw on memory."""

    def __init__(self, documents: Documents, *, later_s: float = 0) -> None:
        super().__init__(documents)
        self.clock.advance(later_s)
        self.tasks = Tasks(lambda _name, _error: None)
        self.recall = Recall(
            documents=documents, clock=self.clock, tasks=self.tasks, secret="s" * 32
        )
        self.recall.on_missed(self.keeper.missed)
        self.memory = Memory(
            facts=self.facts, recall=self.recall, keeper=self.keeper, clock=self.clock
        )

    async def told(self, text: str = "hello", *, persona: str = "lua") -> list[str]:
        """Return what a message brings back."""
        asking = structs.replace(ASKING, text=text, persona=persona)
        return [each.text for each in (await self.memory.before(asking)).memories]


@pytest.fixture
async def place(documents: Documents) -> AsyncIterator[Place]:
    made = Place(documents)
    yield made
    await made.tasks.cancel()


async def test_name_and_goal_are_at_hand_and_what_is_sensitive_waits(place: Place) -> None:
    await place.facts.add(fact("Jo"))
    await place.facts.add(fact("goal", kind="goal", slot="", text="I want to learn to swim"))
    hidden: dict[str, Any] = {"kind": "goal", "slot": ""}
    await place.facts.add(fact("a", text="I want to drink less", sensitivity="sensitive", **hidden))
    await place.facts.add(fact("b", text="I want to move", sharing="user", **hidden))
    await place.facts.add(
        fact("c", text="I want a raise", sharing="persona", persona="elro", **hidden)
    )
    assert sorted(await place.told()) == ["I want to learn to swim", "My name is Jo"]
    assert "I want a raise" in await place.told(persona="elro")


async def test_promises_come_when_they_are_due_and_dates_when_they_are_near(place: Place) -> None:
    now = place.clock.now()
    week = timedelta(days=7)
    for name, kind, due in (
        ("due", "promise", now - week),
        ("early", "promise", now + week),
        ("old", "promise", now - 3 * week),
        ("near", "deadline", now + week),
        ("far", "deadline", now + 9 * week),
        ("past", "deadline", now - 2 * week),
    ):
        await place.facts.add(fact(name, kind=kind, slot=f"x:{name}", text=name, due=due))
    assert await place.told() == ["due", "near"]


async def test_what_somebody_said_they_would_do_comes_to_who_asks_for_it(place: Place) -> None:
    told: dict[str, Any] = {"kind": "commitment", "slot": "", "text": "I'll call my mom on Friday"}
    await place.facts.add(fact("c", **told))
    assert told["text"] not in await place.told("How are you?")
    assert told["text"] in await place.told("What did I promise?")
    assert told["text"] in await place.told("내가 뭐 하기로 했지?")


async def test_names_and_what_is_due_come_up_however_much_was_told_since(place: Place) -> None:
    now = place.clock.now()
    await place.facts.add(fact("Jo"))
    await place.facts.add(fact("role", kind="role", slot="role", text="I am a nurse"))
    due: dict[str, Any] = {"kind": "promise", "text": "I'll ask you about it", "due": now}
    await place.facts.add(fact("due", slot="promise:it", **due))
    later = now + timedelta(days=90)
    for number in range(45):
        kind = "promise" if number % 3 == 0 else "preference"
        told = fact(f"n{number}", day=1, kind=kind, slot="", text=f"{number}", due=later)
        await place.facts.add(told)
    assert sorted(await place.told()) == ["I am a nurse", "I'll ask you about it", "My name is Jo"]


async def test_a_promise_goes_with_its_event_when_that_is_moved(place: Place) -> None:
    now, day = place.clock.now(), timedelta(days=1)
    await place.facts.add(
        fact("p", kind="promise", slot="promise:exam", text="I'll ask about it", due=now - day)
    )
    assert await place.told() == ["I'll ask about it"]
    exam = fact("e", kind="deadline", slot="event:exam", text="My exam is later", due=now + day)
    await place.facts.add(exam)
    assert await place.told() == ["My exam is later"]


async def test_a_promise_that_an_answer_comes_back_to_is_kept(place: Place) -> None:
    due = place.clock.now() - timedelta(days=1)
    promise = fact(
        "p",
        kind="promise",
        slot="promise:interview",
        text="I'll ask you on Friday how it went with your interview",
        due=due,
    )
    await place.facts.add(promise)
    session = await place.open()
    other = await place.say(session, "hi", "Hello, how are you?")
    assert other.answer is not None
    used = structs.replace(other.answer, memories_used=(promise.id,))
    await place.memory.ended(structs.replace(other, answer=used), session)
    assert promise.text in await place.told()

    asked = structs.replace(used, text="Hello. How was your interview?")
    await place.memory.ended(structs.replace(other, answer=asked), session)
    assert promise.text not in await place.told()


async def test_another_session_brings_back_what_was_said_before_it_was_indexed(
    place: Place,
) -> None:
    session = await place.open()
    turn = await place.say(session, "My neighbour lent me a ladder for the gutter.")
    await place.memory.ended(turn, session)
    assert "My neighbour lent me a ladder for the gutter." in await place.told(
        "Where is the ladder?"
    )


@pytest.mark.parametrize(
    ("told", "question"),
    [
        ("My exam is on December 19.", "When is my exam?"),
        ("제 시험은 12월 19일이에요.", "시험이 언제예요?"),
    ],
)
async def test_a_day_that_is_asked_for_comes_up_however_far_and_often_asked(
    place: Place, told: str, question: str
) -> None:
    session = await place.open()
    (kept,) = await place.memory.ended(await place.say(session, told), session)
    for number in range(8):
        other = await place.open(f"s_q{number}")
        await place.memory.ended(await place.say(other, question, "I don't know."), other)
    assert (await place.told(question))[0] == kept.text
    assert "2026-12-19" in kept.text


async def test_a_turn_that_is_brought_back_brings_the_facts_that_rest_on_it(place: Place) -> None:
    session = await place.open()
    turn = await place.say(session, "My ladder goes back to Tom, the deadline is December 19.")
    (kept,) = await place.memory.ended(turn, session)
    came = await place.told("Whom did I borrow the ladder from, and what else did I say of it?")
    assert kept.text in came


@pytest.mark.parametrize(
    "question",
    ["Do I have anything coming up?", "What did you promise me?", "앞으로 일정이 있나요?"],
)
async def test_what_is_to_come_and_was_promised_comes_up_when_asked_for(
    place: Place, question: str
) -> None:
    far = place.clock.now() + timedelta(days=60)
    text = "I'll ask you how it went"
    await place.facts.add(fact("p", kind="promise", slot="promise:exam", text=text, due=far))
    await place.facts.add(fact("e", kind="deadline", slot="event:exam", text="My exam", due=far))
    await place.facts.add(fact("m", kind="person", slot="person:sister", text="Marlowe is here"))
    assert await place.told(question) == [text if "promise" in question else "My exam"]
    assert await place.told("Who is Marlowe?") == ["Marlowe is here"]


async def test_words_that_were_corrected_do_not_come_back(place: Place) -> None:
    session = await place.open()
    turn = await place.say(session, "My dentist appointment is on Friday.")
    (told,) = await place.memory.ended(turn, session)
    assert told.text in " ".join(await place.told("When is my dentist appointment?"))
    await place.facts.edit("u_1", told.id, "My dentist appointment is on Monday")
    came = await place.told("When is my dentist appointment?")
    assert any("Monday" in each for each in came)
    assert not any("Friday" in each for each in came)


async def test_answers_that_repeat_what_was_corrected_do_not_come_back(place: Place) -> None:
    session = await place.open()
    turn = await place.say(
        session, "My dentist appointment is on Friday.", "Doctor Brandt sees you on Friday, then."
    )
    (told,) = await place.memory.ended(turn, session)
    assert "Doctor Brandt sees you on Friday, then." in await place.told("When was Brandt?")
    await place.facts.edit("u_1", told.id, "My dentist appointment is on Monday")
    assert not any("Friday" in each for each in await place.told("When was Brandt?"))


@pytest.mark.parametrize("how", ["delete", "refuse", "after a correction"])
async def test_what_was_deleted_does_not_come_back_by_its_message(place: Place, how: str) -> None:
    session = await place.open()
    turn = await place.say(session, "My dentist appointment is on Friday.", "Friday it is.")
    (told,) = await place.memory.ended(turn, session)
    assert "Friday" in " ".join(await place.told("When is my dentist appointment?"))
    if how == "after a correction":
        await place.facts.edit("u_1", told.id, "My dentist appointment is on Monday")
    await (place.facts.refuse if how == "refuse" else place.facts.delete)("u_1", told.id)

    assert await place.told("When is my dentist appointment?") == []
    await place.recall.rebuild("u_1")
    assert await place.told("Dentist appointment on Friday?") == []


async def test_what_is_not_for_a_mentor_is_not_told_by_its_message(place: Place) -> None:
    session = await place.open()
    turn = await place.say(session, "I want to learn the cello.", "A cello sings, doesn't it?")
    (goal,) = await place.memory.ended(turn, session)

    async def told(persona: str) -> set[str]:
        mine = await place.told("want to learn", persona=persona)
        return {*mine, *(await place.told("Who sings?", persona=persona))}

    known = {goal.text, *(message.text for message in turn.messages), "A cello sings, doesn't it?"}
    assert await told("elro") == known
    await place.facts.update("u_1", goal.id, UpdateMemory(sharing="persona"))
    assert await told("elro") == set()
    assert await told("lua") == known
    await place.facts.update("u_1", goal.id, UpdateMemory(sharing="user"))
    assert await told("lua") == set()


async def test_what_stays_with_a_mentor_is_said_to_be_there_until_it_is_deleted(
    place: Place,
) -> None:
    session = await place.open()
    turn = await place.say(session, "My sister has cancer.", "I'm sorry to hear that.")
    await place.memory.ended(turn, session)
    asking = structs.replace(ASKING, text="What did I tell you about my sister?", persona="elro")

    brought = await place.memory.before(asking)
    told = await place.memory.before(structs.replace(asking, persona="lua"))
    talk = await place.memory.before(structs.replace(asking, text="My sister called."))

    assert (brought.memories, brought.kept_by) == ((), "lua")
    assert "My sister has cancer." in [each.text for each in told.memories]
    assert (told.kept_by, talk.kept_by) == ("", "")
    await place.documents.delete(TURNS, turn.id)
    assert (await place.memory.before(asking)).kept_by == ""


async def test_deleting_takes_no_other_message_from_recall(place: Place) -> None:
    session = await place.open()
    turn = await place.say(session, "My dentist appointment is on Friday.")
    (told,) = await place.memory.ended(turn, session)
    other = await place.say(session, "The dentist has a ladder in the hall.")
    await place.memory.ended(other, session)
    await place.facts.delete("u_1", told.id)

    assert await place.told("dentist") == ["The dentist has a ladder in the hall."]


async def test_a_turn_goes_on_without_memory_when_it_cannot_be_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(place.documents, "find", unavailable)
    assert await place.told() == []


async def test_what_was_found_is_used_when_the_rest_takes_too_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = fact("Jo")

    async def standing(*_: object, **__: object) -> list[FactDocument]:
        return [name]

    async def recall(*_: object, **__: object) -> Recalled:
        hit = Hit(kind="turn", id="t_1", session_id="s_1", text="a", at=NOW, score=9, why=())
        return Recalled(hits=(hit,))

    async def stuck(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(place.facts, "standing", standing)
    monkeypatch.setattr(place.recall, "recall", recall)
    monkeypatch.setattr(place.facts, "of_turn", stuck)
    memory = Memory(
        facts=place.facts,
        recall=place.recall,
        keeper=place.keeper,
        clock=place.clock,
        wait_s=0.01,
        asked_wait_s=0.02,
    )
    for text in ("hello", "What did I tell you about my sister?"):
        async with asyncio.timeout(30):
            brought = await memory.before(structs.replace(ASKING, text=text))
        assert [each.text for each in brought.memories] == [name.text]
        assert not brought.whole


@in_virtual_time
async def test_who_asks_for_what_is_known_waits_for_it_longer_than_others() -> None:
    class Slow:
        async def standing(self, *_: object, **__: object) -> list[FactDocument]:
            await asyncio.sleep(1.5)
            return [fact("Jo")]

    slow: Any = Slow()
    nothing: Any = type("Nothing", (), {"recall": AsyncMock(return_value=Recalled())})()
    memory = Memory(facts=slow, recall=nothing, keeper=slow, clock=FakeClock())
    waited: dict[str, tuple[bool, float]] = {}
    for text in ("I had a long day", "What's my name?", "여동생에 대해 제가 뭐라고 했죠?"):
        began = asyncio.get_running_loop().time()
        brought = await memory.before(structs.replace(ASKING, text=text))
        waited[text] = (brought.whole, asyncio.get_running_loop().time() - began)

    assert [*waited.values()] == [(False, 0.5), (True, 1.5), (True, 1.5)]


async def test_a_fault_in_recall_costs_a_turn_only_its_memory(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.facts.add(fact("Jo"))

    async def broken(*_: object, **__: object) -> None:
        raise ValueError("no such row")

    monkeypatch.setattr(place.recall, "recall", broken)
    assert await place.told() == []


async def test_what_was_corrected_comes_first_in_the_session_that_told_it(place: Place) -> None:
    await place.facts.add(fact("Jo", slot="person:friend", kind="person", text="My friend is Jo"))
    await place.facts.update("u_1", "f_Jo", UpdateMemory(text="My friend is Joe"))
    here = structs.replace(ASKING, session_id="s_1", shown={"t_1"})

    told = await place.memory.before(here)

    assert [(each.text, each.corrected, each.turns) for each in told.memories] == [
        ("My friend is Joe", True, ("t_1",))
    ]
    assert await place.memory.before(ASKING) == Brought()


async def test_what_a_killed_process_left_is_told_and_remembered_by_the_next(
    documents: Documents,
) -> None:
    killed = Place(documents)
    session = await killed.open()
    await killed.say(session, "My interview at Hanbit is on Friday.")
    place = Place(documents, later_s=62)
    assert any("Hanbit" in each for each in await place.told("What about my interview?"))
    while len(place.tasks):
        await asyncio.sleep(0)
    assert [each.kind for each in await place.facts.of_user("u_1")] == ["deadline"]


async def test_memory_is_not_whole_while_its_index_is_made_anew(place: Place) -> None:
    for state, whole in (("ready", True), ("unmeant", True), ("building", False)):
        place.recall.recall = AsyncMock(return_value=Recalled(state=state))  # type: ignore[method-assign,arg-type]
        assert (await place.memory.before(ASKING)).whole is whole
