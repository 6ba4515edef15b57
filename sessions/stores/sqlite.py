"""Documents in one SQLite file: the store that needs no server.

Every write waits for a sync of the write-ahead log; writes that wait together share it. Reads have
connections of their own and never wait for writes; short ones run where they are asked for, because
a thread and its way back cost several times what they do. What turns out to be long goes there.
"""

import asyncio
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from time import monotonic, sleep
from typing import Any, Literal, TypeVar

import msgspec

from sessions.errors import StoreUnavailable

from .commits import GroupCommit, is_busy
from .documents import Collection, Document, Range
from .keys import check
from .tables import Lengthy, Table
from .turnstile import Turnstile

__all__ = ["SqliteDocuments"]

R = TypeVar("R")
T = TypeVar("T", bound=Document)

_BUSY_PAUSE_S = 0.01
_READERS = 2
_SWEEP = 500
_BRIEF = 10
_SHORT = 100
_SHORT_CHARS = 64 * 1024
# of what may be much, but mostly is not
_GLANCE_CHARS = 16 * 1024


class SqliteDocuments:
    """The port to documents on the file `path`; raises ValueError on a bad declaration.

    Several processes may have the file open; their writers take turns, and wait `busy_timeout_s`
    for the transaction of another program. Opening it with other declarations makes its keys anew,
    and from then on a process with the old ones cannot write.
    """

    def __init__(
        self, path: Path, collections: Sequence[Collection[Any]], *, busy_timeout_s: float = 5.0
    ) -> None:
        for collection in collections:
            check(collection)
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._tables: dict[str, Table[Any]] = {each.name: Table(each) for each in collections}
        self._writer: GroupCommit | None = None
        self._readers: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._quick: sqlite3.Connection
        self._threads: ThreadPoolExecutor
        # A checksum of all declared keys; the file keeps it as its user_version (31 bits).
        declared = [(name, table.declaration) for name, table in sorted(self._tables.items())]
        self._declared = zlib.crc32(msgspec.json.encode(declared)) & 0x7FFFFFFF

    async def open(self) -> None:
        """Make or open the file; raises StoreUnavailable, Duplicate when a new key forbids it."""
        with _unavailable():
            self._writer = await asyncio.to_thread(self._open)

    async def aclose(self) -> None:
        """Finish the writes that were asked for, then close the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                await writer.aclose()
            finally:
                await asyncio.to_thread(self._close)

    async def insert(self, collection: Collection[T], document: T) -> None:
        """Store a new document; raises Duplicate when its id or a unique key is taken."""
        insert = partial(self._table(collection).insert, document=document)
        # what is new is mostly what somebody waits for: a message, before its ack
        await self._write(insert, hurried=True)

    async def get(self, collection: Collection[T], document_id: str) -> T | None:
        """Return one document, or None."""
        get = partial(self._table(collection).get, document_id=document_id)
        return await self._read(get, short=get)

    async def find(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        bounds: Range | None = None,
        descending: bool = False,
        limit: int = 100,
    ) -> list[T]:
        """Return documents along a declared index, ordered by its last field and then by id."""
        find = partial(
            self._table(collection).find,
            index=collection.index(index),
            equals=equals,
            bounds=bounds,
            descending=descending,
            limit=limit,
        )
        most_chars = _SHORT_CHARS if limit <= _SHORT else _GLANCE_CHARS
        return await self._read(find, short=partial(find, most_chars=most_chars))

    async def replace(self, collection: Collection[T], document: T) -> T:
        """Store `document` if its version is still the stored one; raises Conflict, Duplicate."""
        return await self._write(partial(self._table(collection).replace, document=document))

    async def claim(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        now: datetime,
        until: datetime,
        limit: int,
    ) -> list[T]:
        """Lease documents due at `now`; raises ValueError unless `until` is later."""
        if until <= now:
            raise ValueError("a lease ends after it begins")
        table, chosen = self._table(collection), collection.index(index)

        def lease(connection: sqlite3.Connection) -> list[T]:
            due = table.find(connection, chosen, equals, bounds=Range(lte=now), limit=limit)
            moved = {chosen.fields[-1]: until}
            return [
                table.replace(connection, msgspec.structs.replace(document, **moved))
                for document in due
            ]

        return await self._write(lease, lengthy=limit > _BRIEF)

    async def delete(self, collection: Collection[T], document_id: str) -> bool:
        """Remove one document; tell whether it was there."""
        return await self._write(partial(self._table(collection).delete, document_id=document_id))

    async def sweep(self, now: datetime) -> int:
        """Remove all documents whose time is over at `now`; return how many."""
        total = 0
        for table in self._tables.values():
            removed = _SWEEP
            while removed == _SWEEP:
                expire = partial(table.expire, now=now, limit=_SWEEP)
                removed = await self._write(expire, lengthy=True)
                total += removed
        return total

    async def scrub(self) -> Literal["rewritten"] | None:
        """Leave no byte of what was deleted in the file and its log; None: try again later.

        Zeros over what is deleted (secure_delete) are not enough: what a page moved within itself
        stays behind in its gaps, so the file is written anew. Nobody writes meanwhile, which takes
        a second or so for 100 MB.
        """
        if self._writer is None:
            raise StoreUnavailable("the file is not open")
        with _unavailable():
            return await self._writer.run_apart(_scrub)

    def _table(self, collection: Collection[T]) -> Table[T]:
        return self._tables[collection.name]

    async def _read(
        self,
        operation: Callable[[sqlite3.Connection], R],
        *,
        short: Callable[[sqlite3.Connection], R],
    ) -> R:
        if self._writer is None:
            raise StoreUnavailable("the file is not open")
        with _unavailable():
            try:
                return short(self._writer.at_rest or self._quick)
            except Lengthy:
                pass
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._borrow, operation)

    def _borrow(self, operation: Callable[[sqlite3.Connection], R]) -> R:
        connection = self._readers.get()
        try:
            return operation(connection)
        finally:
            self._readers.put(connection)

    async def _write(
        self,
        operation: Callable[[sqlite3.Connection], R],
        *,
        hurried: bool = False,
        lengthy: bool = False,
    ) -> R:
        if self._writer is None:
            raise StoreUnavailable("the file is not open")
        with _unavailable():
            return await self._writer.run(operation, hurried=hurried, lengthy=lengthy)

    def _connect(self, *, timeout_s: float | None = None) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path,
            timeout=self._busy_timeout_s if timeout_s is None else timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )

    def _enter_wal(self, connection: sqlite3.Connection) -> None:
        """Switch to WAL, which for a new file does not wait for other processes by itself."""
        give_up_at = monotonic() + self._busy_timeout_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if not busy or monotonic() > give_up_at:
                    raise
                sleep(_BUSY_PAUSE_S)
            else:
                return

    def _open(self) -> GroupCommit:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600, exist_ok=True)
        turn = Turnstile(self._path, timeout_s=self._busy_timeout_s)
        connection = self._connect()
        try:
            with turn:
                self._enter_wal(connection)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("BEGIN IMMEDIATE")
                self._prepare(connection)
                connection.execute("COMMIT")
        except BaseException:
            connection.close()
            turn.close()
            raise
        self._quick = self._reader(timeout_s=0)
        for _ in range(_READERS):
            self._readers.put(self._reader())
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-reader")
        return GroupCommit(connection, turn, self._still_ours, patience_s=self._busy_timeout_s)

    def _reader(self, *, timeout_s: float | None = None) -> sqlite3.Connection:
        reader = self._connect(timeout_s=timeout_s)
        reader.execute("PRAGMA query_only = TRUE")
        return reader

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables; make the keys when the declarations are not the file's."""
        for table in self._tables.values():
            connection.execute(table.create)
        if connection.execute("PRAGMA user_version").fetchone()[0] == self._declared:
            return
        # what SQLite made by itself, for a primary key, has no statement and goes with its table
        named = "SELECT type, name FROM sqlite_schema WHERE name LIKE '%/%' AND sql IS NOT NULL"
        for kind, name in connection.execute(named).fetchall():
            connection.execute(f'DROP {kind} "{name}"')
        for table in self._tables.values():
            table.fill(connection)
        connection.execute(f"PRAGMA user_version = {self._declared}")

    def _still_ours(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchone()[0] != self._declared:
            raise StoreUnavailable("the file was opened with other declarations")

    def _close(self) -> None:
        self._threads.shutdown()
        self._quick.close()
        while not self._readers.empty():
            self._readers.get().close()


def _scrub(connection: sqlite3.Connection) -> Literal["rewritten"] | None:
    connection.execute("VACUUM")
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return None if busy else "rewritten"


@contextmanager
def _unavailable() -> Iterator[None]:
    """Turn what SQLite and the disk refuse into StoreUnavailable."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreUnavailable(f"the documents failed: {_named(error)}") from error


def _named(error: Exception) -> str:
    """Return what failed by its name, as SQLITE_FULL; an error's own words stay out."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return getattr(error, "sqlite_errorname", "") or type(error).__name__
