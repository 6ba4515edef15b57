"""What is particular to documents in SQLite: the file, its limits, its plans and its sweep."""

import asyncio
import random
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sessions.errors import Duplicate, StoreUnavailable
from sessions.stores.documents import Collection
from sessions.stores.sqlite import SqliteDocuments
from tests.contracts.samples import JOBS, NOTES, SAMPLES, Job, Note, after
from tests.sessions.stores.plans import ALL, ask_everything


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(tmp_path / "ion.db", SAMPLES, busy_timeout_s=0.05)
    await store.open()
    yield store
    await store.aclose()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes, as on a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another connection holds the file's write lock."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Another connection reads what the file was before."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    try:
        yield
    finally:
        other.close()


async def test_a_full_disk_is_unavailable_until_there_is_room(
    documents: SqliteDocuments, tmp_path: Path
) -> None:
    await documents.insert(JOBS, Job(id="before", queue="q"))
    with largest_file((tmp_path / "ion.db-wal").stat().st_size):
        writes = (documents.insert(JOBS, Job(id=f"j{each}", queue="q")) for each in range(9))
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        assert await documents.get(JOBS, "before")
    assert {type(each) for each in outcomes} == {StoreUnavailable}
    assert all(each.retryable for each in outcomes if isinstance(each, StoreUnavailable))
    for each in range(9):
        assert await documents.get(JOBS, f"j{each}") is None
        await documents.insert(JOBS, Job(id=f"j{each}", queue="q"))
    assert len(await documents.find(JOBS, "due", {"queue": "q"})) == 10


async def test_a_locked_file_can_be_read_and_is_written_later(
    documents: SqliteDocuments, tmp_path: Path
) -> None:
    job = Job(id="j", queue="q")
    await documents.insert(JOBS, job)
    with locked(tmp_path / "ion.db"):
        with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
            await documents.delete(JOBS, "j")
        assert await documents.get(JOBS, "j") == job
    assert await documents.delete(JOBS, "j")


async def test_reads_do_not_wait_for_a_write(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "ion.db", SAMPLES, busy_timeout_s=30)
    await documents.open()
    async with asyncio.TaskGroup() as tasks:
        with locked(tmp_path / "ion.db"):
            write = tasks.create_task(documents.insert(JOBS, Job(id="j", queue="q")))
            for _ in range(20):
                assert await documents.get(JOBS, "j") is None
            assert not write.done()
    assert await documents.get(JOBS, "j") == Job(id="j", queue="q")
    await documents.aclose()


