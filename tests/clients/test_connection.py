"""The client's connection: tokens, refusals, silence, drains and the way back."""

import asyncio
import random

import pytest
from ion_client import (
    Acked,
    ClientClosed,
    IonClient,
    IonClientError,
    MemoryTokens,
    Tokens,
    Unreachable,
)

from tests.clients.fake_server import FakeServer
from tests.clients.times import TestClock, until
from tests.proxy import FaultProxy


async def test_an_expired_token_is_refreshed_and_the_connection_comes_back(
    server: FakeServer, proxy: FaultProxy
) -> None:
    store = MemoryTokens()
    async with IonClient(proxy.url, tokens=store) as ion:
        session = await ion.session()
        await session.ask("hi")
        server.refused_tokens.add("token-1")
        proxy.cut()
        assert await session.ask("again") == "Hello there."
        kept = store.load()
        assert kept is not None
        assert (kept.access_token, kept.refresh_token) == ("token-2", "refresh-2")
    assert server.used_tokens == ["token-1", "token-1", "token-2"]


async def test_a_token_about_to_expire_is_refreshed_before_it_is_used(server: FakeServer) -> None:
    old = Tokens(user_id="u", access_token="old", refresh_token="r", expires_at=0)
    async with IonClient(server.url, tokens=MemoryTokens(old)):
        pass
    assert server.used_tokens == ["token-1"]
    assert server.http_calls == ["/auth/refresh"]


async def test_a_token_refused_twice_is_denied(server: FakeServer, proxy: FaultProxy) -> None:
    states: list[str] = []
    async with IonClient(proxy.url, on_state=states.append) as ion:
        session = await ion.session()
        server.hold.clear()
        answer = session.send("hi")
        await anext(answer)
        server.refused_tokens |= {"token-1", "token-2"}
        events = session.events()
        proxy.cut()
        with pytest.raises(IonClientError, match="unauthenticated"):
            await answer.whole()
        assert ion.state == "denied"
        with pytest.raises(IonClientError, match="unauthenticated"):
            await anext(events)
        with pytest.raises(IonClientError, match="unauthenticated"):
            await session.ask("more")
        server.refused_tokens.clear()
        server.hold.set()
        ion.wake()
        await until(lambda: ion.state == "open")
        assert await session.ask("again") == "Hello there."
    assert states[-2:] == ["open", "idle"]


async def test_a_given_token_that_is_refused_is_denied_at_once(server: FakeServer) -> None:
    server.refused_tokens.add("mine")
    with pytest.raises(IonClientError, match="unauthenticated"):
        async with IonClient(server.url, token="mine"):
            pytest.fail("it was let in")


async def test_tokens_from_a_function_are_asked_for_again(server: FakeServer) -> None:
    given = iter(["first", "second"])

    async def ask() -> str:
        return next(given)

    server.refused_tokens.add("first")
    async with IonClient(server.url, tokens=ask) as ion:
        assert ion.state == "open"
    assert server.used_tokens == ["first", "second"]


async def test_a_function_that_fails_is_a_fault_that_is_told() -> None:
    async def ask() -> str:
        raise ValueError("no key")

    with pytest.raises(IonClientError, match="no key"):
        await IonClient("http://127.0.0.1:9", tokens=ask).__aenter__()


