"""The process that runs the turns is killed; clients of another see how long the silence is."""

import asyncio
import time

from bench.follower import Follower, scripted_text
from bench.harness import drive, percentile, report
from bench.house import processes
from tests.product import ProductServer

__all__ = ["main"]

ROUNDS = 8
TURNS = 25
TOKENS = 250
INTERVAL_MS = 20
REACH_S = 10.0


async def _rounds(servers: list[ProductServer]) -> list[tuple[Follower, float]]:
    outcomes = []
    for number in range(ROUNDS):
        dies, survives = servers[number % 2], servers[(number + 1) % 2]
        outcomes += await _round(number, dies, survives)
        await asyncio.to_thread(dies.start)
    return outcomes


async def _round(
    number: int, dies: ProductServer, survives: ProductServer
) -> list[tuple[Follower, float]]:
    """Kill the owner of all turns, and return who followed them elsewhere, with each silence."""
    askers = [Follower(dies.ws_url, f"u_owner_{number}_{i}") for i in range(TURNS)]
    await asyncio.gather(*(each.connect() for each in askers))
    for each in askers:
        each.ask("c")
    await asyncio.gather(*(each.until(lambda it: it.session_id and it.text) for each in askers))
    followers = [Follower(survives.ws_url, each.user_id, each.session_id) for each in askers]
    await asyncio.gather(*(each.connect() for each in followers))
    await asyncio.gather(*(each.until(lambda it: len(it.text) > 100) for each in followers))
    dies.kill()
    killed_at = time.perf_counter()
    await asyncio.gather(*(each.until(lambda it: it.delta_at > killed_at) for each in followers))
    first_at = [each.delta_at for each in followers]
    await asyncio.gather(*(each.until(lambda it: it.answers or it.wrong) for each in followers))
    for each in followers:
        each.cut()
    return [(each, at - killed_at) for each, at in zip(followers, first_at, strict=True)]


def main() -> None:
    """Measure, print and write bench/results/takeover.json."""
    scripted = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": str(TOKENS),
        "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
    }
    with processes(2, scripted) as servers:
        outcomes, share = drive(_rounds(servers))
    silences_s = [silence for _, silence in outcomes]
    whole = scripted_text(TOKENS)
    exact = sum(each.answers == [whole] and not each.wrong for each, _ in outcomes)
    in_time = sum(silence < REACH_S for silence in silences_s)
    shares = (0.5, 0.99, 1.0)
    report(
        "takeover",
        f"{len(outcomes)} running turns whose process was killed (kill -9), {ROUNDS} kills",
        ("figure", "value"),
        [
            (
                "kill to next delta elsewhere, p50 / p99 / most",
                " / ".join(f"{percentile(silences_s, each):.1f}" for each in shares) + " s",
            ),
            (f"within {REACH_S:.0f} s", f"{in_time} of {len(outcomes)}"),
            ("whole texts, no hole", f"{exact} of {len(outcomes)}"),
            ("load", f"{share:.0%}"),
        ],
        note="a lease of 4.5 s and a sweep every 1.5 s; Redis and the MongoDB stand-in",
        figures={"silences_s": sorted(silences_s), "exact": exact},
    )


if __name__ == "__main__":
    main()
