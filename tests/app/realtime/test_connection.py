"""Protocol 2.1 over a real WebSocket."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from app.realtime.connection import Connection
from app.security.tokens import Tokens
from schemas.codes import CloseCode
from schemas.frames import Send
from schemas.resources import CreateSession
from sessions.archive import SESSIONS, TURNS, TurnDocument
from sessions.clock import SystemClock
from sessions.errors import StoreUnavailable, Unauthenticated
from sessions.merging.documents import MERGES
from sessions.stores.limits import Charge, Rate, Verdict
from tests.clocks import FakeClock
from tests.device import Device
from tests.house import House, running_house
from tests.sessions.merging.made import merge_of
from tests.sessions.turns import message, turn

WORDS = "".join(f"w{i} " for i in range(12))


async def open_device(house: House, token: str | None = None, **options: Any) -> Device:
    device = await house.device(token, **options)
    await device.connect()
    return device


async def test_hello_is_answered_by_welcome_with_the_limits(house: House) -> None:
    async with await house.device() as device:
        await device.until(lambda: bool(device.others))

    welcome = device.others[0]
    assert welcome["type"] == "welcome"
    assert welcome["protocol"] == "2.1"
    assert welcome["limits"] == {"text_chars": 8000, "frame_bytes": 65536, "sessions": 16}


@pytest.mark.parametrize("subprotocol", ["ion.v2.1.json", "ion.v2.1.msgpack"])
async def test_a_first_message_makes_a_session_and_is_answered_word_by_word(
    house: House, subprotocol: str
) -> None:
    async with await house.device(subprotocol=subprotocol) as device:
        done = await device.ask("hello there", "c1")

    view = device.views[done["session_id"]]
    assert done["text"] == WORDS
    assert [each["type"] for each in view.frames if each["type"] != "delta"] == [
        "message",
        "notice",
        "turn_started",
        "routed",
        "turn_done",
    ]


async def test_the_notice_comes_once_a_session(house: House) -> None:
    async with await house.device() as device:
        done = await device.ask("hello there", "c1")
        await device.ask("and again", "c2", done["session_id"])

    kinds = [each["type"] for each in device.views[done["session_id"]].frames]
    assert kinds.count("notice") == 1


async def test_a_repeated_send_is_acked_as_a_duplicate_and_not_answered_twice(
    house: House,
) -> None:
    async with await house.device() as device:
        done = await device.ask("hello", "c1")
        first = device.acks.pop("c1")
        again = await device.send("hello", "c1")
        named = await _acked_again(device, "c1", done["session_id"])

    assert again == named == first | {"duplicate": True}
    turns = [
        each for each in device.views[done["session_id"]].frames if each["type"] == "turn_started"
    ]
    assert len(turns) == 1


async def test_an_id_stands_for_one_message_of_one_session(house: House) -> None:
    token = await house.token()
    async with await house.device(token) as device, house.client(token) as client:
        done = await device.ask("hello", "c1")
        first = device.acks["c1"]
        place = f"/sessions/{done['session_id']}/messages"
        other = (await client.post("/sessions", json={})).json()["id"]
        reworded = await device.send("good morning", "c1", done["session_id"])
        elsewhere = await device.send("hello", "c1", other)
        await client.delete(f"{place}/{first['message_id']}")
        deleted = await device.send("hello", "c1", done["session_id"])
        texts = [each["text"] for each in (await client.get(place)).json()["messages"]]

    assert reworded == first | {"duplicate": True}
    assert (elsewhere["session_id"], elsewhere["duplicate"]) == (other, False)
    assert deleted == first | {"duplicate": True, "message_id": ""}
    assert texts == []


async def _acked_again(device: Device, key: str, session_id: str) -> dict[str, Any]:
    device.acks.pop(key)
    return await device.send("hello", key, session_id)


async def test_messages_that_queue_are_answered_one_by_one_in_their_order(house: House) -> None:
    async with await house.device() as device:
        first = await device.send("one", "c1")
        acks = [first] + [
            await device.send(text, key, first["session_id"], policy="queue")
            for key, text in (("c2", "two"), ("c3", "three"))
        ]
        for ack in acks:
            await device.answer(ack["turn_id"], ack["session_id"])

    starts = [
        each["turn_id"]
        for each in device.views[first["session_id"]].frames
        if each["type"] == "turn_started"
    ]
    assert starts == [ack["turn_id"] for ack in acks]


async def test_stop_keeps_what_was_written(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=10_000) as house,
        await house.device() as device,
    ):
        ack = await device.send("hello", "c1")
        view = device.views[ack["session_id"]]
        await device.until(lambda: len(view.texts.get(ack["turn_id"], "")) > 20)
        await device.say({"type": "stop", "session_id": ack["session_id"]})
        done = await device.answer(ack["turn_id"], ack["session_id"])

    assert done["finish_reason"] == "stopped"
    assert done["text"].startswith("w0 w1 w2 ")
    assert len(done["text"]) < 2_000


async def test_stop_ends_a_turn_that_waits(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=300) as house,
        await house.device() as device,
    ):
        first = await device.send("one", "c1")
        session_id = first["session_id"]
        second = await device.send("two", "c2", session_id, policy="queue")
        for ack in (second, first):
            await device.say({"type": "stop", "session_id": session_id, "turn_id": ack["turn_id"]})
        ended = [await device.answer(ack["turn_id"], session_id) for ack in (first, second)]

    assert [each["finish_reason"] for each in ended] == ["stopped", "stopped"]
    assert ended[1]["text"] == ""


async def test_what_is_said_after_a_stop_is_answered_also_where_it_joins_what_was_stopped(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=300) as house,
        await house.device() as device,
    ):
        first = await device.send("one", "c1")
        session_id = first["session_id"]
        view = device.views[session_id]
        await device.until(lambda: len(view.texts.get(first["turn_id"], "")) > 20)
        # by now nothing joins it any more
        while (await _stored(house, first["turn_id"])).state != "streaming":
            await asyncio.sleep(0.01)
        second = await device.send("two", "c2", session_id)
        stop = {"type": "stop", "session_id": session_id, "turn_id": second["turn_id"]}
        await device.say(stop)
        third = await device.send("three", "c3", session_id)
        await device.say({"type": "stop", "session_id": session_id})
        done = await device.answer(third["turn_id"], session_id)

    assert third["turn_id"] == second["turn_id"]
    assert done["finish_reason"] == "stop"


async def _stored(house: House, turn_id: str) -> TurnDocument:
    found = await house.product.sessions._documents.get(TURNS, turn_id)
    assert found is not None
    return found


async def test_policy_reject_refuses_while_a_turn_runs(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=300) as house,
        await house.device() as device,
    ):
        ack = await device.send("one", "c1")
        await device.say(
            {
                "type": "send",
                "client_msg_id": "c2",
                "text": "two",
                "session_id": ack["session_id"],
                "policy": "reject",
            }
        )
        await device.until(lambda: bool(device.errors))

    assert (device.errors[0]["code"], device.errors[0]["ref"]) == ("turn_running", "c2")
    assert device.errors[0]["retryable"]


async def test_policy_interrupt_keeps_the_partial_answer_and_answers_the_new_message(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, scripted_tokens=300) as house,
        await house.device() as device,
    ):
        first = await device.send("one", "c1")
        session_id = first["session_id"]
        view = device.views[session_id]
        await device.until(lambda: bool(view.texts.get(first["turn_id"])))
        frame = {"type": "send", "client_msg_id": "c2", "text": "no, this"}
        await device.say(frame | {"session_id": session_id, "policy": "interrupt"})
        done = await device.answer(first["turn_id"], session_id)
        await device.until(lambda: "c2" in device.acks)
        await device.until(lambda: bool(view.texts.get(device.acks["c2"]["turn_id"])))

    assert done["finish_reason"] == "stopped"


async def test_a_failing_language_model_ends_the_turn_and_keeps_the_message(
    house: House,
) -> None:
    async with await house.device() as device:
        for number, text in enumerate(("FAIL_BEFORE_FIRST", "FAIL_AFTER_10")):
            ack = await device.send(text, f"c{number}")
            failed = await device.answer(ack["turn_id"], ack["session_id"])
            snapshot = await _fresh_view(house, device.token, ack["session_id"])
            assert (failed["type"], failed["code"]) == ("turn_failed", "provider_unavailable")
            assert failed["retryable"]
            assert [each["failed"] for each in snapshot.messages.values()] == [
                "provider_unavailable"
            ]


async def _fresh_view(house: House, token: str, session_id: str) -> Any:
    async with await house.device(token) as device:
        return await device.attach(session_id)


async def test_a_device_that_comes_back_gets_exactly_what_it_missed(house: House) -> None:
    async with await house.device() as device, await house.device(device.token) as other:
        done = await device.ask("one", "c1")
        view = device.views[done["session_id"]]
        seq = view.seq
        await device.close()
        await other.attach(done["session_id"])
        await other.ask("two", "c2", done["session_id"])
        await device.connect()
        await device.until(lambda: len(view.ended) == 2)

    assert view.snapshots == 0
    assert view.seq == other.views[done["session_id"]].seq
    assert view.seq is not None
    assert seq is not None
    assert view.seq > seq


async def test_a_cursor_of_another_epoch_or_from_the_future_gets_a_snapshot(
    house: House,
) -> None:
    async with await house.device() as device:
        done = await device.ask("one", "c1")
        session_id = done["session_id"]
        view = device.views[session_id]
        epoch = view.epoch
        for point in ({"epoch": "other", "after": 1}, {"epoch": epoch, "after": 10_000}):
            before = view.snapshots
            await device.say({"type": "attach", "session_id": session_id} | point)
            await device.until(lambda before=before: view.snapshots == before + 1)  # type: ignore[misc]

    assert [each["role"] for each in view.messages.values()] == ["user", "assistant"]


async def test_a_detached_session_is_silent(house: House) -> None:
    async with await house.device() as device, await house.device(device.token) as other:
        done = await device.ask("one", "c1")
        session_id = done["session_id"]
        await device.say({"type": "detach", "session_id": session_id})
        await device.say({"type": "ping", "nonce": "n"})
        await device.until(lambda: any(each["type"] == "pong" for each in device.others))
        seq = device.views[session_id].seq
        await other.attach(session_id)
        await other.ask("two", "c2", session_id)
        await device.say({"type": "ping", "nonce": "m"})
        await device.until(lambda: any(each.get("nonce") == "m" for each in device.others))

    assert device.views[session_id].seq == seq


@pytest.mark.parametrize("kind", ["attach", "stop", "send"])
async def test_what_belongs_to_somebody_else_is_not_there(house: House, kind: str) -> None:
    async with await house.device() as owner, await house.device() as stranger:
        done = await owner.ask("a secret", "c1")
        frame = {"type": kind, "session_id": done["session_id"]}
        if kind == "send":
            frame |= {"client_msg_id": "x", "text": "hi"}
        await stranger.say(frame)
        await stranger.until(lambda: bool(stranger.errors))

    assert stranger.errors[0]["code"] == "not_found"
    assert stranger.views == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_frame"),
        (" \n\t ", "bad_frame"),
        ("\0", "bad_frame"),
        ("x" * 8_001, "text_too_long"),
        ("\ud800", "bad_frame"),
    ],
)
async def test_a_text_that_is_none_is_refused_and_the_socket_stays(
    house: House, text: str, code: str
) -> None:
    async with await house.device() as device:
        await device.say({"type": "send", "client_msg_id": "c1", "text": text})
        await device.until(lambda: bool(device.errors))
        await device.ask("a real one", "c2")

    assert (device.errors[0]["code"], device.errors[0].get("ref")) in {
        (code, "c1"),
        (code, None),
    }


@pytest.mark.parametrize("text", ["x" * 8_000, "👩‍👩‍👧‍👦 가족", "שלום עולם", "a\0b", "<script>"])
async def test_any_real_text_is_kept_as_it_is(house: House, text: str) -> None:
    async with await house.device() as device:
        done = await device.ask(text, "c1")

    message = next(iter(device.views[done["session_id"]].messages.values()))
    assert message["text"] == text.replace("\0", "")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "null",
        "[]",
        '{"type": "send"}',
        '{"type": "send", "client_msg_id": "", "text": "x"}',
        '{"type": "attach", "session_id": 7}',
        '{"type": "attach", "session_id": "s", "after": -1}',
        "\\" * 100,
        b"\x00\xff",
    ],
)
async def test_a_bad_frame_is_named_and_the_third_in_a_minute_closes(
    house: House, raw: str | bytes
) -> None:
    token = await house.token()
    async with connect(house.ws_url) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token}))
        await socket.recv()
        for _ in range(3):
            await socket.send(raw)
            error = json.loads(await socket.recv())
            assert (error["type"], error["code"]) == ("error", "bad_frame")
        await socket.wait_closed()

    assert socket.close_code == 4400


async def test_frames_of_another_version_are_refused_without_an_end(house: House) -> None:
    async with await house.device() as device:
        for _ in range(5):
            await device.say({"type": "hologram", "session_id": "s"})
        await device.until(lambda: len(device.errors) == 5)
        await device.ask("still here", "c1")


async def test_unknown_fields_are_ignored(house: House) -> None:
    async with await house.device() as device:
        await device.say({"type": "ping", "nonce": "n", "mood": "sunny"})
        await device.until(lambda: any(each["type"] == "pong" for each in device.others))


async def test_a_frame_that_is_too_big_ends_the_connection(house: House) -> None:
    async with await house.device() as device:
        await device.say({"type": "ping", "nonce": "x" * 70_000})
        code, _ = await device.until_closed()

    assert code == 1009


async def test_a_text_frame_that_is_no_utf_8_ends_the_connection(house: House) -> None:
    async with connect(house.ws_url) as socket:
        socket.protocol.send_text(b'{"type": "ping", "nonce": "\xff"}')
        socket.transport.write(b"".join(socket.protocol.data_to_send()))
        async with asyncio.timeout(5):
            await socket.wait_closed()

    assert socket.close_code == 1007


async def test_a_first_frame_that_is_not_hello_is_refused(house: House) -> None:
    async with connect(house.ws_url) as socket:
        await socket.send(json.dumps({"type": "ping"}))
        error = json.loads(await socket.recv())

    assert error["code"] == "bad_frame"


@pytest.mark.parametrize("token", [None, "", "nonsense", "expired", "forged"])
async def test_a_token_that_is_none_ends_the_connection(house: House, token: str | None) -> None:
    made = {
        "expired": Tokens(house.product.settings.secret_key, clock=FakeClock(), access_s=60).issue(
            "u1"
        ),
        "forged": Tokens("x" * 48, clock=SystemClock()).issue("u1"),
    }
    hello = {"type": "hello"} | ({"token": made.get(token, token)} if token is not None else {})
    async with connect(house.ws_url) as socket:
        await socket.send(json.dumps(hello))
        error = json.loads(await socket.recv())
        await socket.wait_closed()

    assert error["code"] == "unauthenticated"
    assert socket.close_code == 4401


async def test_a_token_in_the_handshake_is_enough(house: House) -> None:
    headers = {"Authorization": f"Bearer {await house.token()}"}
    async with connect(house.ws_url, additional_headers=headers) as socket:
        await socket.send(json.dumps({"type": "ping", "nonce": "n"}))
        pong = json.loads(await socket.recv())

    assert pong == {"type": "pong", "nonce": "n"}


async def test_who_can_not_be_looked_up_at_the_handshake_is_told_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(token: str, origin: str | None = None) -> None:
        raise StoreUnavailable

    headers = {"Authorization": f"Bearer {await house.token()}"}
    monkeypatch.setattr(house.product.accounts, "open", away)
    async with asyncio.timeout(5), connect(house.ws_url, additional_headers=headers) as socket:
        error = json.loads(await socket.recv())
        await socket.wait_closed()

    assert (error["type"], error["code"], error["retryable"]) == ("error", "overloaded", True)
    assert socket.close_code == CloseCode.OVERLOADED


async def test_a_hello_of_too_many_connections_is_told_when_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Rate(name="connect", per_minute=1, burst=1)
    monkeypatch.setattr("app.realtime.connection.CONNECT", few)
    async with await house.device() as device:
        await device.until(lambda: bool(device.others))
        async with await house.device(device.token) as another:
            closed = await another.until_closed(deadline_s=5)

    assert closed == (CloseCode.TOO_MANY_CONNECTIONS, "too many at once (connect)")
    assert another.errors[0]["code"] == "rate_limited"
    assert another.errors[0]["retry_after_ms"] > 0
    assert another.others == []


async def test_a_hello_that_can_not_be_looked_up_is_told_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(token: str, origin: str | None = None) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(house.product.accounts, "open", away)
    async with await house.device() as device:
        code, _ = await device.until_closed(deadline_s=5)

    assert code == CloseCode.OVERLOADED
    assert [each["code"] for each in device.errors] == ["overloaded"]


async def test_a_connection_ends_when_its_token_does(house: House) -> None:
    tokens = Tokens(house.product.settings.secret_key, clock=SystemClock(), access_s=1)
    async with await house.device(tokens.issue("u1")) as device:
        code, reason = await device.until_closed()

    assert (code, reason) == (4401, "the token has expired")


async def test_who_takes_nothing_is_cut_off_when_it_has_to_leave(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.realtime.connection.LEAVE_S", 0.1)
    monkeypatch.setattr("app.realtime.wire.LINGER_S", 0.1)
    pair = await house.product.accounts.anonymous()
    session = await house.product.sessions.create(pair.user_id, CreateSession())
    for number in range(1, 51):
        # more in all than sockets hold
        said = [message("x" * 8_000) for _ in range(16)]
        named = [structs.replace(each, id=f"m_{number}_{n}") for n, each in enumerate(said)]
        of: dict[str, Any] = {"session_id": session.id, "user_id": pair.user_id}
        held = turn(number, messages=tuple(named), **of)
        await house.product.sessions._documents.insert(TURNS, held)
    async with connect(house.ws_url, max_queue=1, max_size=None, ping_interval=None) as socket:
        hello = {"type": "hello", "token": pair.access_token}
        await socket.send(json.dumps(hello | {"attach": [{"session_id": session.id}]}))
        async with asyncio.timeout(20):
            while not len(house.connections):
                await asyncio.sleep(0.001)
            [connection] = house.connections._all()
            assert isinstance(connection, Connection)
            direct = connection._socket.direct
            assert direct is not None
            while direct([], text=True):
                await asyncio.sleep(0.001)

            connection.leave(CloseCode.UNAUTHENTICATED, "the token has expired")
            while len(house.connections):
                await asyncio.sleep(0.001)
            with pytest.raises(ConnectionClosedError):
                [_ async for _ in socket]


async def test_an_account_that_ends_while_somebody_connects_lets_nobody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = await house.product.accounts.anonymous()
    take = house.product.limits.take

    async def crossed(*charges: Charge) -> Verdict:
        monkeypatch.setattr(house.product.limits, "take", take)
        await house.product.erasures.account(pair.user_id)
        return await take(*charges)

    monkeypatch.setattr(house.product.limits, "take", crossed)
    async with await house.device(pair.access_token) as device:
        code, _ = await device.until_closed()

    assert code == 4401
    assert len(house.connections) == 0


async def expired(tokens: Tokens, token: str) -> None:
    """Wait until a token is no longer taken."""
    with suppress(Unauthenticated):
        while True:
            tokens.read(token)
            await asyncio.sleep(0.01)


async def test_another_hello_with_a_new_token_goes_on(house: House) -> None:
    tokens = Tokens(house.product.settings.secret_key, clock=SystemClock(), access_s=3)
    lasting = Tokens(house.product.settings.secret_key, clock=SystemClock())
    token = tokens.issue("u1")
    async with await house.device(token) as device:
        await device.say({"type": "hello", "token": lasting.issue("u1")})
        await expired(tokens, token)
        await device.ask("still here", "c1")
        await device.say({"type": "hello", "token": lasting.issue("u2")})
        code, reason = await device.until_closed()

    assert code == 4401
    assert reason != "the token has expired"


async def test_no_subprotocol_is_chosen_that_was_not_offered(house: House) -> None:
    async with connect(house.ws_url, additional_headers={"sec-websocket-protocol": "other"}) as ws:
        await ws.send(json.dumps({"type": "hello", "token": await house.token()}))
        welcome = json.loads(await ws.recv())

    assert (ws.subprotocol, welcome["type"]) == (None, "welcome")


async def test_a_page_of_another_origin_can_not_connect(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(house.ws_url, origin="https://elsewhere.example")  # type: ignore[arg-type]

    assert refused.value.response.status_code == 403


async def test_the_ninth_connection_of_a_user_replaces_the_first(house: House) -> None:
    token = await house.token()
    devices = []
    for _ in range(8):
        device = await open_device(house, token)
        # the oldest is who was let in first, which need not be who knocked first
        await device.until(lambda device=device: bool(device.others))  # type: ignore[misc]
        devices.append(device)
    ninth = await open_device(house, token)

    code, _ = await devices[0].until_closed()
    await ninth.ask("hello", "c1")
    for device in (*devices, ninth):
        await device.close()

    assert code == 4409


async def test_a_socket_reads_sixteen_sessions_and_no_more(house: House) -> None:
    token = await house.token()
    user_id = house.product.accounts.access(token).user_id
    made = [await house.product.sessions.create(user_id, CreateSession()) for _ in range(17)]
    async with await house.device(token) as device:
        for session in made[:16]:
            await device.attach(session.id)
        await device.say({"type": "attach", "session_id": made[16].id})
        await device.until(lambda: bool(device.errors))
        await device.attach(made[0].id)

    assert device.errors[0]["code"] == "quota_exceeded"


async def test_a_first_message_from_before_signing_in_needs_no_room_where_it_is_read(
    house: House,
) -> None:
    token = await house.token()
    user_id = house.product.accounts.access(token).user_id
    sessions = house.product.sessions
    first = await sessions.send("u_visitor", Send(text="hello", client_msg_id="c1"))
    documents = sessions._documents
    held = await documents.get(SESSIONS, first.ack.session_id)
    assert held is not None
    await documents.replace(SESSIONS, structs.replace(held, user_id=user_id))
    await documents.insert(MERGES, merge_of("u_visitor", user_id))
    async with await house.device(token) as device:
        await device.attach(first.ack.session_id)
        for _ in range(15):
            await device.attach((await sessions.create(user_id, CreateSession())).id)
        ack = await device.send("hello", "c1")

    assert (ack["session_id"], ack["duplicate"]) == (first.ack.session_id, True)


async def test_too_many_messages_are_limited_with_a_time_to_wait(house: House) -> None:
    async with await house.device() as device:
        ack = await device.send("x", "c0")
        frame = {"type": "send", "session_id": ack["session_id"], "text": "x"}
        for number in range(1, 32):
            await device.say(frame | {"client_msg_id": f"c{number}"})
        await device.until(lambda: len(device.errors) + len(device.acks) == 32)

    assert device.errors[0]["code"] == "rate_limited"
    assert device.errors[0]["retry_after_ms"] > 0


async def test_a_deleted_session_is_gone_for_those_who_read_it(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("hello", "c1")
        deleted = await client.delete(f"/sessions/{done['session_id']}")
        await device.until(lambda: bool(device.errors))

    assert deleted.status_code == 204
    assert (device.errors[0]["code"], device.errors[0]["ref"]) == ("gone", done["session_id"])


async def test_a_new_title_is_seen_by_every_device(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as client:
        done = await device.ask("hello", "c1")
        await client.patch(f"/sessions/{done['session_id']}", json={"title": "Work"})
        view = device.views[done["session_id"]]
        await device.until(lambda: view.frames[-1]["type"] == "session_updated")

    assert view.frames[-1]["session"]["title"] == "Work"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets that take 20 frames at once and then one a second, however slow the machine is."""
    monkeypatch.setattr("app.realtime.pace.FRAMES", Rate(name="few", per_minute=60, burst=20))


@pytest.mark.usefixtures("hasty")
async def test_a_flood_of_frames_is_refused_and_then_cut_off(house: House) -> None:
    async with await house.device() as flood, await house.device() as other:
        for _ in range(250):
            await flood.say({"type": "ping"})
        closed = await flood.until_closed()
        done = await other.ask("hello", "c1")

    assert closed == (4429, "too many frames")
    assert flood.errors[0]["code"] == "rate_limited"
    assert flood.errors[0]["retry_after_ms"] > 0
    assert len(flood.others) >= 20
    assert done["finish_reason"] == "stop"


@pytest.mark.usefixtures("hasty")
async def test_a_message_refused_in_a_flood_is_taken_after_the_time_told(house: House) -> None:
    async with await house.device() as device:
        for _ in range(25):
            await device.say({"type": "ping"})
        await device.say({"type": "send", "client_msg_id": "c1", "text": "hello"})
        await device.until(lambda: "c1" in [each.get("ref") for each in device.errors])
        await asyncio.sleep(device.errors[-1]["retry_after_ms"] / 1000)
        done = await device.ask("hello", "c1")

    assert done["finish_reason"] == "stop"