async def test_http_calls_renew_the_token_too(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        server.refused_tokens.add("token-1")
        assert (await ion.sessions(before="x")).sessions == ()
        server.problems = [(500, {"code": "internal", "detail": "oh", "retryable": True})]
        with pytest.raises(IonClientError, match="oh"):
            await ion.sessions()
        server.problems = [(502, b"<html>")]
        with pytest.raises(Unreachable):
            await ion.sessions()
        server.problems = [(404, b"<html>")]
        with pytest.raises(IonClientError, match="404"):
            await ion.sessions()
        server.problems = [(200, b"<html>")]
        with pytest.raises(Unreachable, match="no ION server"):
            await ion.sessions()


@pytest.mark.parametrize(("status", "state"), [(403, "denied"), (503, "waiting"), (500, "waiting")])
async def test_a_refused_handshake_is_understood(
    server: FakeServer, status: int, state: str
) -> None:
    server.reject_status = status
    states: list[str] = []
    ion = IonClient(server.url, on_state=states.append)
    if state == "denied":
        with pytest.raises(IonClientError, match="forbidden"):
            await ion.__aenter__()
    else:
        async with ion:
            assert ion.state == "waiting"
    assert state in states


@pytest.mark.parametrize(("code", "most_s"), [(1012, 0.2), (1013, 10)])
async def test_a_closed_connection_is_had_again_with_jitter(
    server: FakeServer, code: int, most_s: float
) -> None:
    clock = TestClock()
    server.close_next = [code]
    random_ = _Upper()
    async with IonClient(server.url, clock=clock, random=random_) as ion:
        await until(lambda: ion.state == "waiting")
        assert random_.asked == [(0, most_s)]
        clock.advance(most_s)
        await until(lambda: ion.state == "open")


class _Upper(random.Random):
    """Jitter at its worst; remembers between what it was asked to choose."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[float, float]] = []

    def uniform(self, a: float, b: float) -> float:
        self.asked.append((a, b))
        return b


async def test_waits_grow_and_a_wake_up_ends_them(server: FakeServer, proxy: FaultProxy) -> None:
    clock, jitter = TestClock(), _Upper()
    proxy.refuse()
    async with IonClient(proxy.url, clock=clock, random=jitter) as ion:
        for tries in range(1, 8):
            await until(lambda tries=tries: len(jitter.asked) == tries)  # type: ignore[misc]
            await until(lambda: ion.state == "waiting")
            clock.advance(10)
        assert [most for _, most in jitter.asked[:7]] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10]
        await until(lambda: len(jitter.asked) == 8 and ion.state == "waiting")
        proxy.refuse(False)
        ion.wake()
        await until(lambda: ion.state == "open")


async def test_waits_grow_until_a_connection_has_held_for_a_while(
    server: FakeServer, proxy: FaultProxy
) -> None:
    clock, jitter = TestClock(), _Upper()
    async with IonClient(proxy.url, clock=clock, random=jitter) as ion:
        for held_s in (0, 0, 0, 2.9, 3):
            await until(lambda: ion.state == "open")
            clock.advance(held_s)
            proxy.cut()
            await until(lambda: ion.state == "waiting")
            clock.advance(2)
        assert [most for _, most in jitter.asked[:5]] == [0.2, 0.4, 0.8, 1.6, 0.2]


async def test_a_silent_connection_is_given_up_and_replaced(
    server: FakeServer, proxy: FaultProxy
) -> None:
    clock = TestClock()
    async with IonClient(proxy.url, clock=clock) as ion:
        session = await ion.session()
        await session.ask("hi")
        clock.advance(20)
        await until(lambda: server.model.received[-1]["type"] == "ping")
        proxy.blackhole()
        await until(lambda: ion.state == "open")
        clock.advance(20)
        await asyncio.sleep(0.02)
        clock.advance(8)
        await until(lambda: ion.state != "open")
        proxy.blackhole(False)
        clock.advance(1)
        await until(lambda: ion.state == "open")
        assert await session.ask("again") == "Hello there."
    assert proxy.connections >= 2


async def test_a_wake_up_doubts_an_open_connection(server: FakeServer) -> None:
    clock = TestClock()
    async with IonClient(server.url, clock=clock) as ion:
        await until(lambda: ion.state == "open")
        ion.wake()
        await until(lambda: server.model.received[-1]["type"] == "ping")


async def test_a_wake_up_gives_up_a_handshake_that_hangs(
    server: FakeServer, proxy: FaultProxy
) -> None:
    async with IonClient(proxy.url) as ion:
        await _hung(ion, proxy)
        ion.wake()
        # its own patience is twelve seconds, that of somebody woken on a quick network one
        await until(lambda: ion.state == "open")
        assert len(server.used_tokens) == 2


async def test_a_wake_up_in_the_moment_a_handshake_is_given_up_harms_nothing(
    server: FakeServer, proxy: FaultProxy
) -> None:
    async with IonClient(proxy.url) as ion:
        trial = await _hung(ion, proxy)
        trial.reschedule(asyncio.get_running_loop().time())
        await asyncio.sleep(0)
        assert trial.expired()
        ion.wake()
        await until(lambda: ion.state == "open")


async def test_a_replaced_connection_is_had_again_when_the_user_asks(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        await session.ask("hi")
        server.close_next = [4409]
        answer = session.send("there")
        await until(lambda: ion.state == "denied")
        assert ion.error is not None
        assert ion.error.code == "replaced"
        assert await session.ask("again") == "Hello there."
        assert (await answer.whole()).text == "Hello there."
    (kept,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in kept.turns] == ["hi", "there", "again"]


async def test_a_draining_server_is_left_when_it_says(
    server: FakeServer, proxy: FaultProxy
) -> None:
    clock = TestClock()
    async with IonClient(proxy.url, clock=clock) as ion:
        session = await ion.session()
        await session.ask("hi")
        server.say({"type": "drain", "reconnect_in_ms": 700})
        await until(lambda: 0.7 <= (clock.waits[-1] or 0) <= 0.9)
        assert ion.state == "open"
        clock.advance(0.9)
        await until(lambda: len(server.used_tokens) == 2 and ion.state == "open")
        assert await session.ask("again") == "Hello there."


async def test_a_url_may_be_written_as_people_write_it(server: FakeServer) -> None:
    for url in (f"127.0.0.1:{server.port}", f"ws://127.0.0.1:{server.port}/api"):
        async with IonClient(url) as ion:
            assert ion.state == "open"


async def test_after_close_nothing_is_sent(server: FakeServer) -> None:
    ion = IonClient(server.url)
    async with ion:
        session = await ion.session()
        first = session.send("hi")
        assert isinstance(await anext(first), Acked)
    with pytest.raises(ClientClosed):
        await session.ask("late")


async def _hung(ion: IonClient, proxy: FaultProxy) -> asyncio.Timeout:
    """Have the client lose its connection, and hang in the handshake of the next one."""
    await until(lambda: ion.state == "open")
    before = proxy.connections
    proxy.half_open()
    proxy.cut()
    await until(lambda: proxy.connections > before)
    proxy.half_open(False)
    trial = ion._connection._trial
    assert trial is not None
    return trial
