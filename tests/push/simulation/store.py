"""Documents as SQLite has them, in memory, behind a process and outages."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any, TypeVar

import msgspec

from push.documents import PUSH_COLLECTIONS
from sessions.errors import StoreUnavailable
from sessions.stores.documents import Collection, Document, Range
from sessions.stores.tables import Table

from .process import Process

__all__ = ["Store", "StoreOf"]

R = TypeVar("R")
T = TypeVar("T", bound=Document)


class Store:
    """The truth; `is_away` refuses all, `drops` is how often the answer to a write is lost."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.tables: dict[str, Table[Any]] = {each.name: Table(each) for each in PUSH_COLLECTIONS}
        self.is_away = False
        self.drops = 0.0
        for table in self.tables.values():
            self.connection.execute(table.create)
            table.fill(self.connection)

    def close(self) -> None:
        """Forget everything."""
        self.connection.close()


class StoreOf:
    """Passes the contract of sessions.stores.documents.Documents for one process."""

    def __init__(self, store: Store, process: Process, random: Random) -> None:
        self._store = store
        self._process = process
        self._random = random

    async def insert(self, collection: Collection[T], document: T) -> None:
        """Store a new document."""
        table = self._table(collection)
        await self._do(lambda: table.insert(self._store.connection, document), writes=True)

    async def get(self, collection: Collection[T], document_id: str) -> T | None:
        """Return one document, or None."""
        table = self._table(collection)
        return await self._do(lambda: table.get(self._store.connection, document_id))

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
        """Return documents along a declared index."""
        table = self._table(collection)
        return await self._do(
            lambda: table.find(
                self._store.connection,
                collection.index(index),
                equals,
                bounds=bounds,
                descending=descending,
                limit=limit,
            )
        )

    async def replace(self, collection: Collection[T], document: T) -> T:
        """Store `document` if its version is still the stored one."""
        table = self._table(collection)
        return await self._do(lambda: table.replace(self._store.connection, document), writes=True)

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
        """Lease documents due at `now`."""
        table, chosen = self._table(collection), collection.index(index)
        connection, moved = self._store.connection, {chosen.fields[-1]: until}

        def lease() -> list[T]:
            due = table.find(connection, chosen, equals, bounds=Range(lte=now), limit=limit)
            return [
                table.replace(connection, msgspec.structs.replace(each, **moved)) for each in due
            ]

        return await self._do(lease, writes=True)

    async def delete(self, collection: Collection[T], document_id: str) -> bool:
        """Remove one document."""
        table = self._table(collection)
        return await self._do(
            lambda: table.delete(self._store.connection, document_id), writes=True
        )

    def _table(self, collection: Collection[T]) -> Table[T]:
        return self._store.tables[collection.name]

    async def _do(self, operation: Callable[[], R], *, writes: bool = False) -> R:
        await self._process.hop()
        if self._store.is_away:
            raise StoreUnavailable
        done = operation()
        await self._process.hop()
        if writes and self._random.random() < self._store.drops:
            raise StoreUnavailable
        return done
