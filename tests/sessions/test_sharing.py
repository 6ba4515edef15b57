"""Fair shares and budgets inside the turns' life: queued, stopped, deleted, handed over."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from schemas.frames import Delta, Edit, MessageFrame, Regenerate, Send, TurnDone, TurnStarted
from sessions.archive import COLLECTIONS, SESSIONS, SPENDING, TURNS
from sessions.command import Command
from sessions.errors import BudgetSpent, Overloaded
from sessions.llm.scripted import ScriptedProvider
from sessions.service import Accepted
from sessions.stop import Stop
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Process, Reader, running_process

SLOW = ScriptedProvider(tokens=1000, interval_ms=20)
QUICK = ScriptedProvider(tokens=3, interval_ms=1)


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
async def busy(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    """A process whose only slot is taken by a long answer to user u0."""
    async with running_process("p1", documents, redis_url, provider=SLOW, max_turns=1) as process:
        await process.say("a long story", "c0", user_id="u0")
        await until(lambda: process.admission.running == 1)
        yield process


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def queued(process: Process) -> tuple[str, Reader]:
    """Send a message of user u1 that waits for its slot."""
    accepted = await process.say("hello", "c1")
    session_id = accepted.ack.session_id
    reader = await process.read(session_id, from_start=True)
    await until(lambda: process.admission.waiting == 1)
    return session_id, reader


def done(reader: Reader) -> bool:
    return bool(reader.of(TurnDone))


async def test_a_queued_turn_is_stopped_at_once(busy: Process) -> None:
    session_id, reader = await queued(busy)
    await busy.sessions.stop("u1", session_id)
    await reader.until(done)

    assert reader.of(TurnDone)[0].finish_reason == "stopped"
    assert reader.of(TurnDone)[0].text == ""
    assert (busy.admission.running, busy.admission.waiting) == (1, 0)


async def test_a_queued_turn_begins_when_a_slot_is_free(busy: Process) -> None:
    session_id, reader = await queued(busy)
    assert not reader.of(TurnStarted)
    [first] = await busy.documents.find(SESSIONS, "by_user", {"user_id": "u0"})
    await busy.sessions.stop("u0", first.id)
    await reader.until(lambda each: bool(each.of(Delta)))
    await busy.sessions.stop("u1", session_id)
    await reader.until(done)

    assert reader.of(TurnDone)[0].text


async def test_a_deleted_session_waits_no_longer(busy: Process) -> None:
    session_id, reader = await queued(busy)
    reader.close()
    await busy.deletions.delete("u1", session_id)
    await until(lambda: busy.admission.waiting == 0)
    await until(lambda: len(busy.owners) == 1)

    assert busy.admission.running == 1
    assert busy.errors == []


async def test_a_process_that_drains_hands_queued_turns_to_another(
    busy: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    session_id, _ = await queued(busy)
    async with running_process("p2", documents, redis_url, provider=QUICK) as other:
        reader = await other.read(session_id, from_start=True)
        draining = busy.tasks.start(busy.owners.drain(deadline_s=5), name="drain")
        await reader.until(done)
        assert not draining.done()

    [turn] = await documents.find(TURNS, "by_session", {"session_id": session_id})
    assert (turn.state, turn.attempt) == ("done", 1)


async def test_a_queued_turn_survives_its_process(
    busy: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    session_id, _ = await queued(busy)
    busy.crash()
    async with running_process("p2", documents, redis_url, provider=QUICK) as other:
        reader = await other.read(session_id, from_start=True)
        await reader.until(done)

    assert reader.of(TurnDone)[0].finish_reason == "stop"


async def test_two_users_under_overload_are_answered_in_turn(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process("p1", documents, redis_url, provider=QUICK, max_turns=1) as process:
        accepted = [
            await process.sessions.send(user_id, Send(client_msg_id=f"c{number}", text="hello"))
            for number, user_id in enumerate(["greedy"] * 9 + ["modest"] * 3)
        ]
        async with process.admission.slot("somebody", Stop()):
            for each in accepted:
                process.sessions.begin(each)
            await until(lambda: process.admission.waiting == 12)
        await until(lambda: len(process.owners) == 0)

    ended = await all_turns(documents, "greedy") + await all_turns(documents, "modest")
    order = [user_id for _, user_id in sorted(ended)]
    assert sorted(order[:6]) == ["greedy"] * 3 + ["modest"] * 3
    assert order[6:] == ["greedy"] * 6


async def all_turns(documents: SqliteDocuments, user_id: str) -> list[tuple[float, str]]:
    turns = await documents.find(TURNS, "open_of_user", {"user_id": user_id, "open": False})
    return [(turn.updated_at.timestamp(), user_id) for turn in turns]


async def test_an_overloaded_process_refuses_before_it_accepts(
    busy: Process, documents: SqliteDocuments
) -> None:
    await filled(busy)
    with pytest.raises(Overloaded) as refused:
        await busy.say("hello", "c1")
    repeated = await busy.say("hello", "d0", user_id="v0")

    assert refused.value.retry_after_ms
    assert await documents.find(SESSIONS, "by_user", {"user_id": "u1"}) == []
    assert repeated.ack.duplicate


async def filled(process: Process) -> None:
    """Let so many turns wait that no more are accepted."""
    for number in range(4):
        await process.say("hello", f"d{number}", user_id=f"v{number}")
    await until(lambda: process.admission.waiting == 4)


async def test_whoever_speaks_of_a_crisis_is_heard_at_once_under_overload(busy: Process) -> None:
    await filled(busy)
    accepted = await busy.say("I want to kill myself tonight", "c1")
    reader = await busy.read(accepted.ack.session_id, from_start=True)
    await reader.until(done)

    assert reader.of(TurnDone)[0].finish_reason == "safety"
    assert (busy.admission.running, busy.admission.waiting) == (1, 4)


async def test_a_turn_that_waits_is_answered_at_once_when_a_crisis_joins_it(busy: Process) -> None:
    session_id, reader = await queued(busy)
    await busy.say("I want to kill myself tonight", "c2", session_id=session_id)
    await reader.until(done)

    assert reader.of(TurnDone)[0].finish_reason == "safety"
    assert (busy.admission.running, busy.admission.waiting) == (1, 0)


async def waits_on(process: Process, reader: Reader) -> None:
    """Fail when a turn is answered while somebody else has the only slot."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await reader.until(lambda each: bool(each.of(Delta)))
    assert (process.admission.running, process.admission.waiting) == (1, 1)


