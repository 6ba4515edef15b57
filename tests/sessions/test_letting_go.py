"""What reaches an owner while it gives its lease back, or can't, is shown to all readers."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from schemas.frames import Delta, Feedback, FeedbackFrame, SessionUpdated, TurnDone
from schemas.resources import Rating, UpdateSession
from sessions.command import Command
from sessions.errors import LogUnavailable, StoreUnavailable
from sessions.llm.scripted import ScriptedProvider
from sessions.stores.redis_client import redis_client
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Process, Reader, running_process
from tests.sessions.steps import Barrier, after, before, failing, once, setting, within
from tests.sessions.talks import idle

Two = tuple[Process, Process]
LEASE_MS = 60_000


@pytest.fixture
async def two(documents: SqliteDocuments, redis_url: str) -> AsyncIterator[Two]:
    """Two processes whose leases end at no time of their own."""
    async with (
        running_process("p1", documents, redis_url, lease_ms=LEASE_MS) as one,
        running_process("p2", documents, redis_url, lease_ms=LEASE_MS) as other,
    ):
        yield one, other


class Talk:
    """A session with one answer, which nobody owns, and a reader of it in the other process."""

    def __init__(self, session_id: str, turn_id: str, reader: Reader) -> None:
        self.session_id = session_id
        self.turn_id = turn_id
        self.reader = reader

    async def rate(self, process: Process, rating: Rating = 1) -> None:
        frame = Feedback(session_id=self.session_id, turn_id=self.turn_id, rating=rating)
        await process.sessions.rate("u1", frame)

    async def rated(self, *ratings: Rating) -> None:
        """Wait for these ratings, as frames."""
        await self.reader.until(lambda r: len(r.of(FeedbackFrame)) >= len(ratings))
        assert [each.rating for each in self.reader.of(FeedbackFrame)] == list(ratings)


async def talked(two: Two) -> Talk:
    one, other = two
    said = (await one.say("hello", "c1")).ack
    reader = await other.read(said.session_id, from_start=True)
    await reader.until(lambda r: bool(r.of(TurnDone)))
    await idle(one)
    return Talk(said.session_id, said.turn_id, reader)


async def test_who_hears_late_that_an_old_lease_was_lost_leaves_the_next_owner_alone(
    two: Two,
) -> None:
    talk = await talked(two)
    one, _ = two
    flush, renewal, reload = Barrier(), Barrier(), Barrier()
    renewed = asyncio.Event()
    before(one.store, "append", flush.stop)
    await talk.rate(one, 1)
    await flush.reached.wait()
    before(one.store, "renew", once(renewal.stop))
    after(one.store, "renew", setting(renewed))
    await renewal.reached.wait()
    flush.open.set()
    await idle(one)
    before(one.documents, "get", within("owner", reload.stop))
    await talk.rate(one, -1)
    await reload.reached.wait()
    renewal.open.set()
    await renewed.wait()
    reload.open.set()

    await talk.rated(1, -1)


async def test_a_command_that_waits_as_the_lease_ends_is_obeyed(two: Two) -> None:
    talk = await talked(two)
    one, _ = two
    command = msgspec.json.encode(Command(kind="feedback", turn_id=talk.turn_id, rating=-1))
    key = f"{{{talk.session_id}}}"

    async def lose_bell_and_lease() -> None:
        async with one.redis.pipeline(transaction=True) as pipe:
            pipe.rpush(f"{key}:inbox", command)
            pipe.delete(f"{key}:lease")
            await pipe.execute()

    before(one.store, "release", once(lose_bell_and_lease))
    await talk.rate(one, 1)

    await talk.rated(1, -1)
    assert talk.reader.snapshots == []


async def test_a_change_that_comes_while_the_log_settles_is_shown_before_the_lease_goes(
    two: Two,
) -> None:
    talk = await talked(two)
    one, _ = two
    flush, reload = Barrier(), Barrier()
    flushed = asyncio.Event()
    before(one.store, "append", flush.stop)
    after(one.store, "append", setting(flushed))
    before(one.documents, "get", within("show update", reload.stop))
    await talk.rate(one)
    await flush.reached.wait()
    await one.sessions.update("u1", talk.session_id, UpdateSession(title="another"))
    await reload.reached.wait()
    flush.open.set()
    await flushed.wait()
    for _ in range(20):  # a release would take one round trip
        await one.redis.ping()
    assert len(one.owners) == 1
    reload.open.set()

    await talk.reader.until(lambda r: bool(r.of(SessionUpdated)))
    assert talk.reader.of(SessionUpdated)[0].session.title == "another"


async def test_what_an_owner_was_told_before_it_gave_up_is_shown_in_a_new_epoch(two: Two) -> None:
    talk = await talked(two)
    one, _ = two
    away = failing(StoreUnavailable("away"))
    before(one.documents, "get", within("owner", once(away)))
    await talk.rate(one)

    await talk.reader.until(lambda r: bool(r.snapshots))
    answer = talk.reader.snapshots[0].messages[-1].answered
    assert answer is not None
    assert answer.rating == 1


async def test_a_lease_is_kept_while_what_was_taken_is_on_its_way(two: Two) -> None:
    talk = await talked(two)
    one, other = two
    flush, tried = Barrier(), asyncio.Event()
    before(one.store, "append", flush.stop)
    await talk.rate(one, 1)
    await flush.reached.wait()
    after(one.store, "release", setting(tried))

    async def let_go() -> None:
        flush.open.set()
        await tried.wait()

    after(one.store, "take", once(let_go))
    await talk.rate(other, -1)

    await talk.rated(1, -1)
    assert talk.reader.snapshots == []


async def test_what_was_taken_before_a_drain_is_shown(two: Two) -> None:
    talk = await talked(two)
    one, other = two
    flush, tried = Barrier(), asyncio.Event()
    before(one.store, "append", flush.stop)
    await talk.rate(one, 1)
    await flush.reached.wait()
    after(one.store, "release", setting(tried))
    drains: list[asyncio.Task[None]] = []

    async def drain() -> None:
        flush.open.set()
        drains.append(asyncio.create_task(one.owners.drain(deadline_s=0)))
        await tried.wait()

    after(one.store, "take", once(drain))
    await talk.rate(other, -1)

    await talk.rated(1, -1)
    await drains[0]


async def test_commands_whose_answer_was_lost_come_with_the_next_heartbeat(two: Two) -> None:
    talk = await talked(two)
    one, other = two
    flush, taken = Barrier(), asyncio.Event()
    before(one.store, "append", flush.stop)
    await talk.rate(one, 1)
    await flush.reached.wait()
    after(one.store, "take", once(failing(LogUnavailable("no answer came"))))
    after(one.store, "take", setting(taken))
    await talk.rate(other, -1)
    await taken.wait()
    flush.open.set()

    await talk.rated(1, -1)


async def test_nothing_is_taken_in_while_it_is_not_known_whether_the_lease_is_ours(
    two: Two,
) -> None:
    talk = await talked(two)
    one, other = two
    answer, elsewhere = Barrier(), Barrier()
    after(one.store, "release", once(answer.stop))
    await talk.rate(one, 1)
    await answer.reached.wait()
    before(other.store, "append", elsewhere.stop)
    await talk.rate(other, -1)
    await elsewhere.reached.wait()
    await talk.rate(one, 0)
    await idle(one)  # with the next heartbeat it hears that its lease is another's
    elsewhere.open.set()

    await talk.rated(1, -1, 0)


async def test_who_hands_its_turn_over_obeys_first_what_waits(
    documents: SqliteDocuments, redis_url: str
) -> None:
    endless = ScriptedProvider(tokens=10_000, interval_ms=5)
    async with (
        running_process("p1", documents, redis_url, provider=endless, lease_ms=LEASE_MS) as one,
        running_process("p2", documents, redis_url, lease_ms=LEASE_MS) as other,
    ):
        session_id = (await one.say("hello", "c1")).ack.session_id
        reader = await other.read(session_id, from_start=True)
        await reader.until(lambda r: bool(r.of(Delta)))
        heartbeat = Barrier()  # it would look into the inbox as well
        before(one.store, "renew", heartbeat.stop)
        await heartbeat.reached.wait()
        command = msgspec.json.encode(Command(kind="feedback", turn_id="t_1", rating=1))
        redis = redis_client(redis_url)
        await redis.rpush(f"{{{session_id}}}:inbox", command)
        await redis.aclose()
        await one.owners.drain(deadline_s=0)
        await reader.until(lambda r: bool(r.of(TurnDone)))

    assert len(reader.of(FeedbackFrame)) == 1
    assert reader.snapshots == []
