"""Erasing an account from SQLite: how long it takes, and why the file is written anew.

The account has 1,000 turns in 20 sessions; other users have the rest of the file. "Zeros alone" is
what `PRAGMA secure_delete` leaves of deleted words, counted in the file.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

from msgspec import structs

from bench.harness import report
from sessions.archive import COLLECTIONS, TURNS
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.sessions.erasure.estate import Estate, Process
from tests.sessions.turns import AT, turn

__all__ = ["main"]

OTHERS = (0, 5_000, 20_000)
TURN_CHARS = 2_000
WORD = "Zebrafinchquokka"
TRIALS = 6
WRITES = 3_000


class Timed:
    """Files whose writing anew is timed."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents
        self.took_s = 0.0

    async def scrub(self) -> Literal["rewritten"] | None:
        began = time.perf_counter()
        done = await self._documents.scrub()
        self.took_s = time.perf_counter() - began
        return done


async def _erase(others: int) -> tuple[float, float, float]:
    """Return the file's MB, and the seconds until all is removed and for the file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "ion.sqlite"
        documents = SqliteDocuments(path, COLLECTIONS)
        await documents.open()
        timed: Any = Timed(documents)
        process = Process(documents, FakeClock(AT), files=timed)
        await Estate(documents, process).leave("u_me", sessions=20, turns=50)
        for start in range(0, others, 500):
            await asyncio.gather(*(_other(documents, start + each) for each in range(500)))
        size_mb = path.stat().st_size / 1e6
        began = time.perf_counter()
        await process.erasures.account("u_me", wait_s=600)
        took_s = time.perf_counter() - began
        await process.tasks.cancel()
        await documents.aclose()
    return size_mb, took_s - timed.took_s, timed.took_s


async def _other(documents: SqliteDocuments, number: int) -> None:
    said = turn(1, id=f"t_o{number}", session_id=f"s_o{number}", user_id="u_other")
    answer = structs.replace(said.answer, text="x" * TURN_CHARS) if said.answer else None
    await documents.insert(TURNS, structs.replace(said, answer=answer))


def left_by_zeros(seed: int) -> tuple[int, int]:
    """Return how often a deleted word is left by zeros alone, and when the file is rewritten."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "one.sqlite"
        file = sqlite3.connect(path, isolation_level=None)
        file.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;"
            "CREATE TABLE t (id TEXT PRIMARY KEY, document TEXT); CREATE INDEX k ON t (document)"
        )
        alive: list[str] = []
        for number in range(WRITES):
            name = f"{chance.choice([WORD, 'other'])}{number}"
            text = name * chance.choice([1, 2, 6, 25, 90, 300])
            if alive and chance.random() < 0.4:
                file.execute("UPDATE t SET document = ? WHERE id = ?", (text, chance.choice(alive)))
            else:
                file.execute("INSERT INTO t VALUES (?, ?)", (name, text))
                alive.append(name)
        file.execute("DELETE FROM t WHERE document LIKE ? OR id LIKE ?", (f"{WORD}%", f"{WORD}%"))
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        zeros = path.read_bytes().count(WORD.encode())
        file.execute("VACUUM")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rewritten = path.read_bytes().count(WORD.encode())
        file.close()
    return zeros, rewritten


def main() -> None:
    """Measure, print and keep the results."""
    trials = [left_by_zeros(seed) for seed in range(TRIALS)]
    zeros, rewritten = (sorted(each) for each in zip(*trials, strict=True))
    timed = [asyncio.run(_erase(others)) for others in OTHERS]
    rows = [(f"{mb:.0f} MB", f"{took:.2f} s", f"{file:.2f} s") for mb, took, file in timed]
    report(
        "erasure",
        f"DELETE /me of 1,000 turns, {WRITES:,} writes in each of {TRIALS} trials",
        ("file", "removed after", "file written anew in"),
        rows,
        note=f"copies of deleted words left by zeros alone: {zeros[0]} to {zeros[-1]}; "
        f"when the file is written anew: {rewritten[-1]}",
        figures={"timed": timed, "zeros": zeros, "rewritten": rewritten},
    )


if __name__ == "__main__":
    main()
