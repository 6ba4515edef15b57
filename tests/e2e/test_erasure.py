"""What a user deletes is nowhere any more: every store is searched byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import bson
import pymongo
import pytest

from sessions.stores.redis_client import redis_client
from tests.e2e.erasing import Person, dump
from tests.house import House, running_house
from tests.servers import RedisServer, require_redis_server, running_redis, running_secantus
from tests.sessions.memory.made import fact
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

    async def in_redis(self, planted: tuple[str, ...]) -> list[str]:
        redis = redis_client(self.server.url)
        try:
            parts = await dumped(redis)
            return [f"{part[:60]!r}: {each}" for part in parts for each in traces(part, planted)]
        finally:
            await redis.aclose()

    async def traces(self, planted: tuple[str, ...]) -> list[str]:
        found = await self.in_redis(planted)
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
            known = await me.client.get("/me/export")

            asked = await me.client.delete("/me")
            closed = await device.until_closed()

        assert asked.status_code in (200, 202)
        assert {key for key, found in known.json().items() if found} >= {
            *("users", "sessions", "turns", "memories", "profiles", "choices", "recommendations")
        }
        assert SECRET in known.text
        assert other.user_id not in known.text
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


async def test_a_message_goes_from_all_that_was_made_of_it_and_the_rest_stays(
    stores: Stores,
) -> None:
    house = stores.house
    async with Person(house) as me:
        me.session_id = await me.new_session()
        kept = await me.say("My sister plays the clarinet")
        doomed = await me.say(f"My name is {SECRET} and I promised {GEHEIM} a letter by Friday")
        await me.client.patch(f"/sessions/{me.session_id}", json={"title": f"{SECRET}'s letter"})
        await me.edit(doomed["message_id"], f"My name is {GEHEIM}, not {SECRET}")
        await me.regenerate(doomed["turn_id"])
        await me.rate(doomed["turn_id"], f"{SECRET} says thanks")
        await me.remember(fact("name", text=f"My name is {SECRET}", turn=doomed["turn_id"]))
        last = await me.say("What should I practise today?")
        device = await house.device(me.token)
        async with device:
            view = await device.attach(me.session_id)
            since = (await me.client.get("/sync")).json()["next"]
            path = f"/sessions/{me.session_id}/messages/{doomed['message_id']}"
            asked = await me.client.delete(path)
            await device.until(lambda: view.snapshots == 2)
            receipt = await stores.erased(asked.json()["id"])
            told = {message["text"] for message in view.messages.values()}

        assert receipt["files"] == {"documents": "rewritten", "log": "rewritten"}
        assert await stores.traces(PLANTED) == []
        assert "My sister plays the clarinet" in told
        page = (await me.client.get(f"/sessions/{me.session_id}/messages")).json()["messages"]
        turns = [each["turn_id"] for each in page if each["role"] == "user"]
        assert turns == [kept["turn_id"], last["turn_id"]]
        shown = (await me.client.get(f"/sessions/{me.session_id}")).json()
        assert shown["message_count"] == len(page)
        synced = (await me.client.get("/sync", params={"since": since})).json()["sessions"]
        assert [(each["session"]["id"], each["replaces"]) for each in synced] == [
            (me.session_id, True)
        ]
        again = await me.client.post(
            f"/sessions/{me.session_id}/messages",
            json={"text": "again", "client_msg_id": doomed["client_msg_id"]},
        )
        assert again.json()["duplicate"] is True
        counts = {each["what"]: each["count"] for each in receipt["removed"]}
        assert counts["messages"] == 3
        assert counts["facts"] >= 1


async def test_a_memory_and_a_session_go_alone(stores: Stores) -> None:
    house = stores.house
    async with Person(house) as me:
        me.session_id = await me.new_session()
        await me.say("My sister plays the clarinet")
        here: dict[str, Any] = {"slot": "name", "session": me.session_id}
        older = fact("old", text=f"My name is {SECRET}", **here)
        newer = fact("new", day=1, text=f"My name is {GEHEIM}", **here)
        for each in (older, newer):
            await me.remember(each)
            await me.tell_remembered(each)
        assert len(await stores.in_redis(PLANTED)) >= 2

        gone = await me.client.delete(f"/memory/{newer.id}{me.user_id}")
        await stores.erased(gone.headers["x-ion-receipt"])
        facts = await me.client.get("/memory", params={"superseded": True})
        assert "My name" not in facts.text
        assert await stores.traces(PLANTED) == []

        other = await me.new_session(title=SECRET)
        await me.say(f"Tell me about {SECRET}, {GEHEIM}", other)
        gone = await me.client.delete(f"/sessions/{other}")
        receipt = await stores.erased(gone.headers["x-ion-receipt"])

        assert gone.status_code == 204
        assert await stores.traces(PLANTED) == []
        assert {"turns", "sessions"} <= {each["what"] for each in receipt["removed"]}
        assert (await me.client.get(f"/sessions/{me.session_id}")).status_code == 200


async def test_what_only_a_correction_said_goes_with_it_from_the_session_it_was_made_in(
    stores: Stores,
) -> None:
    async with Person(stores.house) as me:
        for what in ("fact", "message"):
            me.session_id = await me.new_session()
            said = await me.say("My goal is to run a marathon.")
            await stores.house.product.owners.remembered()
            (goal,) = (await me.client.get("/memory")).json()["memories"]
            path, text = f"/memory/{goal['id']}", f"My goal is to teach {SECRET} to {GEHEIM}"
            await me.client.patch(path, json={"text": text})
            shown = (await me.client.get(f"/sessions/{me.session_id}")).text
            assert SECRET in shown
            assert len(await stores.traces(PLANTED)) > 1

            if what == "message":
                path = f"/sessions/{me.session_id}/messages/{said['message_id']}"
            gone = await me.client.delete(path)
            await stores.erased(gone.headers.get("x-ion-receipt") or gone.json()["id"])

            assert await stores.traces(PLANTED) == [], what


async def test_a_turn_that_runs_when_its_account_goes_leaves_nothing(stores: Stores) -> None:
    house = stores.house
    async with Person(house) as me:
        me.session_id = await me.new_session()
        for number in range(3):
            said = {"text": f"{SECRET} {GEHEIM} {number}", "client_msg_id": f"{number}"}
            await me.client.post(f"/sessions/{me.session_id}/messages", json=said)
        asked = await me.client.delete("/me")
        await stores.erased(asked.json()["id"])

        assert await stores.traces(PLANTED) == []
        assert len(house.product.owners) == 0


async def test_documents_in_mongodb_hold_nothing_either(
    tmp_path: Path, server: RedisServer
) -> None:
    with running_secantus(tmp_path / "mongo") as mongo:
        settings = {"mongodb_uri": mongo.uri, "llm": "scripted", "scripted_tokens": 2}
        async with running_house(tmp_path / "data", server.url, **settings) as house:
            stores = Stores(house, server, tmp_path / "data")
            async with Person(house) as me, Person(house) as other:
                await me.live(SECRET, GEHEIM)
                await other.new_session(title="Marmotteapricot")
                before = _all_of(mongo.uri, house.product.settings.mongodb_database)
                asked = await me.client.delete("/me")
                receipt = await stores.erased(asked.json()["id"])
                after = _all_of(mongo.uri, house.product.settings.mongodb_database)
    assert len(traces(before, PLANTED)) >= 2
    assert traces(after, PLANTED) == []
    assert traces(after, ("Marmotteapricot",)) != []
    assert receipt["files"]["documents"] == "left"
    assert any("old files" in each["what"] for each in receipt["kept"])


def _all_of(uri: str, database: str) -> bytes:
    """Return all documents and indexes of a database."""
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        found = client[database]
        return b"\n".join(
            bson.encode(document)
            for name in found.list_collection_names()
            for document in found[name].find()
        )
