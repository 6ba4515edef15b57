"""All clients are cut off in the middle of their answers and come back at once."""

import asyncio
import time

from bench.follower import Follower, scripted_text
from bench.harness import drive, report, server, spread

__all__ = ["main"]

CLIENTS = 500
TOKENS = 400
INTERVAL_MS = 50


async def _storm(ws_url: str) -> tuple[list[Follower], float]:
    clients = [Follower(ws_url, f"u_storm_{i}") for i in range(CLIENTS)]
    for start in range(0, CLIENTS, 50):
        some = clients[start : start + 50]
        await asyncio.gather(*(each.connect() for each in some))
        for each in some:
            each.ask("c")
    await asyncio.gather(*(each.until(lambda it: len(it.text) > 60) for each in clients))
    for each in clients:
        each.cut()
    began = time.perf_counter()
    cursors = [each.seq for each in clients]
    for each in clients:
        each.first_s.clear()
    await asyncio.gather(*(each.connect() for each in clients))
    await asyncio.gather(
        *(
            each.until(lambda it, seq=seq: it.seq > seq and not it.restored)
            for each, seq in zip(clients, cursors, strict=True)
        )
    )
    caught_up_s = time.perf_counter() - began
    await asyncio.gather(*(each.until(lambda it: it.answers) for each in clients))
    return clients, caught_up_s


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
    exact = sum(
        each.exact == 1 and each.answers == [whole] and not each.wrong for each in clients
    )
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
