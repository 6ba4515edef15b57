"""What is particular to documents in MongoDB: indexes, write concern, outages, dates."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from sessions.errors import StoreUnavailable
from sessions.stores.documents import Collection, Index, UniqueKey
from sessions.stores.mongo import MongoDocuments, connect
from tests.contracts.samples import JOBS, NOTES, SAMPLES, Job, Note, after
from tests.proxy import FaultProxy
from tests.servers import free_port, running_secantus
from tests.sessions.stores.plans import ALL, ask_everything

AsyncClient = AsyncMongoClient[dict[str, Any]]


class Commands(CommandListener):
    """All commands that a client sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append({**event.command})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def named(self, name: str) -> list[dict[str, Any]]:
        return [command for command in self.sent if name in command]


@pytest.fixture
def database_name() -> str:
    return f"ion_test_{uuid4().hex}"


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
async def documents(
    mongodb_uri: str, database_name: str, commands: Commands
) -> AsyncIterator[MongoDocuments]:
    client = AsyncClient(mongodb_uri, event_listeners=[commands])
    store = MongoDocuments(client, database_name, ALL, majority_timeout_s=3)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
async def shell(mongodb_uri: str, database_name: str) -> AsyncIterator[Any]:
    """The database as an operator sees it."""
    async with AsyncClient(mongodb_uri, tz_aware=True) as client:
        yield client[database_name]


async def test_every_question_is_answered_by_its_index(
    documents: MongoDocuments, shell: Any, commands: Commands
) -> None:
    asked = await ask_everything(documents)
    questions = commands.named("find")
    assert len(questions) == asked
    for question in questions:
        named = ("find", "filter", "sort", "hint", "limit")
        plan = await shell.command("explain", {name: question[name] for name in named})
        stage = plan["queryPlanner"]["winningPlan"]
        stages = []
        while stage:
            stages.append(stage)
            stage = stage.get("inputStage")
        assert stages[-1]["stage"] == "IXSCAN", plan
        assert stages[-1]["indexName"] == question["hint"], plan


async def test_every_write_waits_for_the_journals_of_a_majority(
    documents: MongoDocuments, commands: Commands
) -> None:
    job = Job(id="j", queue="q", due_at=after(0))
    await documents.insert(JOBS, job)
    await documents.replace(JOBS, job)
    await documents.claim(JOBS, "due", {"queue": "q"}, now=after(0), until=after(1), limit=1)
    await documents.delete(JOBS, "j")
    written = [
        command for name in ("insert", "update", "delete") for command in commands.named(name)
    ]
    assert len(written) == 4
    for command in written:
        assert command["writeConcern"] == {"w": "majority", "j": True, "wtimeout": 3000}


async def test_documents_expire_by_a_date_and_keep_their_microseconds(
    documents: MongoDocuments, shell: Any
) -> None:
    moment = after(0.000001)
    await documents.insert(NOTES, Note(id="n", text="x", over_at=moment))
    stored = await shell.notes.find_one({"_id": "n"})
    assert stored["_expires"] == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert stored["over_at"] == int(moment.timestamp()) * 1_000_000 + moment.microsecond
    assert await documents.get(NOTES, "n") == Note(id="n", text="x", over_at=moment)
    index = (await shell.notes.index_information())["expiry"]
    assert index["key"] == [("_expires", 1)]
    assert index["expireAfterSeconds"] == 0


async def test_a_changed_declaration_replaces_its_index_and_no_others(
    documents: MongoDocuments, mongodb_uri: str, database_name: str, shell: Any
) -> None:
    await shell.jobs.create_index([("by", 1)], name="the_operators_own")
    before = await shell.jobs.index_information()
    changed = Collection(
        name="jobs",
        type=Job,
        unique=(UniqueKey(name="tag", fields=("queue", "slot")),),
        indexes=(Index(name="due", fields=("slot", "due_at"), serves="another question"),),
    )
    second = MongoDocuments(connect(mongodb_uri), database_name, [changed])
    await second.open()
    await second.aclose()
    after_it = await shell.jobs.index_information()
    assert after_it.pop("due")["key"] == [("slot", 1), ("due_at", 1), ("_id", 1)]
    assert "partialFilterExpression" not in after_it.pop("tag")
    assert after_it == {name: before[name] for name in before if name not in ("due", "tag")}
    assert "the_operators_own" in after_it


async def test_a_second_start_only_looks(
    documents: MongoDocuments, mongodb_uri: str, database_name: str
) -> None:
    commands = Commands()
    client = AsyncClient(mongodb_uri, event_listeners=[commands])
    second = MongoDocuments(client, database_name, ALL)
    await second.open()
    await second.aclose()
    assert len(commands.named("listIndexes")) == len(ALL)
    assert not commands.named("createIndexes")


async def test_a_call_on_a_line_that_went_dead_is_made_on_another(
    mongodb_uri: str, database_name: str
) -> None:
    port = urlsplit(mongodb_uri).port or 27017
    async with FaultProxy("127.0.0.1", port) as proxy:
        uri = f"mongodb://127.0.0.1:{urlsplit(proxy.url).port}/?directConnection=true"
        store = MongoDocuments(connect(uri, timeout_s=0.3), database_name, SAMPLES)
        await store.open()
        proxy.strand()
        async with asyncio.timeout(20):
            assert await store.get(NOTES, "n") is None
        await store.aclose()


async def test_without_a_server_a_call_gives_up_in_time() -> None:
    uri = f"mongodb://127.0.0.1:{free_port()}/"
    store = MongoDocuments(connect(uri, timeout_s=0.1), "ion", SAMPLES)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        await store.open()
    assert time.monotonic() - began < 3
    assert caught.value.retryable
    await store.aclose()


async def test_an_outage_is_unavailable_and_then_over(tmp_path: Path) -> None:
    job = Job(id="j", queue="q", due_at=after(0))
    with running_secantus(tmp_path) as server:
        store = MongoDocuments(connect(server.uri, timeout_s=0.3), "ion", SAMPLES)
        await store.open()
        await store.insert(JOBS, job)
        server.kill()
        calls = (
            store.get(JOBS, "j"),
            store.find(JOBS, "due", {"queue": "q"}),
            store.insert(JOBS, Job(id="k", queue="q")),
            store.replace(JOBS, job),
            store.claim(JOBS, "all_due", {}, now=after(0), until=after(1), limit=1),
            store.delete(JOBS, "j"),
        )
        for call in calls:
            with pytest.raises(StoreUnavailable):
                await call
        server.start()
        assert await store.get(JOBS, "j") == job
        await store.aclose()


async def test_what_the_server_refuses_is_unavailable(
    documents: MongoDocuments, shell: Any
) -> None:
    await shell.jobs.drop_index("due")
    with pytest.raises(StoreUnavailable, match="OperationFailure BadValue"):
        await documents.find(JOBS, "due", {"queue": "q"})


class Unresolved:
    """A client of a mongodb+srv:// address that no name server knows."""

    def get_database(self, *_: object, **__: object) -> "Unresolved":
        return self

    def __getitem__(self, _name: str) -> "Unresolved":
        return self

    async def index_information(self) -> None:
        raise ConfigurationError("The DNS query name does not exist")


async def test_a_name_that_is_not_found_is_unavailable() -> None:
    client: Any = Unresolved()
    with pytest.raises(StoreUnavailable, match="ConfigurationError"):
        await MongoDocuments(client, "ion", SAMPLES).open()
