"""All clients are cut off in the middle of their answers and come back at once."""

import asyncio
import time

from bench.follower import Follower, scripted_text
from bench.harness import drive, report, server, spread

__all__ = ["main"]

CLIENTS = 500
TOKENS = 600
INTERVAL_MS = 100
_BEGUN_CHARS = 60


async def _storm(ws_url: str) -> tuple[list[Follower], float]:
    clients = [Follower(ws_url, f"u_storm_{i}") for i in range(CLIENTS)]
    for start in range(0, CLIENTS, 50):
        some = clients[start : start + 50]
        await asyncio.gather(*(each.connect() for each in some))
        for each in some:
            each.ask("c")
    await asyncio.gather(*(each.until(lambda it: len(it.text) > _BEGUN_CHARS) for each in clients))
    for each in clients:
        each.cut()
        each.first_s.clear()
    caught_up_s = await _come_back(clients)
    await asyncio.gather(*(each.until(lambda it: it.answers or it.wrong) for each in clients))
    return clients, caught_up_s


async def _come_back(clients: list[Follower]) -> float:
    """Connect all again; return when the last had a frame that it had missed."""
    began = time.perf_counter()
    await asyncio.gather(*(each.connect() for each in clients))
    await asyncio.gather(*(each.until(lambda it: it.first_s or it.answers) for each in clients))
    return time.perf_counter() - began


def main() -> None:
    """Measure, print and write bench/results/storm.json."""
    scripted = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": str(TOKENS),
        "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
    }
    with server(scripted) as product:
        (clients, caught_up_s), share = drive(_storm(product.ws_url))
    whole = scripted_text(TOKENS)
    exact = sum(each.exact == 1 and each.answers == [whole] and not each.wrong for each in clients)
    first_s = [value for each in clients for value in each.first_s]
    report(
        "storm",
        f"{CLIENTS} clients cut off in mid-answer come back at once",
        ("figure", "value"),
        [
            ("until all have caught up", f"{caught_up_s:.2f} s"),
            ("hello to first replayed frame, p50 / p99", spread(first_s, 0.5, 0.99)),
            ("exact resumes, whole texts", f"{exact} of {CLIENTS}"),
            ("load", f"{share:.0%}"),
        ],
        figures={"caught_up_s": caught_up_s, "exact": exact, "first_s": sorted(first_s)},
    )


if __name__ == "__main__":
    main()
