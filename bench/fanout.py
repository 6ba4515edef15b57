"""One answer to several devices of its user: what a frame costs, and how far apart it arrives."""

import asyncio
import time
from collections import defaultdict

from bench.follower import Follower
from bench.harness import cpu, drive, percentile, report, server, spread
from tests.product import ProductServer

__all__ = ["main"]

DEVICES = (1, 2, 4, 8)
USERS = 20
TOKENS = 150
INTERVAL_MS = 20


class _Device(Follower):
    """Notes when each frame came."""

    def __init__(self, ws_url: str, user_id: str, session_id: str = "") -> None:
        super().__init__(ws_url, user_id, session_id)
        self.came_at: dict[int, float] = {}

    def _take(self, raw: bytes) -> None:
        now, before = time.perf_counter(), self.seq
        super()._take(raw)
        if self.seq != before:
            self.came_at[self.seq] = now


async def _fan_out(product: ProductServer, devices: int) -> tuple[list[float], float, int]:
    """Return for each frame how long it took from first to last device, CPU, and deliveries."""
    homes = await _homes(product.ws_url, devices)
    everybody = [each for home in homes for each in home]
    for each in everybody:
        each.came_at.clear()
        each.answers.clear()
    before = cpu(product.pid)
    for home in homes:
        home[0].ask("second")
    await _until_answered(everybody)
    used = cpu(product.pid) - before
    spreads = [value for home in homes for value in _spreads(home)]
    deliveries = sum(len(each.came_at) for each in everybody)
    for each in everybody:
        each.cut()
    return spreads, used.all_s, deliveries


async def _homes(ws_url: str, devices: int) -> list[list[_Device]]:
    """Return the attached devices of every user; the first has asked something once."""
    firsts = [_Device(ws_url, f"u_fan_{devices}_{i}") for i in range(USERS)]
    await asyncio.gather(*(each.connect() for each in firsts))
    for each in firsts:
        each.ask("first")
    await _until_answered(firsts)
    homes = [[first, *_others(first, devices - 1)] for first in firsts]
    others = [each for home in homes for each in home[1:]]
    await asyncio.gather(*(each.connect() for each in others))
    await asyncio.gather(*(each.until(lambda it: it.epoch) for each in others))
    return homes


async def _until_answered(devices: list[_Device]) -> None:
    await asyncio.gather(*(each.until(lambda it: it.answers) for each in devices))


def _spreads(home: list[_Device]) -> list[float]:
    came: defaultdict[int, list[float]] = defaultdict(list)
    for each in home:
        for seq, at in each.came_at.items():
            came[seq].append(at)
    return [max(times) - min(times) for times in came.values()]


def _others(first: _Device, count: int) -> list[_Device]:
    return [_Device(first.ws_url, first.user_id, first.session_id) for _ in range(count)]


def main() -> None:
    """Measure, print and write bench/results/fanout.json."""
    scripted = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": str(TOKENS),
        "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
    }
    rows, figures = [], []
    for devices in DEVICES:
        with server(scripted) as product:
            (spreads, used_s, deliveries), share = drive(_fan_out(product, devices))
        frame_us = used_s / deliveries * 1e6
        rows.append(
            (str(devices), f"{frame_us:.0f} µs", spread(spreads, 0.5, 0.99), f"{share:.0%}")
        )
        figures.append(
            {
                "devices": devices,
                "cpu_us_per_delivery": frame_us,
                "spread_p50_s": percentile(spreads, 0.5),
                "spread_p99_s": percentile(spreads, 0.99),
            }
        )
    report(
        "fanout",
        f"One answer to several devices, {USERS} users at once",
        ("devices", "CPU a delivered frame", "first to last device, p50 / p99", "load"),
        rows,
        note="the turn, its log and documents included; a user has at most 8 sockets a process",
        figures=figures,
    )


if __name__ == "__main__":
    main()
