"""Real documents for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sessions.archive import COLLECTIONS
from sessions.stores.sqlite import SqliteDocuments


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    """An empty store."""
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()
