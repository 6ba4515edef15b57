"""Open files are kept for answers, however many connect."""

import asyncio
import resource
from contextlib import AsyncExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs
from uvicorn import Config
from uvicorn.server import ServerState

from app.open_files import most_connections, raise_limit
from app.serve import HttpProtocol, Server
from tests.house import House


def limited(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> list[tuple[int, int]]:
    """Have the system say how many files may be open, and return what it is asked for."""
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    return asked


@pytest.mark.parametrize(
    ("soft", "hard", "asked"),
    [
        (1024, 4096, [(4096, 4096)]),
        (256, resource.RLIM_INFINITY, [(65_536, resource.RLIM_INFINITY)]),
        (4096, 4096, []),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, []),
        (100_000, 1_000_000, []),
    ],
)
def test_a_process_takes_what_it_may_have(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, asked: list[tuple[int, int]]
) -> None:
    set_to = limited(monkeypatch, soft, hard)
    raise_limit()

    assert set_to == asked


@pytest.mark.parametrize(("limit", "most"), [(256, 192), (1024, 768), (65_536, 65_024)])
def test_some_files_are_kept(monkeypatch: pytest.MonkeyPatch, limit: int, most: int) -> None:
    limited(monkeypatch, limit, limit)

    assert most_connections() == most


async def test_a_connection_too_many_is_ended_and_the_others_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limited(monkeypatch, 3, 3)
    state = ServerState()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    config = Config(app, lifespan="off", log_config=None)
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        server = await loop.create_server(
            lambda: HttpProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        stack.callback(server.close)
        port = server.sockets[0].getsockname()[1]
        lines = []
        for _ in range(4):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            writer.write(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            try:
                lines.append(await reader.readline())
            except ConnectionResetError:
                lines.append(b"")

    assert [line[:12] for line in lines] == [b"HTTP/1.1 204"] * 3 + [b""]


async def test_too_many_connections_are_told_now_and_then(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(house.product.settings, house.product, house.connections, ready=lambda: None)
    limited(monkeypatch, 1, 1)
    with capture_logs() as quiet:
        await server.on_tick(0)
    server.server_state.connections.add(object())  # type: ignore[arg-type]
    with capture_logs() as lines:
        for counter in range(1, 201):
            await server.on_tick(counter)

    assert not quiet
    assert [line["event"] for line in lines] == ["too_many_connections"] * 2
