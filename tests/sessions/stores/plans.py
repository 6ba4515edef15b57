"""Asks a store every declared question once, so that a test can look at how it was answered."""

from typing import Any

from sessions.archive import COLLECTIONS
from sessions.stores.documents import Collection, Documents, Range
from sessions.stores.keys import lists, moments
from tests.contracts.samples import SAMPLES, after

__all__ = ["ALL", "ask_everything"]

ALL: tuple[Collection[Any], ...] = (*COLLECTIONS, *SAMPLES)


async def ask_everything(documents: Documents) -> int:
    """Find along each declared index both ways, and claim where it can be; return the count."""
    asked = 0
    for collection in ALL:
        for index in collection.indexes:
            last = index.fields[-1]
            equals = dict.fromkeys(index.fields[:-1], "x")
            bound: Any = after(0) if last in moments(collection.type) else 5
            for bounds in (Range(gt=bound), Range(lt=bound)):
                for descending in (False, True):
                    await documents.find(
                        collection, index.name, equals, bounds=bounds, descending=descending
                    )
                    asked += 1
            if last in moments(collection.type) and not set(equals) & set(lists(collection.type)):
                await documents.claim(
                    collection, index.name, equals, now=after(0), until=after(1), limit=3
                )
                asked += 1
    return asked
