"""Real documents and the parts of push, for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.stores import COLLECTIONS
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    """An empty store of the whole product."""
    store = SqliteDocuments(tmp_path / "ion.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.aclose()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()
