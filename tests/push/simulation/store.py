"""Documents as SQLite has them, in memory, behind a process and outages."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from push.documents import PUSH_COLLECTIONS
from sessions.errors import StoreUnavailable
from sessions.stores.sqlite import SqliteDocuments
from sessions.stores.tables import Table

from .process import Process

__all__ = ["Store", "StoreOf"]

R = TypeVar("R")


class Store:
    """The truth; `is_away` refuses all, `drops` is how often the answer to a write is lost."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.is_away = False
        self.drops = 0.0
        for collection in PUSH_COLLECTIONS:
            table: Table[Any] = Table(collection)
            self.connection.execute(table.create)
            table.fill(self.connection)

    def close(self) -> None:
        """Forget everything."""
        self.connection.close()


class StoreOf(SqliteDocuments):
    """The documents of one process: every read and write is a hop there and one back."""

    def __init__(self, store: Store, process: Process, random: Random) -> None:
        super().__init__(Path(":memory:"), PUSH_COLLECTIONS)
        self._store = store
        self._process = process
        self._random = random

    async def _read(
        self,
        operation: Callable[[sqlite3.Connection], R],
        *,
        short: Callable[[sqlite3.Connection], R] | None,
    ) -> R:
        return await self._do(operation)

    async def _write(
        self,
        operation: Callable[[sqlite3.Connection], R],
        *,
        hurried: bool = False,
        lengthy: bool = False,
    ) -> R:
        done = await self._do(operation)
        if self._random.random() < self._store.drops:
            raise StoreUnavailable
        return done

    async def _do(self, operation: Callable[[sqlite3.Connection], R]) -> R:
        await self._process.hop()
        if self._store.is_away:
            raise StoreUnavailable
        done = operation(self._store.connection)
        await self._process.hop()
        return done
