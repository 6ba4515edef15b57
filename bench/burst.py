"""Messages at fifty and a hundred a second, each durable before its ack."""

import asyncio
import time

from bench.client import Client, kind
from bench.harness import drive, percentile, report, server, spread, token

__all__ = ["main"]

PLANS = ((50, 1), (100, 1), (100, 2))
SECONDS = 15
USERS = 150


class _Sender:
    def __init__(self, ack_s: list[float], user_id: str) -> None:
        self._ack_s = ack_s
        self._user_id = user_id
        self._client: Client | None = None
        self._ready = asyncio.Event()
        self._due: dict[str, float] = {}

    async def open(self, ws_url: str) -> None:
        self._client = await Client.open(ws_url, self._take, user_id=self._user_id)
        self._client.say({"type": "hello", "token": token(self._user_id)})
        await self._ready.wait()

    def send(self, key: str) -> None:
        """Send a first message: a session and a turn are stored."""
        assert self._client is not None  # noqa: S101 - for the type checker
        self._due[key] = time.perf_counter()
        self._client.say({"type": "send", "client_msg_id": key, "text": "I can't sleep at night"})

    def _take(self, frame: bytes) -> None:
        type_ = kind(frame)
        if type_ == b"ack":
            now = time.perf_counter()
            key = frame.partition(b'"client_msg_id":"')[2].partition(b'"')[0].decode()
            self._ack_s.append(now - self._due.pop(key))
        elif type_ == b"welcome":
            self._ready.set()
        elif type_ == b"error":
            raise RuntimeError(frame.decode())


async def _burst(ws_url: str, a_second: int) -> list[float]:
    ack_s: list[float] = []
    senders = [_Sender(ack_s, f"u_burst_{number}") for number in range(USERS)]
    for start in range(0, USERS, 50):
        await asyncio.gather(*(each.open(ws_url) for each in senders[start : start + 50]))
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(a_second * SECONDS):
        await asyncio.sleep(began + number / a_second - loop.time())
        senders[number % USERS].send(f"c{number}")
    async with asyncio.timeout(30):
        while len(ack_s) < a_second * SECONDS:  # noqa: ASYNC110 - what is counted has no event
            await asyncio.sleep(0.01)
    return ack_s


def main() -> None:
    """Measure, print and write bench/results/burst.json."""
    scripted = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "5"}
    shares = (0.5, 0.95, 0.99)
    rows, figures = [], {}
    for a_second, workers in PLANS:
        chosen = scripted | {"ION_WORKERS": str(workers)}
        with server(chosen, pinned=workers == 1) as product:
            ack_s, load = drive(_burst(product.ws_url, a_second))
        rows.append((str(a_second), str(workers), spread(ack_s, *shares), f"{load:.0%}"))
        for share in shares:
            name = f"p{share * 100:.0f}_s_at_{a_second}_on_{workers}"
            figures[name] = percentile(ack_s, share)
    report(
        "burst",
        f"First messages of new sessions for {SECONDS} s, each answered, embedded stores",
        ("messages a second", "processes", "send to durable ack, p50 / p95 / p99", "load"),
        rows,
        figures=figures,
    )


if __name__ == "__main__":
    main()
