"""Answers told to phones: how many a second one process sends, and how late its loop gets.

The worker is a process of its own, with the documents in SQLite and FCM's sender over HTTP/2 and
TLS; the stand-in for FCM takes 50 ms for a message, in the process of the load. Every answer is
another user's, and is decided on as in production: read or not, quiet hours, devices, badge.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from msgspec import Struct

from bench.harness import drive, keep_off_load, percentile, report, spread
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.fakes.authority import Authority
from tests.fakes.fcm.service import FakeFcm
from tests.push.apart.estate import COLLECTIONS, Estate
from tests.push.apart.figures import Figures
from tests.push.apart.place import Place
from tests.push.apart.server import WorkerServer
from tests.push.fcm.notifications import PROJECT

__all__ = ["main"]

ANSWERS = 3_000
DELAY_S = 0.05
# the pace has its ramp, and the process is warm, when so many are sent
_FIRST = 500
_PATIENCE_S = 120


class _Sent(Struct, frozen=True):
    """How many a second were sent after the first, the most in flight, twice; the process."""

    a_second: float
    in_flight: int
    requests: int
    figures: Figures


async def _send() -> _Sent:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="ion-bench-") as name:
        directory = Path(name)
        authority = Authority(directory)
        tls = authority.server_context("h2")
        async with FakeFcm(tls, clock, project=PROJECT, delay_s=DELAY_S) as fcm:
            place = Place(
                documents=str(directory / "ion.sqlite"),
                url=fcm.url,
                root=authority.root,
                figures=str(directory / "figures.json"),
            )
            await _prepare(place, fcm, clock)
            worker = WorkerServer(directory, place)
            await asyncio.to_thread(worker.start)
            try:
                keep_off_load(worker.pid)
                took_s = await _watched(fcm)
            finally:
                await asyncio.to_thread(worker.stop)
            figures = worker.figures()
            return _Sent((ANSWERS - _FIRST) / took_s, fcm.in_flight_most, len(fcm.posts), figures)


async def _prepare(place: Place, fcm: FakeFcm, clock: SystemClock) -> None:
    documents = SqliteDocuments(Path(place.documents), COLLECTIONS)
    await documents.open()
    estate = Estate(documents, fcm, clock)

    async def one(number: int) -> None:
        await estate.user(f"u{number}")
        await estate.reply(f"u{number}", str(number))

    for start in range(0, ANSWERS, 250):
        await asyncio.gather(*(one(number) for number in range(start, start + 250)))
    await documents.aclose()


async def _watched(fcm: FakeFcm) -> float:
    """Return the seconds from the first requests to the last."""
    async with asyncio.timeout(_PATIENCE_S):
        await fcm.until(_FIRST)
        began = time.perf_counter()
        await fcm.until(ANSWERS)
        took_s = time.perf_counter() - began
    # the last are written down
    await asyncio.sleep(1)
    return took_s


def main() -> None:
    """Measure, print and write bench/results/push.json."""
    sent, share = drive(_send())
    figures = sent.figures
    report(
        "push",
        f"{ANSWERS:,} answers told to phones by one process, FCM's stand-in at 50 ms",
        ("figure", "value"),
        [
            ("notifications a second", f"{sent.a_second:.0f}"),
            ("event loop late, p50 / p99", spread(figures.gaps_s, 0.5, 0.99)),
            ("CPU a notification", f"{figures.cpu_s / ANSWERS * 1000:.2f} ms"),
            ("in flight at most", str(sent.in_flight)),
            ("requests", f"{sent.requests:,}"),
            ("load", f"{share:.0%}"),
        ],
        note="; ".join(figures.faults),
        figures={
            "a_second": sent.a_second,
            "gap_p50_s": percentile(figures.gaps_s, 0.5),
            "gap_p99_s": percentile(figures.gaps_s, 0.99),
            "gap_most_s": max(figures.gaps_s),
            "cpu_ms": figures.cpu_s / ANSWERS * 1000,
        },
    )


if __name__ == "__main__":
    main()
