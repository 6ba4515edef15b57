"""Connections are cut at random bytes, a thousand times; every resume must be exact."""

import asyncio
import random

from bench.follower import Follower, scripted_text
from bench.harness import drive, report, server
from tests.proxy import FaultProxy

__all__ = ["main"]

STREAMS = 40
CUTS_EACH = 25
TOKENS = 150
INTERVAL_MS = 20
MOST_BYTES = 2_500
SEED = 20261125


async def _cut_often(port: int) -> list[Follower]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(port, number)) for number in range(STREAMS)]
    return [task.result() for task in tasks]


async def _one(port: int, number: int) -> Follower:
    """Ask again and again, and lose the connection until it was lost often enough."""
    chance = random.Random(SEED + number)
    async with FaultProxy("127.0.0.1", port) as proxy:
        ws_url = f"ws://127.0.0.1:{proxy.port}/api/v2.1/ws"
        follower = Follower(ws_url, f"u_cut_{number}")
        await follower.connect()
        turns = 0
        while proxy.cuts < CUTS_EACH:
            follower.ask(f"c{turns}")
            turns += 1
            await follower.until(lambda it: it.epoch and it.text)
            await _be_cut(follower, proxy, chance, turns)
        return follower


async def _be_cut(follower: Follower, proxy: FaultProxy, chance: random.Random, turns: int) -> None:
    """Cut until the answer is whole."""
    while len(follower.answers) < turns:
        if proxy.cuts < CUTS_EACH:
            proxy.cut_after(chance.randrange(1, MOST_BYTES))
        await follower.until(lambda it: len(it.answers) >= turns or it.lost)
        proxy.cut_after(None)
        while follower.lost and not await _came_back(follower):
            pass


async def _came_back(follower: Follower) -> bool:
    try:
        await follower.connect()
    except OSError:
        return False
    return True


def main() -> None:
    """Measure, print and write bench/results/cuts.json."""
    scripted = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": str(TOKENS),
        "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
    }
    with server(scripted) as product:
        followers, share = drive(_cut_often(product.port))
    whole = scripted_text(TOKENS)
    cuts = STREAMS * CUTS_EACH
    exact = sum(each.exact for each in followers if not each.wrong)
    restored = sum(each.restored for each in followers)
    answers = [text for each in followers for text in each.answers]
    report(
        "cuts",
        f"{cuts} connections cut at random bytes",
        ("figure", "value"),
        [
            ("exact resumes", f"{exact} of {cuts}"),
            ("by snapshot", str(restored)),
            ("whole answers", f"{answers.count(whole)} of {len(answers)}"),
            ("load", f"{share:.0%}"),
        ],
        figures={"cuts": cuts, "exact": exact, "restored": restored, "answers": len(answers)},
    )


if __name__ == "__main__":
    main()
