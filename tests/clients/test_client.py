"""The client over real sockets, against a server that does what the tests tell it."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from ion_client import (
    Acked,
    ClientClosed,
    Delta,
    Done,
    IonClient,
    IonClientError,
    MemoryTokens,
    MessageAdded,
    Refreshed,
    Restarted,
    Tokens,
    Unreachable,
)

from tests.clients.fake_server import FakeServer, running_fake_server
from tests.clients.times import TestClock
from tests.proxy import FaultProxy

PIECES = [f"word{number} " for number in range(60)]


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with running_fake_server() as running:
        yield running


@pytest.fixture
async def proxy(server: FakeServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", server.port) as running:
        yield running


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.002)


async def test_a_message_is_answered_event_by_event(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        assert session.id is None
        seen = [event async for event in session.send("hi")]

        assert [type(each).__name__ for each in seen[:2]] == ["Acked", "Routed"]
        assert "".join(e.text for e in seen if isinstance(e, Delta)) == "Hello there."
        assert isinstance(seen[-1], Done)
        assert ion.state == "open"
        assert ion.user_id == "u"
        assert ion.error is None
        assert session.id is not None
        assert [each.role for each in session.messages] == ["user", "assistant"]
    assert ion.state == "idle"


@pytest.mark.parametrize("wire", ["json", "msgpack"])
async def test_both_subprotocols_say_the_same(server: FakeServer, wire: Any) -> None:
    async with IonClient(server.url, wire=wire) as ion:
        session = await ion.session()
        assert await session.ask("hi") == "Hello there."
    assert server.subprotocols == [f"ion.v2.1.{wire}"]


async def test_an_existing_session_comes_with_its_messages(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        first = await ion.session()
        await first.ask("hi")
    async with IonClient(server.url) as ion:
        session = await ion.session(first.id)
        assert [each.text for each in session.messages] == ["hi", "Hello there."]
        assert session.info is not None
        assert not session.running
        assert await ion.session(first.id) is session
        assert [each.id for each in (await ion.sessions()).sessions] == [first.id]
        assert [each.name for each in await ion.personas()] == ["Lua"]


async def test_a_session_that_does_not_exist_is_an_error(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        with pytest.raises(IonClientError, match="not_found"):
            await ion.session("nowhere")


async def test_answers_survive_cuts_at_any_byte(server: FakeServer, proxy: FaultProxy) -> None:
    chance = random.Random(20261123)
    server.pieces = PIECES
    async with IonClient(proxy.url) as ion:
        session = await ion.session()
        for turn in range(10):
            proxy.cut_after(chance.randrange(1, 9000))
            shown = ""
            async for event in session.send(f"turn {turn}"):
                assert not isinstance(event, Restarted)
                if isinstance(event, Delta):
                    shown += event.text
            assert shown == "".join(PIECES)
        kept = session.messages
    assert proxy.cuts >= 5
    assert [each.text for each in kept] == [
        text for turn in range(10) for text in (f"turn {turn}", "".join(PIECES))
    ]
    (only,) = server.model.sessions.values()
    assert len(only.turns) == 10


async def test_messages_said_offline_are_sent_in_order_when_it_is_back(
    server: FakeServer, proxy: FaultProxy
) -> None:
    states: list[str] = []
    proxy.refuse()
    async with IonClient(proxy.url, on_state=states.append) as ion:
        assert ion.state == "waiting"
        assert ion.error is not None
        assert ion.error.code == "unreachable"
        session = await ion.session()
        answers = [session.send(f"text {number}") for number in range(4)]
        proxy.refuse(False)
        ion.wake()
        for answer in answers:
            assert (await answer.whole()).text == "Hello there."
    (only,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in only.turns] == [f"text {n}" for n in range(4)]
    assert states[:2] == ["connecting", "waiting"]
    assert "open" in states


async def test_unsent_messages_survive_the_program(
    server: FakeServer, proxy: FaultProxy, tmp_path: Path
) -> None:
    queue = tmp_path / "queue.jsonl"
    proxy.refuse()
    async with IonClient(proxy.url, queue_path=queue) as ion:
        new, other = await ion.session(), await ion.session()
        waiting = [new.send("one"), other.send("two"), new.send("three", persona="lua")]
        with pytest.raises(IonClientError, match="busy"):
            await IonClient(proxy.url, queue_path=queue).__aenter__()
    for answer in waiting:
        with pytest.raises(ClientClosed):
            await answer.whole()
    proxy.refuse(False)

    async with IonClient(proxy.url, queue_path=queue) as ion:
        assert [each.text for each in ion.unsent] == ["one", "two", "three"]
        for answer in ion.unsent:
            assert (await answer.whole()).text == "Hello there."
        assert ion.unsent[0].session is ion.unsent[2].session
        await ion.unsent[0].session.ask("four")
    texts = [[t.message["text"] for t in s.turns] for s in server.model.sessions.values()]
    assert sorted(texts) == [["one", "three", "four"], ["two"]]
    assert queue.read_bytes() == b""


async def test_an_abandoned_answer_goes_on(server: FakeServer) -> None:
    server.pieces = PIECES
    async with IonClient(server.url) as ion:
        session = await ion.session()
        events = session.events()
        async for event in session.send("hi"):
            if isinstance(event, Delta):
                break
        async for event in events:
            if isinstance(event, Done):
                assert event.text == session.messages[-1].text == "".join(PIECES)
                break


async def test_a_slow_listener_loses_nothing(server: FakeServer) -> None:
    server.pieces = PIECES
    async with IonClient(server.url) as ion:
        session = await ion.session()
        stream = session.events()
        called: list[Delta] = []
        stop_calling = session.on(Delta, called.append)
        await session.ask("hi")
        stop_calling()
        await session.ask("again")
        await session.close()
        seen = [event async for event in stream]
    assert "".join(e.text for e in seen if isinstance(e, Delta)) == "".join(PIECES) * 2
    assert sum(isinstance(each, MessageAdded) for each in seen) == 2
    assert "".join(each.text for each in called) == "".join(PIECES)


async def test_a_failing_callback_harms_nobody(server: FakeServer) -> None:
    faults: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))

    def fail(_: Delta) -> None:
        raise ValueError("mine")

    async with IonClient(server.url) as ion:
        session = await ion.session()
        session.on(Delta, fail)
        assert await session.ask("hi") == "Hello there."
    assert [str(each["exception"]) for each in faults] == ["mine"] * 3


async def test_stop_keeps_what_was_written(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session(persona="lua")
        server.hold.clear()
        answer = session.send("hi")
        async for event in answer:
            if isinstance(event, Delta):
                break
        assert session.running
        await session.stop()
        done = await answer.whole()
        server.hold.set()
    assert (done.finish_reason, done.text) == ("stopped", "Hello")
    assert answer.turn_id == done.turn_id
    assert server.model.received[1]["persona"] == "lua"


async def test_two_devices_see_the_same(server: FakeServer) -> None:
    async with IonClient(server.url) as phone, IonClient(server.url) as desk:
        here = await phone.session()
        await here.ask("hi")
        there = await desk.session(here.id)
        events = there.events()
        await here.ask("again")
        await until(lambda: len(there.messages) == 4)
        assert [each.id for each in there.messages] == [each.id for each in here.messages]
        await there.close()
        kinds = {type(each) async for each in events}
    assert {MessageAdded, Delta, Done} <= kinds


async def test_a_refused_message_raises(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        server.errors.append({"code": "turn_running", "message": "wait", "retryable": True})
        with pytest.raises(IonClientError) as caught:
            await session.ask("hi", policy="reject")
        assert (caught.value.code, caught.value.retryable) == ("turn_running", True)
        assert await session.ask("hi") == "Hello there."


async def test_a_message_to_be_repeated_later_is_repeated(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        fields = {"retryable": True, "retry_after_ms": 5}
        server.errors = [{"code": "rate_limited"} | fields, {"code": "overloaded"} | fields]
        assert await session.ask("hi") == "Hello there."
    async with IonClient(server.url, retries=0) as ion:
        session = await ion.session()
        server.errors = [{"code": "rate_limited"} | fields]
        with pytest.raises(IonClientError, match="rate_limited"):
            await session.ask("hi")


async def test_a_failed_turn_raises_in_ask(server: FakeServer) -> None:
    server.hold.clear()
    async with IonClient(server.url) as ion:
        session = await ion.session()
        answer = session.send("hi")
        await until(lambda: bool(server.model.sessions))
        (kept,) = server.model.sessions.values()
        await until(lambda: kept.turns[0].started)
        kept.fail(kept.turns[0])
        server.ring()
        with pytest.raises(IonClientError, match="internal"):
            await answer.whole()
        server.hold.set()
        assert session.messages[0].failed == "internal"


async def test_a_lost_log_is_healed_by_a_snapshot(server: FakeServer, proxy: FaultProxy) -> None:
    server.pieces = PIECES
    server.hold.clear()
    async with IonClient(proxy.url) as ion:
        session = await ion.session()
        stream, answer = session.events(), session.send("hi")
        async for event in answer:
            if isinstance(event, Delta):
                break
        proxy.cut()
        next(iter(server.model.sessions.values())).new_epoch(keep=True)
        server.hold.set()
        assert (await answer.whole()).text == "".join(PIECES)
        await session.close()
        assert any([isinstance(each, Refreshed) async for each in stream])


async def test_closing_a_session_tells_who_waits(server: FakeServer) -> None:
    server.hold.clear()
    async with IonClient(server.url) as ion:
        session = await ion.session()
        answer = session.send("hi")
        await anext(answer)
        await session.close()
        with pytest.raises(ClientClosed):
            await answer.whole()
        with pytest.raises(ClientClosed):
            await answer.whole()
        server.hold.set()


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


@pytest.mark.parametrize(("code", "most_s"), [(1012, 0.2), (1013, 10), (4409, 10)])
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


async def test_a_draining_server_is_left_when_it_says(
    server: FakeServer, proxy: FaultProxy
) -> None:
    clock = TestClock()
    async with IonClient(proxy.url, clock=clock) as ion:
        session = await ion.session()
        await session.ask("hi")
        server.say({"type": "drain", "reconnect_in_ms": 700})
        await until(lambda: bool(clock.waits) and clock.waits[-1] == pytest.approx(0.7))
        assert ion.state == "open"
        clock.advance(0.7)
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
