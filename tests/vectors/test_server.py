"""The scripted server itself: it notices what a client does wrong."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.vectors.server import ScriptedServer, running


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with running() as started:
        yield started


def dial(server: ScriptedServer, name: str) -> connect:
    url = f"{server.url.replace('http', 'ws', 1)}/{name}/api/v2.1/ws"
    headers = {"Authorization": "Bearer token-1"}
    return connect(url, subprotocols=["ion.v2.1.json"], additional_headers=headers)  # type: ignore[list-item]


async def say(socket: ClientConnection, type_: str, **fields: Any) -> None:
    await socket.send(json.dumps({"type": type_, **fields}))


async def result(server: ScriptedServer, name: str) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        found: dict[str, Any] = (await http.get(f"{server.url}/{name}/result")).json()
    return found


async def until_told(socket: ClientConnection, type_: str) -> None:
    async for data in socket:
        if json.loads(data)["type"] == type_:
            return


async def greet(socket: ClientConnection) -> None:
    await say(socket, "hello")
    await until_told(socket, "welcome")


async def test_a_good_client_passes_and_a_doubled_message_does_not(server: ScriptedServer) -> None:
    for surplus in (0, 1):
        async with httpx.AsyncClient() as http:
            await http.post(f"{server.url}/late_ack/reset")
        async with dial(server, "late_ack") as socket:
            await greet(socket)
            await say(socket, "ping", nonce="n")
            await until_told(socket, "pong")
            await say(socket, "send", client_msg_id="a", text="One")
            await until_told(socket, "turn_done")
            await say(socket, "send", client_msg_id="b", text="Two", session_id="s_1")
            await until_told(socket, "turn_done")
            for _ in range(surplus):
                await say(socket, "send", client_msg_id="b", text="Two", session_id="s_1")
                await say(socket, "ping")
                await until_told(socket, "pong")
            found = await result(server, "late_ack")
        assert found["ok"] is (surplus == 0)
        assert ("after the last step came" in found["problem"]) is (surplus == 1)


async def test_a_wrong_frame_ends_the_vector_and_is_named(server: ScriptedServer) -> None:
    async with dial(server, "happy") as socket:
        await greet(socket)
        await say(socket, "send", client_msg_id="a", text="Hi")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    found = await result(server, "happy")
    assert not found["ok"]
    assert "frame.text should be 'Hello' and is 'Hi'" in found["problem"]
    assert found["steps"] == 3


async def test_a_client_that_does_not_come_back_fails(server: ScriptedServer) -> None:
    async with dial(server, "drop_before_ack") as socket:
        await greet(socket)
    assert "the client went away" in (await result(server, "drop_before_ack"))["problem"]
    async with running(patience_s=0.05) as impatient:
        assert "step 1 " in (await result(impatient, "drain"))["problem"]


async def test_a_connection_that_ended_before_it_said_anything_is_not_the_client(
    server: ScriptedServer,
) -> None:
    async with dial(server, "happy"):
        pass
    async with dial(server, "happy") as socket:
        await greet(socket)


async def test_an_unwanted_connection_fails(server: ScriptedServer) -> None:
    async with dial(server, "forbidden") as socket:
        await say(socket, "hello")
        with pytest.raises(ConnectionClosed) as caught:
            await until_told(socket, "never")
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 4403
    assert (await result(server, "forbidden"))["ok"]
    another = asyncio.get_running_loop().create_task(dial(server, "forbidden").__aenter__())
    while (await result(server, "forbidden"))["ok"]:
        await asyncio.sleep(0)
    another.cancel()
    await asyncio.gather(another, return_exceptions=True)


async def test_handshakes_are_refused_and_unknown_names_are_not_found(
    server: ScriptedServer,
) -> None:
    for name, status in (("server_away", 502), ("no_such_vector", 404)):
        with pytest.raises(InvalidStatus) as caught:
            await dial(server, name).__aenter__()
        assert caught.value.response.status_code == status


async def test_a_stalled_connection_answers_nothing_but_stays(server: ScriptedServer) -> None:
    async with dial(server, "zombie_socket") as socket:
        await greet(socket)
        await say(socket, "send", client_msg_id="a", text="Hello")
        await until_told(socket, "delta")
        await say(socket, "ping")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await socket.recv()
        socket.transport.abort()


async def test_what_is_said_over_http_counts_as_a_frame(server: ScriptedServer) -> None:
    async with dial(server, "read_here") as socket, httpx.AsyncClient() as http:
        account = (await http.post(f"{server.url}/read_here/api/v2.1/auth/anonymous")).json()
        assert account["access_token"] == "token-1"
        await greet(socket)
        await say(socket, "send", client_msg_id="a", text="Hello")
        await until_told(socket, "turn_done")
        path = f"{server.url}/read_here/api/v2.1/sessions/s_1/read"
        assert (await http.post(path, json={"message_id": "a_1"})).status_code == 202
        await until_told(socket, "read")
    assert (await result(server, "read_here"))["ok"]
