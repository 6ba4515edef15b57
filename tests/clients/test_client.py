"""The client over real sockets, against a server that does what the tests tell it."""

import asyncio
import logging
import random
from pathlib import Path
from typing import Any

import pytest
from ion_client import (
    ClientClosed,
    Delta,
    Done,
    IonClient,
    IonClientError,
    MemoryTokens,
    MessageAdded,
    Refreshed,
    Restarted,
    SessionInfo,
    Unreachable,
)

from tests.clients.fake_server import FakeServer
from tests.clients.times import until
from tests.proxy import FaultProxy

PIECES = [f"word{number} " for number in range(60)]


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


async def test_a_program_learns_once_that_there_is_no_server(
    server: FakeServer, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.refuse()
    states: list[str] = []
    async with IonClient(proxy.url, on_state=states.append) as ion:
        session = await ion.session()
        with pytest.raises(Unreachable, match=r"0\.05 s"):
            await session.ask("hi", timeout_s=0.05)
        with pytest.raises(Unreachable):
            await anext(session.send("there", timeout_s=0))
        await until(lambda: states.count("waiting") > 1)
        proxy.refuse(False)
        ion.wake()
        assert await session.ask("again", timeout_s=10) == "Hello there."
    (told,) = [each for each in caplog.records if each.name == "ion_client"]
    assert told.levelno == logging.WARNING
    assert f"no ION server at {proxy.url} yet; still trying" in told.getMessage()
    (kept,) = server.model.sessions.values()
    assert [turn.message["text"] for turn in kept.turns] == ["hi", "there", "again"]


async def test_a_session_shows_its_id(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        assert repr(session) == "<Session not on the server yet>"
        await session.ask("hi")
        assert repr(session) == f"<Session {session.id}>"


async def test_a_session_tells_of_itself_from_the_beginning(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session(persona="lua")
        assert session.info == SessionInfo(id="", persona="lua")
        await session.ask("hi")
        info = session.info
        assert (info.id, info.message_count, info.last_text) == (session.id, 2, "Hello there.")
        assert (info.running, info.unread) == (False, 1)
    async with IonClient(server.url) as ion:
        opened = await ion.session(info.id)
        assert opened.info.id == info.id


async def test_sessions_are_listed_by_pages_or_all(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        said = [await ion.session() for _ in range(32)]
        for session in said:
            await session.ask("hi")
        ids = [session.id for session in said]

        page = await ion.sessions(limit=2)
        assert [each.id for each in page] == ids[:2]
        assert (len(page), page[0].id, page.next) == (2, ids[0], "2")
        assert [each.id async for each in ion.all_sessions()] == ids


@pytest.mark.parametrize("url", ["ftp://a", "http://", "http://a:0", "http://a:many"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        IonClient(url)


async def test_an_answer_is_made_again_and_a_message_said_better(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        with pytest.raises(IonClientError, match="nothing was answered"):
            session.regenerate()
        await session.ask("hi")
        server.pieces = ("Once", " more.")
        assert (await session.regenerate().whole()).text == "Once more."
        first = session.messages[0]
        assert [(each.role, each.text) for each in session.messages] == [
            ("user", "hi"),
            ("assistant", "Once more."),
        ]
        assert (await session.edit(first.id, "hello").whole()).text == "Once more."
        assert [each.text for each in session.messages] == ["hello", "Once more."]
        with pytest.raises(IonClientError, match="not_found"):
            await session.regenerate("t_nowhere").whole()
        await session.typing()
        await until(lambda: server.model.received[-1]["type"] == "typing")


async def test_what_was_asked_for_again_offline_waits_on_disk(
    server: FakeServer, proxy: FaultProxy, tmp_path: Path
) -> None:
    store, queue = MemoryTokens(), tmp_path / "queue"
    async with IonClient(proxy.url, tokens=store, queue_path=queue) as ion:
        session = await ion.session()
        await session.ask("hi")
        first = session.messages[0]
        proxy.refuse(True)
        proxy.cut()
        session.edit(first.id, "hello")
        session.regenerate(persona="lua")
    proxy.refuse(False)
    async with IonClient(proxy.url, tokens=store, queue_path=queue) as ion:
        edited, again = ion.unsent
        assert (await edited.whole()).finish_reason in ("stop", "stopped")
        with pytest.raises(IonClientError, match="not_found"):
            await again.whole()  # the edit took the place of the turn
    kinds = [each["type"] for each in server.model.received if "client_msg_id" in each]
    assert kinds == ["send", "edit", "regenerate"]
    assert queue.read_bytes() == b""


async def test_a_text_that_fits_into_no_frame_is_refused_here_and_left_on_no_disk(
    server: FakeServer, tmp_path: Path
) -> None:
    queue = tmp_path / "queue"
    async with IonClient(server.url, queue_path=queue) as ion:
        session = await ion.session()
        with pytest.raises(IonClientError, match="text_too_long"):
            await session.ask("x" * 100_000)
        assert await session.ask("hi")
    assert queue.read_bytes() == b""


async def test_ratings_and_read_marks_are_posted(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        with pytest.raises(IonClientError, match="not on the server yet"):
            await session.rate("t", 1)
        await session.mark_read()
        done = await session.send("hi").whole()
        assert session.unread == 1
        await session.rate(done.turn_id, -1, reason="too short")
        await session.mark_read()
        await session.mark_read("m1-1")
        path = f"/sessions/{session.id}"
        assert server.told == [
            (f"{path}/feedback", {"turn_id": done.turn_id, "rating": -1, "reason": "too short"}),
            (f"{path}/read", {"message_id": done.message_id}),
            (f"{path}/read", {"message_id": "m1-1"}),
        ]
        server.problems = [(404, {"code": "not_found", "detail": "no such turn"})]
        with pytest.raises(IonClientError, match="no such turn"):
            await session.rate("t_nowhere", 1)
        assert await session.ask("still here?")


async def test_what_changed_is_asked_for_from_a_token_on(server: FakeServer) -> None:
    async with IonClient(server.url) as ion:
        session = await ion.session()
        await session.ask("hi")
        page = await ion.sync()
        assert [each.session.id for each in page.sessions] == [session.id]
        assert (page.deleted, page.next, page.more) == (("s_old",), "1-a", False)
        await ion.sync(page.next)
        assert server.queries == ["", "since=1-a"]