async def test_nothing_waits_for_a_slot_before_a_crisis(busy: Process) -> None:
    session_id, reader = await queued(busy)
    crisis = Send(
        client_msg_id="c2",
        text="I want to kill myself tonight",
        session_id=session_id,
        policy="queue",
    )
    busy.sessions.begin(await busy.sessions.send("u1", crisis))
    await reader.until(lambda each: bool(each.of(Delta)))

    assert (busy.admission.running, busy.admission.waiting) == (1, 0)


async def test_what_joins_a_turn_that_was_stopped_while_it_waited_waits_for_its_slot(
    busy: Process,
) -> None:
    session_id, reader = await queued(busy)
    await busy.sessions.stop("u1", session_id)
    await busy.say("more", "c2", session_id=session_id)
    await waits_on(busy, reader)
    [first] = await busy.documents.find(SESSIONS, "by_user", {"user_id": "u0"})
    await busy.sessions.stop("u0", first.id)
    await reader.until(lambda each: bool(each.of(Delta)))

    assert (busy.admission.running, busy.admission.waiting) == (1, 0)


async def test_a_stop_that_knows_less_than_what_waits_gives_no_slot(busy: Process) -> None:
    session_id, reader = await queued(busy)
    [turn] = await busy.documents.find(TURNS, "by_session", {"session_id": session_id})
    await busy.say("more", "c2", session_id=session_id)
    await reader.until(lambda each: len(each.of(MessageFrame)) == 2)
    await busy.owners.tell(session_id, Command(kind="stop", turn_id=turn.id, number=1))

    await waits_on(busy, reader)


async def refused_again(process: Process, accepted: Accepted) -> None:
    """Ask for the turn's answer again, and edit its message: both would take tokens."""
    ack = accepted.ack
    regenerate = Regenerate(session_id=ack.session_id, turn_id=ack.turn_id, client_msg_id="r1")
    edit = Edit(
        session_id=ack.session_id, message_id=ack.message_id, client_msg_id="e1", text="other words"
    )
    with pytest.raises(BudgetSpent):
        await process.sessions.regenerate("u1", regenerate)
    with pytest.raises(BudgetSpent):
        await process.sessions.edit("u1", edit)


async def test_a_finished_turn_is_charged_and_the_next_message_refused(
    documents: SqliteDocuments, redis_url: str
) -> None:
    async with running_process(
        "p1", documents, redis_url, provider=QUICK, tokens_a_day=1
    ) as process:
        accepted = await process.say("hello", "c1")
        reader = await process.read(accepted.ack.session_id, from_start=True)
        await reader.until(done)
        await until(lambda: len(process.owners) == 0)
        with pytest.raises(BudgetSpent):
            await process.say("and another", "c2", accepted.ack.session_id)
        await refused_again(process, accepted)
        again = await process.sessions.send("u1", Send(client_msg_id="c1", text="hello"))
        await process.say("and somebody else", "c2", user_id="u2")

    turns = await documents.find(TURNS, "by_session", {"session_id": accepted.ack.session_id})
    day = turns[0].updated_at.date().isoformat()
    spending = await documents.get(SPENDING, f"u1:{day}")
    assert again.ack.duplicate
    assert len(turns) == 1
    assert turns[0].answer is not None
    usage = turns[0].answer.usage
    assert spending is not None
    assert spending.tokens == usage.prompt_tokens + usage.completion_tokens
