"""What an owner hears of turns: late, in any order, twice, or while documents are away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from schemas.frames import Delta, Edit, MessageFrame, Regenerate, Send, TurnDone
from sessions.command import Command
from sessions.errors import StoreUnavailable
from sessions.service import Accepted
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.folding import folding
from tests.sessions.processes import Process, Reader, running_process
from tests.sessions.steps import Barrier, after, before, failing, once, within
from tests.sessions.talks import (
    Gate,
    Home,
    done,
    heard,
    idle,
    say,
    settled,
    talked,
    two_processes,
)

Ask = Callable[[Process, Accepted, str], Awaitable[Accepted]]
AWAY = StoreUnavailable("away")
LEASE_MS = 60_000
NEVER_S = 3_600


@pytest.fixture
async def home(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Home]:
    async with two_processes(documents, redis_url, Gate()) as home:
        yield home


async def again(process: Process, old: Accepted, key: str) -> Accepted:
    """Ask for another answer, of which nobody is told yet."""
    ack = old.ack
    frame = Regenerate(session_id=ack.session_id, turn_id=ack.turn_id, client_msg_id=key)
    return await process.sessions.regenerate("u1", frame)


async def edited(process: Process, old: Accepted, key: str) -> Accepted:
    """Change what was said to `key`, of which nobody is told yet."""
    ack = old.ack
    frame = Edit(session_id=ack.session_id, message_id=ack.message_id, client_msg_id=key, text=key)
    return await process.sessions.edit("u1", frame)


async def tell(process: Process, accepted: Accepted) -> None:
    """Tell the owner of what was accepted, or become it."""
    turn = accepted.turn
    assert turn is not None
    command = Command(kind="accepted", turn_id=turn.id, number=turn.ends_upto)
    await process.owners.tell(turn.session_id, command, turn)


def writes(accepted: Accepted, words: int = 4) -> Callable[[Reader], bool]:
    turn_id = accepted.ack.turn_id
    return lambda reader: sum(e.turn_id == turn_id for e in reader.of(Delta)) >= words


def ended(accepted: Accepted) -> Callable[[Reader], bool]:
    turn_id = accepted.ack.turn_id
    return lambda reader: any(e.turn_id == turn_id for e in reader.of(TurnDone))


async def test_leases_are_renewed_while_documents_are_slow(home: Home) -> None:
    one, two, gate = home
    session_id = (await one.say("a", "c0")).ack.session_id
    await heard(gate, 1)
    documents, renewed = Barrier(), asyncio.Semaphore(0)
    for reads in ("bells", "collect"):
        before(one.documents, "get", within(reads, documents.stop))
    await say(two, "b", "c1", session_id, "queue")
    await documents.reached.wait()
    # the first bell is not over: a heartbeat finds this one
    await say(two, "c", "c2", session_id, "queue")

    async def count() -> None:
        renewed.release()

    before(one.store, "renew", count)
    async with asyncio.timeout(10):
        for _ in range(5):
            await renewed.acquire()
    documents.open.set()
    gate.open.set()


async def test_an_edit_from_elsewhere_stops_what_runs_although_its_turn_cannot_be_read(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate(tokens=10_000, interval_s=0.005)
    gate.open.set()
    async with (
        running_process(
            "p1", documents, redis_url, provider=gate, lease_ms=LEASE_MS, forgotten_s=NEVER_S
        ) as one,
        running_process(
            "p2", documents, redis_url, provider=gate, lease_ms=LEASE_MS, forgotten_s=NEVER_S
        ) as two,
    ):
        first = await one.say("a", "c0")
        reader = await one.read(first.ack.session_id, from_start=True)
        await reader.until(writes(first))
        for reads in ("bells", "collect"):
            before(one.documents, "get", within(reads, failing(AWAY)))
        two.sessions.begin(await edited(two, first, "b"))
        await reader.until(ended(first))

    assert reader.of(TurnDone)[0].finish_reason == "stopped"


async def test_an_interrupt_ends_after_a_take_over_only_what_it_interrupted(
    documents: SqliteDocuments, redis_url: str
) -> None:
    gate = Gate()
    async with running_process("p1", documents, redis_url, provider=gate, lease_ms=LEASE_MS) as one:
        session_id = (await one.say("a", "c0")).ack.session_id
        await heard(gate, 1)
        await say(one, "b", "c1", session_id, "queue")
        await say(one, "c", "c2", session_id, "interrupt")
        await heard(gate, 2)
        async with running_process(
            "p2", documents, redis_url, provider=gate, lease_ms=LEASE_MS
        ) as two:
            reader = await two.read(session_id, from_start=True)
            await one.owners.drain(deadline_s=0)
            await heard(gate, 3)
            gate.open.set()
            await reader.until(done(3))

    ends = [(each.text, each.finish_reason) for each in reader.of(TurnDone)]
    assert ends == [("", "stopped"), ("<b>", "stop"), ("<c>", "stop")]


@pytest.mark.parametrize("read", ["get", "find"])
async def test_documents_that_are_away_once_as_a_fork_is_placed_cost_no_snapshot(
    home: Home, read: str
) -> None:
    _, reader, said = await talked(home, "one", "two")
    one, two, _ = home
    await idle(one, two)

    async def taken_over() -> None:
        before(one.documents, read, within("owner", once(failing(AWAY))))

    after(one.documents, "find", within("owner", once(taken_over)))
    second = await again(one, said[-1], "g")
    one.sessions.begin(second)
    await reader.until(ended(second))

    assert reader.snapshots == []


async def test_a_fork_left_behind_before_it_began_leaves_nothing_in_view(
    home: Home, documents: SqliteDocuments
) -> None:
    session_id, _, said = await talked(home, "one", "two")
    one, two, _ = home
    await idle(one, two)
    # nobody is told of the first of them: the sweep would find it
    await again(one, said[1], "a")
    behind = await again(one, said[0], "b")
    async with folding(two, session_id) as shown:
        one.sessions.begin(behind)
        await settled(documents, session_id, one, two)
        await shown.hear_the_end()
        assert shown.messages == await shown.stored()


async def test_who_is_told_late_of_an_edit_that_was_answered_shows_nothing_of_it(
    home: Home, documents: SqliteDocuments
) -> None:
    session_id, _, said = await talked(home, "one")
    one, two, _ = home
    async with folding(two, session_id) as shown:
        edit = await edited(one, said[0], "new")
        two.sessions.begin(edit)
        await settled(documents, session_id, one, two)
        one.sessions.begin(await again(one, said[0], "g"))
        await settled(documents, session_id, one, two)
        # as whoever could not reach the log store for a while
        await tell(one, edit)
        await idle(one)
        await shown.hear_the_end()
        assert shown.messages == await shown.stored()


async def test_messages_come_in_their_order_when_only_the_later_one_was_told_of(
    home: Home,
) -> None:
    session_id, reader, _ = await talked(home, "one")
    one, two, _ = home
    await idle(one, two)
    sent = [
        await one.sessions.send(
            "u1", Send(client_msg_id=text, text=text, session_id=session_id, policy="queue")
        )
        for text in ("two", "three")
    ]
    one.sessions.begin(sent[1])
    await reader.until(done(3))

    assert [each.message.text for each in reader.of(MessageFrame)] == ["one", "two", "three"]


@pytest.mark.parametrize("ask", [again, edited])
async def test_another_version_of_the_last_answer_brings_no_snapshot(
    home: Home, documents: SqliteDocuments, ask: Ask
) -> None:
    session_id, _, said = await talked(home, "one", "two")
    one, two, _ = home
    await idle(one, two)
    async with folding(one, session_id) as shown:
        two.sessions.begin(await ask(two, said[-1], "new"))
        await settled(documents, session_id, one, two)
        await shown.hear_the_end()
        assert shown.messages == await shown.stored()

    assert shown.snapshots == 1


@pytest.mark.parametrize("ask", [again, edited])
async def test_other_versions_of_what_is_being_answered_bring_no_snapshot(
    documents: SqliteDocuments, redis_url: str, ask: Ask
) -> None:
    gate = Gate(tokens=10_000, interval_s=0.005)
    gate.open.set()
    async with two_processes(documents, redis_url, gate) as (one, two, _):
        version = await one.say("one", "c0")
        session_id = version.ack.session_id
        reader = await one.read(session_id, from_start=True)
        async with folding(two, session_id) as shown:
            for process, key in ((two, "x"), (one, "y")):
                await reader.until(writes(version))
                version = await ask(process, version, key)
                process.sessions.begin(version)
            await reader.until(writes(version))
            await two.sessions.stop("u1", session_id)
            await settled(documents, session_id, one, two)
            await shown.hear_the_end()
            assert shown.messages == await shown.stored()

    assert shown.snapshots == 1
