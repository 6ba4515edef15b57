"""A process that writes until it is killed, and prints each id once its write has returned.

Arguments: `sqlite` and a path, or `mongo` and a URI.
"""

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

from sessions.stores.mongo import MongoDocuments, connect
from sessions.stores.sqlite import SqliteDocuments
from tests.contracts.samples import JOBS, Job

__all__ = ["open_store"]

_WRITERS = 8


async def open_store(kind: str, target: str) -> SqliteDocuments | MongoDocuments:
    """Open the store that the arguments name."""
    store = (
        SqliteDocuments(Path(target), [JOBS])
        if kind == "sqlite"
        else MongoDocuments(connect(target), "durable", [JOBS])
    )
    await store.open()
    return store


async def main(kind: str, target: str) -> None:
    """Write with several writers at once; every other write is a replace."""
    store = await open_store(kind, target)

    async def write(writer: int) -> None:
        for number in count():
            job = Job(id=f"{os.getpid()}-{writer}-{number}", queue="q")
            await store.insert(JOBS, job)
            os.write(1, f"{job.id} 1\n".encode())
            await store.replace(JOBS, job)
            os.write(1, f"{job.id} 2\n".encode())

    await asyncio.gather(*(write(each) for each in range(_WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
