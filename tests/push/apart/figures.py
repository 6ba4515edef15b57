"""What a worker's process measures of itself."""

import asyncio
import time

from msgspec import Struct

__all__ = ["Figures", "Gaps"]

_TICK_S = 0.005


class Figures(Struct, frozen=True, kw_only=True):
    """How late the event loop was, tick by tick, in seconds; CPU seconds; and what it could not."""

    gaps_s: list[float]
    cpu_s: float
    faults: list[str]


class Gaps:
    """Measures how late a loop is that should run every 5 ms."""

    def __init__(self) -> None:
        self.gaps_s: list[float] = []

    async def measure(self) -> None:
        """Measure until cancelled."""
        while True:
            due = time.perf_counter() + _TICK_S
            await asyncio.sleep(_TICK_S)
            self.gaps_s.append(max(0.0, time.perf_counter() - due))
