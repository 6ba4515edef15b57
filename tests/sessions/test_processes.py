"""Turns over several processes: handed on, stopped, taken over, and never answered twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from schemas.frames import (
    Delta,
    MessageFrame,
    Regenerate,
    Send,
    SessionUpdated,
    TurnDone,
    TurnFailed,
    TurnRestarted,
    TurnStarted,
)
from schemas.resources import UpdateSession
from sessions.archive import SESSIONS, TURNS, TurnDocument, TurnState
from sessions.command import Command
from sessions.control import Control
from sessions.errors import Conflict, Gone, LogUnavailable, Overloaded, StoreUnavailable
from sessions.llm.scripted import ScriptedProvider
from sessions.merging.documents import MERGES
from sessions.stores.log import Lease
from sessions.stores.redis_client import redis_client
from sessions.stores.sqlite import SqliteDocuments
from tests.servers import RedisServer
from tests.sessions.merging.made import merge_of
from tests.sessions.processes import Process, Reader, running_process
from tests.sessions.turns import session as a_session
from tests.sessions.turns import turn as a_turn

WORDS = "".join(f"w{i} " for i in range(40))


@pytest.fixture
async def one(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    async with running_process("p1", documents, redis_url) as process:
        yield process


@pytest.fixture
async def two(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    async with running_process("p2", documents, redis_url) as process:
        yield process


@pytest.fixture
async def slow(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    """Return a process that says the same words, but is still at it when something happens."""
    provider = ScriptedProvider(tokens=40, interval_ms=150)
    async with running_process("p1", documents, redis_url, provider=provider) as process:
        yield process


@pytest.fixture
async def still(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Process]:
    """Return a process that takes up nothing by itself."""
    async with running_process("p1", documents, redis_url, sweeping=False) as process:
        yield process


def done(count: int = 1) -> "object":
    return lambda reader: len(reader.of(TurnDone)) >= count


async def until_writing(reader: Reader) -> None:
    await reader.until(lambda r: len(r.of(Delta)) > 3)


async def stored_turns(documents: SqliteDocuments, session_id: str) -> list[TurnDocument]:
    return await documents.find(TURNS, "by_session", {"session_id": session_id})


async def test_a_reader_in_another_process_sees_the_same_log(one: Process, two: Process) -> None:
    accepted = await one.say("hello", "c1")
    session_id = accepted.ack.session_id
    here = await one.read(session_id, from_start=True)
    there = await two.read(session_id, from_start=True)

    await here.until(done())  # type: ignore[arg-type]
    await there.until(done())  # type: ignore[arg-type]

    assert there.frames == here.frames
    assert there.of(TurnDone)[0].text == WORDS


async def test_a_message_sent_elsewhere_is_answered_next_by_the_owner(
    one: Process, two: Process, documents: SqliteDocuments
) -> None:
    first = await one.say("hello", "c1")
    session_id = first.ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    second = await two.say("and this", "c2", session_id)
    await reader.until(done(2))  # type: ignore[arg-type]

    assert [each.turn_id for each in reader.of(TurnStarted)] == [
        first.ack.turn_id,
        second.ack.turn_id,
    ]
    assert len(two.owners) == 0
    assert [each.attempt for each in await stored_turns(documents, session_id)] == [1, 1]


async def test_a_turn_is_stopped_from_another_process(one: Process, two: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    await two.sessions.stop("u1", session_id)
    await reader.until(done())  # type: ignore[arg-type]

    assert reader.of(TurnDone)[0].finish_reason == "stopped"
    assert WORDS.startswith(reader.of(TurnDone)[0].text)


async def test_a_title_changed_elsewhere_is_seen_during_a_turn(one: Process, two: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    await two.sessions.update("u1", session_id, UpdateSession(title="Work"))
    await reader.until(lambda r: bool(r.of(SessionUpdated)))

    assert reader.of(SessionUpdated)[0].session.title == "Work"


async def test_the_turn_of_a_dead_process_is_taken_over_in_a_new_epoch(
    slow: Process, two: Process, documents: SqliteDocuments
) -> None:
    accepted = await slow.say("hello", "c1")
    session_id = accepted.ack.session_id
    dead = await slow.read(session_id, from_start=True)
    alive = await two.read(session_id, from_start=True)
    await until_writing(alive)
    epoch = alive.attached[0].epoch
    await until_writing(dead)

    slow.crash()
    await alive.until(done())  # type: ignore[arg-type]

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.attempt) == ("done", 2)
    assert turn.answer is not None
    assert turn.answer.text == alive.of(TurnDone)[0].text == WORDS
    assert alive.attached[-1].epoch != epoch
    assert len(alive.of(TurnDone)) == 1


async def test_a_process_that_only_stood_still_can_not_finish_what_was_taken_over(
    two: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    slow = ScriptedProvider(tokens=400, interval_ms=5)
    async with running_process("p1", documents, redis_url, provider=slow) as one:
        session_id = (await one.say("hello", "c1")).ack.session_id
        late = await one.read(session_id, from_start=True)
        alive = await two.read(session_id)
        await until_writing(late)
        one.store.off = True
        await alive.until(done())  # type: ignore[arg-type]
        one.store.off = False

        await late.until(lambda r: bool(r.snapshots))

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.attempt) == ("done", 2)
    assert turn.answer is not None
    assert turn.answer.text == WORDS
    assert late.of(TurnDone) == []
    assert late.snapshots[-1].epoch == alive.attached[-1].epoch
    assert [each.text for each in late.snapshots[-1].messages] == ["hello", WORDS]


async def test_an_answer_whose_end_was_stored_but_not_told_is_shown(
    one: Process, two: Process
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    late = await two.read(session_id)
    await until_writing(late)
    one.store.off = True

    await late.until(
        lambda r: bool(r.snapshots) and any(m.text == WORDS for m in r.snapshots[-1].messages)
    )


async def test_a_turn_whose_begin_and_end_were_stored_but_not_told_is_shown(
    documents: SqliteDocuments, one: Process, two: Process
) -> None:
    accepted = await one.say("Hello", "c1")
    session_id = accepted.ack.session_id
    reader = await one.read(session_id, from_start=True)
    await reader.until(lambda r: bool(r.of(TurnDone)))
    async with asyncio.timeout(10):
        while len(one.owners):
            await asyncio.sleep(0.01)
    lease = await one.log.acquire(session_id)
    assert isinstance(lease, Lease)
    assert not lease.fresh
    # a process answered the next turn and died before it told anything
    said = await documents.get(TURNS, accepted.ack.turn_id)
    assert said is not None
    message = structs.replace(said.messages[0], id="m_late", client_msg_id="late")
    late = structs.replace(
        said, id="t_late", number=2, messages=(message,), client_msg_ids=("late",), version=1
    )
    await documents.insert(TURNS, late)
    await one.redis.delete(f"{{{session_id}}}:lease")

    back = await two.read(session_id, epoch=lease.head.epoch, after=lease.head.seq)
    await back.until(lambda r: bool(r.snapshots))
    assert [each.id for each in back.snapshots[-1].messages if each.role == "user"] == [
        accepted.ack.message_id,
        "m_late",
    ]


async def test_a_turn_that_was_lost_twice_fails_and_keeps_the_message(
    documents: SqliteDocuments, redis_url: str
) -> None:
    endless = ScriptedProvider(tokens=10_000, interval_ms=5)
    async with running_process("p3", documents, redis_url) as last:
        session_id = ""
        for name in ("p1", "p2"):
            async with running_process(
                name, documents, redis_url, provider=endless, sweeping=name == "p2"
            ) as process:
                if not session_id:
                    last.owners.draining = True
                    session_id = (await process.say("hello", "c1")).ack.session_id
                reader = await process.read(session_id)
                await until_writing(reader)
                process.crash()
        last.owners.draining = False
        reader = await last.read(session_id)
        await reader.until(lambda r: bool(r.of(TurnFailed)) or _seen_failed(r))

        [turn] = await stored_turns(documents, session_id)
        assert (turn.state, turn.open, turn.attempt) == ("failed", False, 3)
        assert turn.messages[0].text == "hello"


async def test_a_draining_process_hands_its_turn_over_in_the_same_epoch(
    slow: Process, two: Process
) -> None:
    session_id = (await slow.say("hello", "c1")).ack.session_id
    reader = await two.read(session_id, from_start=True)
    await until_writing(reader)

    await slow.owners.drain(deadline_s=0)
    await reader.until(done())  # type: ignore[arg-type]

    assert [each.attempt for each in reader.of(TurnRestarted)] == [2]
    assert reader.snapshots == []
    assert reader.of(TurnDone)[0].text == WORDS


async def test_a_draining_process_lets_a_turn_end_and_begins_no_other(one: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    await one.say("and this", "c2", session_id)

    await one.owners.drain(deadline_s=10)
    await reader.until(done())  # type: ignore[arg-type]

    assert len(one.owners) == 0
    assert len(reader.of(TurnStarted)) == 1
    assert len(reader.of(MessageFrame)) == 2


async def test_an_accepted_turn_nobody_heard_of_is_found(
    one: Process, two: Process, documents: SqliteDocuments
) -> None:
    frame = Send(client_msg_id="c1", text="hello")
    accepted = await one.sessions.send("u1", frame)

    reader = await two.read(accepted.ack.session_id, from_start=True)
    await reader.until(done())  # type: ignore[arg-type]

    [turn] = await stored_turns(documents, accepted.ack.session_id)
    assert turn.attempt == 1


async def test_a_command_that_got_lost_is_given_again(
    one: Process, two: Process, redis_url: str
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    two.store.off = True
    await two.say("and this", "c2", session_id)
    two.tasks.start(_switch_on(two), name="back")

    await reader.until(done(2))  # type: ignore[arg-type]


async def _switch_on(process: Process) -> None:
    await asyncio.sleep(0.1)
    process.store.off = False


async def test_an_answer_goes_on_while_the_log_store_is_away(
    one: Process, redis_server: RedisServer
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    redis_server.kill()
    try:
        await reader.until(done())  # type: ignore[arg-type]
    finally:
        redis_server.start()

    again = await one.say("and this", "c2", session_id)
    await reader.until(lambda r: any(e.turn_id == again.ack.turn_id for e in r.of(TurnDone)))
    fresh = await one.read(session_id)
    await fresh.until(lambda r: bool(r.snapshots))

    texts = [each.text for each in fresh.snapshots[0].messages]
    assert texts == ["hello", WORDS, "and this", WORDS]
    assert one.errors == []


async def test_a_message_accepted_while_the_log_store_is_away_is_answered_when_it_is_back(
    one: Process, redis_server: RedisServer
) -> None:
    redis_server.kill()
    try:
        accepted = await one.say("hello", "c1")
    finally:
        redis_server.start()

    reader = await one.read(accepted.ack.session_id)
    await reader.until(
        lambda r: (
            bool(r.of(TurnDone))
            or any(each.role == "assistant" for each in r.snapshots[-1].messages)
            if r.snapshots
            else False
        )
    )


async def test_a_log_that_was_lost_in_a_turn_is_begun_anew_with_all_its_text(
    still: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    long = ScriptedProvider(tokens=400, interval_ms=5)
    words = "".join(f"w{i} " for i in range(400))
    async with running_process("p2", documents, redis_url, provider=long) as one:
        session_id = (await one.say("hello", "c1")).ack.session_id
        here = await one.read(session_id, from_start=True)
        there = await still.read(session_id, from_start=True)
        await until_writing(here)
        await until_writing(there)
        redis = redis_client(redis_url)
        await redis.flushall()
        await redis.aclose()

        await here.until(lambda r: bool(r.snapshots))
        await here.until(done())  # type: ignore[arg-type]
        await there.until(lambda r: bool(r.of(TurnDone)) or _answered(r))

    # whoever notices first, the flusher or the heartbeat: the turn goes on or begins once more
    running = here.snapshots[-1].running_turn
    assert running is None or words.startswith(running.text)
    assert [each.text for each in here.of(TurnDone)] == [words]
    assert len(here.attached) >= 2


async def test_documents_that_are_away_accept_nothing_and_lose_nothing(one: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    one.documents.off = True
    with pytest.raises(StoreUnavailable):
        await one.say("lost?", "c2", session_id)
    await reader.until(lambda r: "".join(each.text for each in r.of(Delta)) == WORDS)
    assert reader.of(TurnDone) == []
    one.documents.off = False
    await reader.until(done())  # type: ignore[arg-type]
    await one.say("lost?", "c2", session_id)
    await reader.until(done(2))  # type: ignore[arg-type]


async def test_a_session_deleted_in_a_turn_is_gone_everywhere(
    one: Process, two: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    here = await one.read(session_id, from_start=True)
    there = await two.read(session_id, from_start=True)
    await until_writing(here)
    await until_writing(there)

    await two.deletions.delete("u1", session_id)
    for reader in (here, there):
        with pytest.raises(Gone):
            await reader.until(lambda _: False)

    assert await stored_turns(documents, session_id) == []
    async with asyncio.timeout(10):
        while len(one.owners) or len(two.owners):
            await asyncio.sleep(0.01)
    redis = redis_client(redis_url)
    kept = [key async for key in redis.scan_iter(match=f"*{session_id}*:log")]
    await redis.aclose()
    assert kept == []


async def test_a_reader_that_leaves_and_comes_back_during_a_turn_misses_nothing(
    one: Process,
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    for _ in range(5):
        passing = await one.read(session_id)
        passing.close()
    reader = await one.read(session_id)
    await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))
    await one.say("and this", "c2", session_id)
    await reader.until(lambda r: sum(e.text == WORDS for e in r.of(TurnDone)) >= 1)

    assert reader.of(TurnDone)[-1].text == WORDS


def _seen_failed(reader: Reader) -> bool:
    return bool(reader.snapshots) and any(each.failed for each in reader.snapshots[-1].messages)


def _answered(reader: Reader) -> bool:
    return bool(reader.snapshots) and any(
        each.role == "assistant" for each in reader.snapshots[-1].messages
    )


async def test_a_reader_that_leaves_while_it_attaches_leaves_nothing_behind(one: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id)
    await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))
    reader.close()
    while len(one.owners):
        await asyncio.sleep(0.01)
    tasks = [asyncio.get_running_loop().create_task(one.read(session_id)) for _ in range(3)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert len(one.logs) == 0


async def test_a_command_of_a_newer_version_is_passed_over(one: Process, two: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    await two.store.acquire(session_id, b'{"kind":"teleport"}')
    await two.sessions.stop("u1", session_id)
    await reader.until(done())  # type: ignore[arg-type]

    assert reader.of(TurnDone)[0].finish_reason == "stopped"
    assert one.errors == []


async def test_a_stop_whose_bell_was_lost_is_found_with_the_next_heartbeat(
    documents: SqliteDocuments, redis_url: str
) -> None:
    endless = ScriptedProvider(tokens=10_000, interval_ms=5)
    async with running_process("p1", documents, redis_url, provider=endless) as one:
        session_id = (await one.say("hello", "c1")).ack.session_id
        reader = await one.read(session_id, from_start=True)
        await until_writing(reader)
        redis = redis_client(redis_url)
        await redis.rpush(f"{{{session_id}}}:inbox", b'{"kind":"stop"}')
        await redis.aclose()

        await reader.until(done())  # type: ignore[arg-type]

    assert reader.of(TurnDone)[0].finish_reason == "stopped"


async def test_two_stops_at_once_end_the_answer_once(
    one: Process, documents: SqliteDocuments
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)

    await asyncio.gather(*(one.sessions.stop("u1", session_id) for _ in range(3)))
    await reader.until(done())  # type: ignore[arg-type]

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.attempt) == ("stopped", 1)


async def test_a_step_that_crashes_ends_the_turn(
    one: Process, documents: SqliteDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sessions.hearing.analyse", crash)
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await reader.until(lambda r: bool(r.of(TurnFailed)))

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.failure, turn.attempt) == ("failed", "internal", 1)
    assert reader.of(TurnFailed)[0].retryable


async def test_a_stop_of_a_turn_whose_owner_died_is_obeyed(
    two: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    two.owners.draining = True
    endless = ScriptedProvider(tokens=10_000, interval_ms=5)
    async with running_process("p1", documents, redis_url, provider=endless) as one:
        session_id = (await one.say("hello", "c1")).ack.session_id
        await until_writing(await one.read(session_id))
        one.crash()
        await asyncio.sleep(0.6)
    two.owners.draining = False
    await two.sessions.stop("u1", session_id)
    reader = await two.read(session_id)
    await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))

    [turn] = await stored_turns(documents, session_id)
    assert turn.state == "stopped"


async def test_a_stop_that_overtakes_its_message_is_obeyed(
    one: Process, documents: SqliteDocuments
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    frame = Send(client_msg_id="c2", text="never mind", session_id=session_id)
    second = await one.sessions.send("u1", frame)
    await one.sessions.stop("u1", session_id, second.ack.turn_id)
    one.sessions.begin(second)
    await reader.until(done(2))  # type: ignore[arg-type]

    assert [each.finish_reason for each in reader.of(TurnDone)] == ["stop", "stopped"]


async def test_a_draining_process_passes_commands_on(one: Process, two: Process) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    await two.owners.drain(deadline_s=0)
    await two.sessions.stop("u1", session_id)
    await reader.until(done())  # type: ignore[arg-type]

    assert reader.of(TurnDone)[0].finish_reason == "stopped"


async def test_a_turn_that_is_handed_over_often_is_not_lost(
    documents: SqliteDocuments, redis_url: str
) -> None:
    long = ScriptedProvider(tokens=10_000, interval_ms=5)
    session_id = ""
    for name in ("p1", "p2", "p3", "p4"):
        async with running_process(name, documents, redis_url, provider=long) as process:
            if not session_id:
                session_id = (await process.say("hello", "c1")).ack.session_id
            reader = await process.read(session_id)
            await until_writing(reader)
    async with running_process("p5", documents, redis_url) as last:
        reader = await last.read(session_id)
        await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.attempt, turn.handed_over) == ("done", 5, 4)


@pytest.mark.parametrize("landed", [1, 2])
async def test_a_hand_over_counts_when_writes_it_cut_off_were_carried_out(
    still: Process, documents: SqliteDocuments, landed: int
) -> None:
    held = a_turn(1, done=False)
    await documents.insert(TURNS, held)
    states: tuple[TurnState, ...] = ("running", "streaming")
    stored = held
    for state in states[:landed]:
        stored = await documents.replace(TURNS, structs.replace(stored, state=state, attempt=1))

    await still.engine.hand_over(_control(held))

    [after] = await stored_turns(documents, "s_1")
    assert (after.state, after.attempt, after.handed_over) == (states[landed - 1], 1, 1)


@pytest.mark.parametrize("later", [{"open": False, "state": "done"}, {"attempt": 2}])
async def test_a_turn_that_another_process_took_is_not_handed_over(
    still: Process, documents: SqliteDocuments, later: dict[str, Any]
) -> None:
    held = a_turn(1, done=False)
    await documents.insert(TURNS, held)
    await documents.replace(TURNS, structs.replace(held, **later))

    with pytest.raises(Conflict):
        await still.engine.hand_over(_control(held))


async def test_a_first_message_that_comes_again_after_signing_in_is_answered_once(
    still: Process, documents: SqliteDocuments
) -> None:
    first = await still.say("hello", "c1", user_id="u_visitor")
    await documents.insert(MERGES, merge_of("u_visitor", "u1"))
    session_id = first.ack.session_id
    session = await documents.get(SESSIONS, session_id)
    assert session is not None
    with pytest.raises(Overloaded) as early:
        await still.say("hello", "c1")
    await documents.replace(SESSIONS, structs.replace(session, user_id="u1"))

    again = await still.say("hello", "c1")
    other = await still.say("hello", "c2")

    assert early.value.retry_after_ms
    assert again.ack == structs.replace(first.ack, duplicate=True)
    assert not other.ack.duplicate
    assert other.ack.session_id != session_id
    await still.deletions.delete("u1", session_id)
    with pytest.raises(Gone):
        await still.say("hello", "c1")


async def test_another_branch_is_shown_when_the_documents_are_back(still: Process) -> None:
    session_id = (await still.say("hello", "c1")).ack.session_id
    reader = await still.read(session_id, from_start=True)
    await until_writing(reader)

    still.documents.off = True
    await still.owners.tell(session_id, Command(kind="branched"))
    for _ in range(20):
        await asyncio.sleep(0)
    still.documents.off = False

    await reader.until(lambda r: bool(r.snapshots))
    assert still.errors == []


async def test_a_turn_from_before_the_clock_went_back_is_answered(
    still: Process, documents: SqliteDocuments
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await documents.insert(SESSIONS, a_session(updated_at=tomorrow))
    await documents.insert(TURNS, a_turn(1, done=False, updated_at=tomorrow))
    reader = await still.read("s_1")
    await reader.until(lambda r: bool(r.snapshots))

    await still.owners.sweep(min_age_s=1)
    await reader.until(done())  # type: ignore[arg-type]

    assert [each.text for each in reader.of(TurnDone)] == [WORDS]


async def test_an_owner_is_told_again_of_a_turn_from_before_the_clock_went_back(
    still: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await documents.insert(SESSIONS, a_session(updated_at=tomorrow))
    async with running_process("p2", documents, redis_url, sweeping=False) as other:
        lease = await other.store.acquire("s_1")
        await documents.insert(TURNS, a_turn(1, done=False, updated_at=tomorrow))
        left: tuple[bytes, ...] = ()
        async with asyncio.timeout(20):
            while not left:
                await other.store.renew([lease])
                await still.owners.sweep(min_age_s=1)
                left = (await other.store.take(lease)).commands
                await asyncio.sleep(0.05)

    assert [msgspec.json.decode(each, type=Command).turn_id for each in left] == ["t_1"]


def _control(held: TurnDocument) -> Control:
    async def released() -> None:
        return

    return Control(held, started=lambda: None, released=released, joined=lambda _: None)


async def test_turns_nobody_told_of_are_answered_in_their_order(
    one: Process, two: Process, documents: SqliteDocuments
) -> None:
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await one.read(session_id, from_start=True)
    await until_writing(reader)
    two.owners.draining = True
    frame = Send(client_msg_id="c2", text="untold", session_id=session_id, policy="queue")
    await two.sessions.send("u1", frame)
    third = structs.replace(frame, client_msg_id="c3")
    one.sessions.begin(await one.sessions.send("u1", third))
    await reader.until(done(3))  # type: ignore[arg-type]

    turns = await stored_turns(documents, session_id)
    assert [each.turn_id for each in reader.of(TurnDone)] == [turn.id for turn in turns]
    async with asyncio.timeout(20):
        while (await one.sessions.get("u1", session_id)).unread != 3:
            await asyncio.sleep(0.01)
    assert (await one.sessions.get("u1", session_id)).message_count == 6


async def test_more_open_turns_than_a_page_hide_none(
    one: Process, documents: SqliteDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.watch._PAGE", 5)
    one.owners.draining = True
    said = [(await one.say("hello", f"c{number}")).ack.session_id for number in range(12)]
    one.owners.draining = False
    async with asyncio.timeout(20):
        for session_id in said:
            while (await stored_turns(documents, session_id))[0].open:
                await asyncio.sleep(0.02)


async def test_an_owner_whose_lease_was_taken_lets_go(
    two: Process, documents: SqliteDocuments, redis_url: str
) -> None:
    silent = ScriptedProvider(tokens=10, first_ms=60_000)
    async with running_process("p1", documents, redis_url, provider=silent) as one:
        two.owners.draining = True
        session_id = (await one.say("hello", "c1")).ack.session_id
        async with asyncio.timeout(20):
            while not len(one.owners):
                await asyncio.sleep(0.01)
        one.store.off = True
        await asyncio.sleep(0.6)
        two.owners.draining = False
        reader = await two.read(session_id)
        await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))
        one.store.off = False
        async with asyncio.timeout(20):
            while len(one.owners):
                await asyncio.sleep(0.01)

    [turn] = await stored_turns(documents, session_id)
    assert (turn.state, turn.attempt) == ("done", 2)


async def test_a_session_acquired_while_a_drain_begins_is_left_to_others(
    one: Process, two: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire = one.owners._store.acquire

    async def slow(*args: Any) -> Any:
        lease = await acquire(*args)
        await one.owners.drain(deadline_s=0)
        return lease

    monkeypatch.setattr(one.owners, "_store", _With(one.owners._store, acquire=slow))
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await two.read(session_id)
    await reader.until(lambda r: bool(r.of(TurnDone)) or _answered(r))

    async with asyncio.timeout(20):
        while len(one.owners):
            await asyncio.sleep(0.01)


class _With:
    """A store of which one call is another."""

    def __init__(self, store: Any, **calls: Any) -> None:
        self._store = store
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._store, name)


async def test_readers_see_an_end_that_a_drain_cut_off_when_it_was_stored(
    one: Process, documents: SqliteDocuments, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_process("p2", documents, redis_url, sweeping=False) as two:
        reader = await _stored_but_not_told(one, two, monkeypatch)

        await reader.until(_answered)

    assert reader.snapshots[-1].messages[-1].text == WORDS


async def test_readers_see_an_end_that_was_stored_though_the_log_was_given_back_without_it(
    one: Process, two: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_arguments: Any, **_options: Any) -> None:
        raise LogUnavailable

    monkeypatch.setattr(one.logs, "begin_epoch", away)
    reader = await _stored_but_not_told(one, two, monkeypatch)

    await reader.until(_answered)

    assert reader.snapshots[-1].messages[-1].text == WORDS


async def _stored_but_not_told(
    one: Process, two: Process, monkeypatch: pytest.MonkeyPatch
) -> Reader:
    """Drain a process between the write that ends its turn and the frame that tells of it."""
    ended, replace = asyncio.Event(), one.documents.replace

    async def stored_only(collection: Any, document: Any) -> Any:
        stored = await replace(collection, document)
        if collection is TURNS and not stored.open:
            ended.set()
            await asyncio.Event().wait()
        return stored

    monkeypatch.setattr(one.documents, "replace", stored_only, raising=False)
    session_id = (await one.say("hello", "c1")).ack.session_id
    reader = await two.read(session_id, from_start=True)
    await until_writing(reader)
    await ended.wait()
    await one.owners.drain(deadline_s=0)
    return reader


async def test_what_is_said_after_a_second_answer_is_shown_when_that_has_begun(
    documents: SqliteDocuments, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steady = ScriptedProvider(tokens=10, interval_ms=100)
    async with running_process("p1", documents, redis_url, provider=steady) as one:
        first = (await one.say("hello", "c1")).ack
        reader = await one.read(first.session_id, from_start=True)
        await reader.until(done())  # type: ignore[arg-type]
        await one.say("and this", "c2", first.session_id)
        await reader.until(lambda r: len(r.of(TurnStarted)) == 2)
        # its owner does not hear of the second answer
        frame = Regenerate(client_msg_id="r1", session_id=first.session_id, turn_id=first.turn_id)
        await one.sessions.regenerate("u1", frame)

        await one.say("and that", "c3", first.session_id)
        await reader.until(done(4))  # type: ignore[arg-type]

    kinds = []
    for each in reader.frames:
        if isinstance(each, MessageFrame):
            kinds.append(each.message.client_msg_id)
        elif isinstance(each, TurnStarted) and each.supersedes:
            kinds.append("again")
    assert kinds == ["c1", "c2", "again", "c3"]
