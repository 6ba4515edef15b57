"""What a user deletes is nowhere any more: every store is searched byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions.stores.redis_client import redis_client
from tests.e2e.erasing import Person, dump
from tests.house import House, running_house
from tests.servers import RedisServer, require_redis_server, running_redis
from tests.traces import dumped, in_files, in_objects, traces

SECRET = "Zebrafinchquokka"
GEHEIM = "얼룩말핀치새"
PLANTED = (SECRET, GEHEIM)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Debian's redis-server, with an append-only file and nobody else's data."""
    binary = require_redis_server()
    with running_redis(tmp_path_factory.mktemp("redis"), binary=binary) as running:
        yield running


class Stores:
    """A house on real stores, and all places in which something may be left."""

    def __init__(self, house: House, server: RedisServer, data: Path) -> None:
        self.house, self.server, self.data = house, server, data

    async def erased(self, receipt_id: str) -> dict[str, Any]:
        """Wait until an erasure is done and return its receipt."""
        async with self.house.client() as anybody, asyncio.timeout(30):
            while True:
                receipt: dict[str, Any] = (await anybody.get(f"/me/erasures/{receipt_id}")).json()
                if receipt["state"] != "running":
                    return receipt
                await asyncio.sleep(0.1)

    async def traces(self, planted: tuple[str, ...]) -> list[str]:
        redis = redis_client(self.server.url)
        try:
            found = traces(await dumped(redis), planted)
        finally:
            await redis.aclose()
        found += in_files(planted, self.data, self.server.directory)
        return found + in_objects(planted, self.house.product, self.house.connections)


@pytest.fixture
async def stores(tmp_path: Path, server: RedisServer) -> AsyncIterator[Stores]:
    redis = redis_client(server.url)
    await redis.flushall()
    await redis.aclose()
    async with running_house(tmp_path / "data", server.url, llm="offline") as house:
        yield Stores(house, server, tmp_path / "data")


async def test_after_delete_me_no_byte_is_left_and_others_have_all_they_had(
    stores: Stores, capfd: pytest.CaptureFixture[str]
) -> None:
    house = stores.house
    async with Person(house) as me, Person(house) as other:
        await me.live(SECRET, GEHEIM)
        await other.live("Marmotteapricot", "다람쥐살구")
        device = await house.device(me.token)
        async with device:
            await device.attach(me.session_id)
            assert len(await stores.traces(PLANTED)) > 10
            kept = dump(house, other.user_id)

            asked = await me.client.delete("/me")
            closed = await device.until_closed()

        assert asked.status_code in (200, 202)
        receipt = await stores.erased(asked.json()["id"])
        assert await stores.traces(PLANTED) == []
        assert closed[0] == 4410
        assert (await me.client.get("/sessions")).status_code == 401
        assert (await me.client.delete("/me")).json()["id"] == receipt["id"]
        assert dump(house, other.user_id) == kept
        assert await stores.traces(("Marmotteapricot",)) != []
        assert dump(house, me.user_id) == {}
        async with house.client() as anybody:
            told = (await anybody.get(f"/me/erasures/{receipt['id']}")).text
            unknown = await anybody.get("/me/erasures/er_guessed")
        assert me.user_id not in told
        assert unknown.status_code == 404
        counts = {each["what"]: each["count"] for each in receipt["removed"]}
        assert counts["sessions"] >= 2
        assert counts["facts"] >= 2
        assert receipt["files"] == {"documents": "rewritten", "log": "rewritten"}
    output = capfd.readouterr()
    assert traces((output.out + output.err).encode(), PLANTED) == []
