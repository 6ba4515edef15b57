"""The server that tests of the client talk to, and a network that they can break."""

from collections.abc import AsyncIterator

import pytest

from tests.clients.fake_server import FakeServer, running_fake_server
from tests.proxy import FaultProxy


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    async with running_fake_server() as running:
        yield running


@pytest.fixture
async def proxy(server: FakeServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", server.port) as running:
        yield running
