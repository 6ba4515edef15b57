"""Notifications for browsers: how many a second the Web Push sender carries, and what each costs.

The push service is a stand-in in a process of its own that takes 50 ms for a request, and checks,
decrypts and keeps each as a real one would. All is encrypted and signed for 200 browsers.
"""

import asyncio
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from msgspec import Struct

from bench.harness import drive, keep_off_load, percentile, report, spread
from push.outcomes import Accepted
from push.requests import send
from push.webpush.keys import VapidKey
from push.webpush.sender import WebPushSender
from sessions.clock import SystemClock
from tests.fakes.authority import Authority
from tests.fakes.webpush.service import PushService
from tests.push.messages import SUBJECT, a_device, a_message

__all__ = ["main"]

MESSAGES = 3_000
BROWSERS = 200
AT_ONCE = 64
DELAY_S = 0.05
_TICK_S = 0.005


class _Sent(Struct, frozen=True):
    """Seconds that all took, and of CPU; how late the loop was, tick by tick."""

    took_s: float
    cpu_s: float
    gaps_s: list[float]


def _serve(authority: Authority, key: str, pipe: Connection) -> None:
    async def serve() -> None:
        tls = authority.server_context()
        async with PushService(tls, SystemClock(), delay_s=DELAY_S) as service:
            pipe.send((service.place, [service.subscribe(key).address() for _ in range(BROWSERS)]))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())


async def _send(sender: WebPushSender, addresses: list[str]) -> _Sent:
    clock, numbers = SystemClock(), iter(range(MESSAGES))

    async def one_after_another() -> None:
        for number in numbers:
            device = a_device(addresses[number % BROWSERS])
            message = a_message(created_at=clock.now(), ttl=timedelta(hours=1))
            outcome = await send(sender, device, message)
            if not isinstance(outcome, Accepted):
                raise RuntimeError(repr(outcome))

    gaps_s: list[float] = []
    ticking = asyncio.get_running_loop().create_task(_gaps(gaps_s))
    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    sent = _Sent(time.perf_counter() - began, time.process_time() - used, gaps_s)
    ticking.cancel()
    await sender.aclose()
    return sent


async def _gaps(into: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK_S
        await asyncio.sleep(_TICK_S)
        into.append(max(0.0, time.perf_counter() - due))


def _measure(folder: Path) -> _Sent:
    authority, key = Authority(folder), VapidKey.made()
    # forked, so that both trust the same authority
    forks = get_context("fork")
    mine, theirs = forks.Pipe()
    service = forks.Process(target=_serve, args=(authority, key.public, theirs), daemon=True)
    service.start()
    keep_off_load(service.pid or 0)
    try:
        place, addresses = mine.recv()
        sender = WebPushSender(
            [key],
            subject=SUBJECT,
            clock=SystemClock(),
            services=(place,),
            tls=authority.client_context(),
        )
        sent, _ = drive(_send(sender, addresses))
        return sent
    finally:
        service.terminate()
        service.join()


def main() -> None:
    """Measure, print and write bench/results/browsers.json."""
    with tempfile.TemporaryDirectory(prefix="ion-bench-") as name:
        sent = _measure(Path(name))
    a_second, cpu_ms = MESSAGES / sent.took_s, sent.cpu_s / MESSAGES * 1000
    report(
        "browsers",
        f"{MESSAGES:,} notifications to {BROWSERS} browsers by one process, service at 50 ms",
        ("figure", "value"),
        [
            ("notifications a second", f"{a_second:.0f}"),
            ("event loop late, p50 / p99", spread(sent.gaps_s, 0.5, 0.99)),
            ("CPU a notification", f"{cpu_ms:.2f} ms"),
        ],
        figures={
            "a_second": a_second,
            "gap_p50_s": percentile(sent.gaps_s, 0.5),
            "gap_p99_s": percentile(sent.gaps_s, 0.99),
            "gap_most_s": max(sent.gaps_s),
            "cpu_ms": cpu_ms,
        },
    )


if __name__ == "__main__":
    main()
