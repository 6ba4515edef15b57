"""API v2's recommendations and personas beside a bare Litestar route that answers what it got."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from bench.harness import cpu, drive, keep_off_load, percentile, report, server, spread
from bench.http_client import Http
from tests.servers import free_port

__all__ = ["main"]

CLIENTS = 50
REQUESTS = 6_000
WARM = 500
ROUNDS = 3
SCENARIOS = 200
BARE = "bare Litestar POST echo"
Ask = tuple[str, str, Any]


class _Measured(Struct):
    took_s: list[float]
    a_second: float
    cpu_us: float


def _scenario(number: int) -> dict[str, str]:
    return {"scenario": f"Compare both plans for week {number % SCENARIOS} and tell me the risks"}


def _recommend(number: int) -> Ask:
    return "POST", "/api/v2/recommend", _scenario(number)


def _personas(number: int) -> Ask:
    return "GET", "/api/v2/personas", None


def _echo(number: int) -> Ask:
    return "POST", "/echo", _scenario(number)


async def _load(url: str, pid: int, ask: Any, count: int) -> _Measured:
    """Keep every connection busy until all requests are answered."""
    took_s: list[float] = []
    numbers = iter(range(count))

    async def one() -> None:
        async with Http(url) as http:
            for number in numbers:
                method, path, body = ask(number)
                began = time.perf_counter()
                status, answer = await http.ask(method, path, "", body)
                took_s.append(time.perf_counter() - began)
                if status >= 400:
                    raise RuntimeError(answer.decode())

    used, began = cpu(pid), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    elapsed_s = time.perf_counter() - began
    return _Measured(took_s, count / elapsed_s, (cpu(pid) - used).own_s / count * 1e6)


async def _measure(ours: tuple[str, int], bare: tuple[str, int]) -> dict[str, list[_Measured]]:
    """Measure all in turns, several times, so that a slow moment is nobody's alone."""
    asks = {
        BARE: (*bare, _echo),
        "POST /api/v2/recommend": (*ours, _recommend),
        "GET /api/v2/personas": (*ours, _personas),
    }
    for url, pid, ask in asks.values():
        await _load(url, pid, ask, WARM)
    found: dict[str, list[_Measured]] = {name: [] for name in asks}
    for _ in range(ROUNDS):
        for name, (url, pid, ask) in asks.items():
            found[name].append(await _load(url, pid, ask, REQUESTS))
    return found


@contextmanager
def _bare() -> Iterator[tuple[str, int]]:
    """Run the bare route in a process of its own, on the core that the product has."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.bare_echo", str(port)])
    try:
        keep_off_load(process.pid)
        while not _listens(port):
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _median(rounds: list[_Measured]) -> _Measured:
    return sorted(rounds, key=lambda each: each.a_second)[len(rounds) // 2]


def main() -> None:
    """Measure, print and write bench/results/apis.json."""
    # the machine's own programs are not counted by network, as somebody behind a proxy would be
    chosen = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "2", "ION_TRUSTED_PROXIES": ""}
    with server(chosen) as product, _bare() as bare:
        found, share = drive(_measure((product.url, product.pid), bare))
    measured = {name: _median(rounds) for name, rounds in found.items()}
    most = measured[BARE].a_second
    rows = [
        (
            name,
            f"{each.a_second:.0f}",
            f"{each.a_second / most:.2f}",
            spread(each.took_s, 0.5, 0.99),
            f"{each.cpu_us:.0f} µs",
        )
        for name, each in measured.items()
    ]
    report(
        "apis",
        f"API v2, one process, {CLIENTS} connections, the median of {ROUNDS} rounds",
        ("request", "a second", "of the bare one", "p50 / p99", "CPU a request"),
        rows,
        note=f"the load used {share:.0%} of a core; {os.cpu_count()} cores",
        figures={
            name: {
                "a_second": each.a_second,
                "ratio": each.a_second / most,
                "p50_s": percentile(each.took_s, 0.5),
                "p99_s": percentile(each.took_s, 0.99),
                "cpu_us": each.cpu_us,
            }
            for name, each in measured.items()
        },
    )


if __name__ == "__main__":
    main()
