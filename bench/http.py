"""The REST surface: requests a second, and how long they take."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from bench.harness import cpu, drive, percentile, report, server, spread
from bench.http_client import Http

__all__ = ["main"]

CLIENTS = 16
REQUESTS = 2_000
USERS = 200
API = "/api/v2.1"
Request = Callable[[int], tuple[str, str, str, Any]]


class _Measured(Struct, frozen=True):
    took_s: list[float]
    a_second: float
    cpu_us: float


async def _measure(url: str, pid: int) -> dict[str, _Measured]:
    users = [f"u_http_{number}" for number in range(USERS)]
    async with Http(url) as http:
        sessions = [await _session(http, user_id) for user_id in users]
    places = list(zip(users, sessions, strict=True))

    def said(number: int) -> tuple[str, str, str, Any]:
        user_id, session_id = places[number % USERS]
        body = {"client_msg_id": f"c{number}", "text": "hello there"}
        return "POST", f"{API}/sessions/{session_id}/messages", user_id, body

    requests: dict[str, Request] = {
        "GET /health/live": lambda _: ("GET", f"{API}/health/live", "", None),
        "GET /sessions": lambda n: ("GET", f"{API}/sessions", users[n % USERS], None),
        "GET /sessions/{id}/messages": lambda n: (
            "GET",
            f"{API}/sessions/{places[n % USERS][1]}/messages",
            users[n % USERS],
            None,
        ),
        "POST /sessions/{id}/messages": said,
    }
    return {name: await _load(url, pid, request) for name, request in requests.items()}


async def _session(http: Http, user_id: str) -> str:
    _, body = await http.ask("POST", f"{API}/sessions", user_id, {"title": "benchmark"})
    session_id: str = msgspec.json.decode(body)["id"]
    say = {"client_msg_id": "first", "text": "hello there"}
    await http.ask("POST", f"{API}/sessions/{session_id}/messages", user_id, say)
    return session_id


async def _load(url: str, pid: int, request: Request) -> _Measured:
    """Keep every client busy until all requests are answered."""
    took_s: list[float] = []
    numbers = iter(range(REQUESTS))

    async def one() -> None:
        async with Http(url) as http:
            for number in numbers:
                began = time.perf_counter()
                status, body = await http.ask(*request(number))
                took_s.append(time.perf_counter() - began)
                if status >= 400:
                    raise RuntimeError(body.decode())

    used, began = cpu(pid), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    elapsed_s = time.perf_counter() - began
    spent_s = (cpu(pid) - used).own_s
    return _Measured(took_s, REQUESTS / elapsed_s, spent_s / REQUESTS * 1e6)


def main() -> None:
    """Measure, print and write bench/results/http.json."""
    scripted = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "2"}
    with server(scripted) as product:
        measured, share = drive(_measure(product.url, product.pid))
    rows = [
        (name, f"{each.a_second:.0f}", spread(each.took_s, 0.5, 0.99), f"{each.cpu_us:.0f} µs")
        for name, each in measured.items()
    ]
    report(
        "http",
        f"HTTP, {CLIENTS} connections, embedded stores",
        ("request", "a second", "p50 / p99", "CPU a request"),
        rows,
        note=f"the load used {share:.0%} of a core",
        figures={
            name: {
                "a_second": each.a_second,
                "p50_s": percentile(each.took_s, 0.5),
                "p99_s": percentile(each.took_s, 0.99),
                "cpu_us": each.cpu_us,
            }
            for name, each in measured.items()
        },
    )


if __name__ == "__main__":
    main()
