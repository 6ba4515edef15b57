"""What the tests of readers over HTTP share: a user of the house."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.house import House


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A user of the house."""
    async with house.client(await house.token()) as client:
        yield client