async def test_what_is_long_is_read_by_a_thread(
    documents: SqliteDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in range(4):
        await documents.insert(JOBS, Job(id=f"j{each}", queue="q", slot=f"{each}" * 20_000))
    borrowed = 0
    borrow = documents._borrow

    def counted(operation: Any) -> Any:
        nonlocal borrowed
        borrowed += 1
        return borrow(operation)

    monkeypatch.setattr(documents, "_borrow", counted)
    short = await documents.find(JOBS, "due", {"queue": "q"}, limit=3)
    before = borrowed
    every = await documents.find(JOBS, "due", {"queue": "q"})

    assert (len(short), len(every)) == (3, 4)
    assert (before, borrowed) == (0, 1)


async def test_one_duplicate_does_not_fail_its_neighbours(documents: SqliteDocuments) -> None:
    writes = (documents.insert(JOBS, Job(id=f"j{each // 2}", queue="q")) for each in range(20))
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 10
    assert sum(isinstance(outcome, Duplicate) for outcome in outcomes) == 10
    assert len(await documents.find(JOBS, "due", {"queue": "q"})) == 10


async def test_something_else_than_a_database_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "ion.db"
    path.write_text("This is a letter, and not a database. " * 50)
    with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
        await SqliteDocuments(path, SAMPLES).open()
    with pytest.raises(StoreUnavailable, match="File exists"):
        await SqliteDocuments(path / "ion.db", SAMPLES).open()


async def test_a_mistake_in_a_call_is_not_called_unavailable(documents: SqliteDocuments) -> None:
    with pytest.raises((sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        await documents.find(JOBS, "due", {"queue": object()})
    unknown = Collection(name="unknown", type=Job)
    with pytest.raises(KeyError, match="unknown"):
        await documents.get(unknown, "j")


async def test_the_file_is_its_owners_alone(documents: SqliteDocuments, tmp_path: Path) -> None:
    await documents.insert(JOBS, Job(id="j", queue="q"))
    for name in ("ion.db", "ion.db-wal", "ion.db-shm"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


async def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    stores = [SqliteDocuments(tmp_path / "ion.db", SAMPLES) for _ in range(8)]
    await asyncio.gather(*(store.open() for store in stores))
    for number, store in enumerate(stores):
        await store.insert(JOBS, Job(id=f"j{number}", queue="q"))
    assert len(await stores[0].find(JOBS, "due", {"queue": "q"})) == 8
    await asyncio.gather(*(store.aclose() for store in stores))


async def test_a_store_can_be_opened_again(documents: SqliteDocuments) -> None:
    await documents.insert(JOBS, Job(id="j", queue="q"))
    await documents.aclose()
    await documents.open()
    assert await documents.get(JOBS, "j") == Job(id="j", queue="q")


async def test_a_process_with_old_declarations_cannot_write_over_new_ones(
    documents: SqliteDocuments, tmp_path: Path
) -> None:
    await documents.insert(JOBS, Job(id="j", queue="q"))
    newer = SqliteDocuments(tmp_path / "ion.db", ALL)
    await newer.open()
    with pytest.raises(StoreUnavailable, match="other declarations"):
        await documents.insert(JOBS, Job(id="k", queue="q"))
    assert await newer.find(JOBS, "due", {"queue": "q"}) == [Job(id="j", queue="q")]
    await newer.aclose()


async def test_a_file_with_a_table_for_each_key_gets_indexes(tmp_path: Path) -> None:
    jobs = [Job(id=f"j{each}", queue="q", due_at=after(each)) for each in range(3)]
    with sqlite3.connect(tmp_path / "ion.db") as connection:
        connection.execute('CREATE TABLE "jobs" (id TEXT PRIMARY KEY, document TEXT)')
        connection.execute('CREATE TABLE "jobs/due" (k0, k1, id, PRIMARY KEY (k0, k1, id))')
        connection.execute('CREATE TABLE "jobs/old" (k0, id, PRIMARY KEY (k0)) WITHOUT ROWID')
        rows = [(job.id, msgspec.json.encode(job).decode()) for job in jobs]
        connection.executemany('INSERT INTO "jobs" VALUES (?, ?)', rows)
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    store = SqliteDocuments(tmp_path / "ion.db", SAMPLES)
    await store.open()
    assert await store.find(JOBS, "due", {"queue": "q"}) == jobs
    assert (await store.replace(JOBS, jobs[0])).version == 2
    assert await store.delete(JOBS, "j1")
    assert [each.id for each in await store.find(JOBS, "due", {"queue": "q"})] == ["j0", "j2"]
    await store.aclose()


async def test_a_sweep_removes_what_is_over(documents: SqliteDocuments) -> None:
    notes = [Note(id=f"n{each}", text="", over_at=after(each % 2 * 60)) for each in range(1020)]
    await asyncio.gather(*(documents.insert(NOTES, note) for note in notes))
    assert await documents.sweep(after(-0.000001)) == 0
    assert await documents.sweep(after(59)) == 510
    assert await documents.get(NOTES, "n0") is None
    assert await documents.get(NOTES, "n1") == notes[1]
    assert await documents.sweep(after(60)) == 510
    assert await documents.sweep(after(60)) == 0


async def test_every_question_is_answered_by_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    documents = SqliteDocuments(tmp_path / "ion.db", ALL)
    await documents.open()
    statements.clear()
    asked = await ask_everything(documents)
    await documents.sweep(after(0))
    expiring = sum(collection.expires is not None for collection in ALL)
    await documents.aclose()

    questions = [each for each in statements if each.startswith("SELECT")]
    assert len(questions) == asked + expiring
    with connect(tmp_path / "ion.db") as connection:
        for question in questions:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}")]
            if len(plan) == 2:
                assert plan[0].startswith("SEARCH k USING PRIMARY KEY"), (question, plan)
                assert plan[1].startswith("SEARCH d USING INDEX"), (question, plan)
            else:
                assert plan[0].startswith("SEARCH k USING INDEX"), (question, plan)
                assert len(plan) == 1, (question, plan)
    connection.close()


async def test_after_a_scrub_the_file_holds_nothing_that_was_deleted(
    documents: SqliteDocuments, tmp_path: Path
) -> None:
    chance = random.Random(4)
    doomed: list[str] = []
    for _ in range(300):
        word = chance.choice(["Zebrafinch", "other"])
        text = f"{word} " * chance.choice([1, 20, 300, 1200])
        name = f"{word}{chance.random()}"
        await documents.insert(NOTES, Note(id=name, text=text, over_at=after(9)))
        await documents.insert(JOBS, Job(id=name, queue=word * chance.choice([1, 30]), slot=name))
        doomed += [name] if word == "Zebrafinch" else []
    for name in doomed:
        await documents.delete(NOTES, name)
        await documents.delete(JOBS, name)
    with reading(tmp_path / "ion.db"):
        later = await documents.scrub()
    done = await documents.scrub()

    assert (later, done) == (None, "rewritten")
    files = list(tmp_path.glob("ion.db*"))
    assert [each for each in files if b"Zebrafinch" in each.read_bytes()] == []
    assert (tmp_path / "ion.db-wal").stat().st_size == 0
    kept = sqlite3.connect(tmp_path / "ion.db")
    assert kept.execute("SELECT count(*) FROM notes").fetchone()[0] == 300 - len(doomed)
    kept.close()
