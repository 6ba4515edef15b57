"""Injecting the faults of a schedule, each at its time, and healing them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from tests.chaos.events import Broken
from tests.chaos.house import House, drain, start
from tests.chaos.journal import Journal
from tests.chaos.schedule import Fault

__all__ = ["Faults"]


class Faults:
    """Breaks a house as a schedule says; `injected` counts by kind, `say` is told each."""

    def __init__(self, house: House, journal: Journal, say: Callable[[str], None]) -> None:
        self.injected: Counter[str] = Counter()
        self._house = house
        self._journal = journal
        self._say = say
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, faults: Sequence[Fault]) -> None:
        """Inject all, and return when everything is up again."""
        async with asyncio.TaskGroup() as group:
            for fault in faults:
                group.create_task(self._one(fault))

    async def _one(self, fault: Fault) -> None:
        await asyncio.sleep(fault.at_s)
        # a slow machine may still be healing the fault before: one at a time in each room
        async with self._rooms[fault.room]:
            self.injected[fault.kind] += 1
            where = f" {fault.target}" if fault.room[-1].isdigit() else ""
            self._say(f"{fault.kind}{where} for {fault.lasts_s:.1f} s")
            self._journal.note(Broken(kind=fault.kind, room=fault.room, amount=fault.amount))
            if fault.room.startswith("line"):
                await self._break_line(fault)
            elif fault.room.startswith("server"):
                await self._break_server(fault)
            else:
                await self._break_store(fault)
            self._journal.note(Broken(kind=fault.kind, room=fault.room, over=True))

    async def _break_server(self, fault: Fault) -> None:
        server = self._house.servers[fault.target]
        if fault.kind == "pause server":
            server.pause()
            await asyncio.sleep(fault.lasts_s)
            server.go_on()
            return
        if fault.kind == "kill server":
            await asyncio.to_thread(server.kill)
        else:
            await drain(server)
        await asyncio.sleep(fault.lasts_s)
        await start(server)

    async def _break_store(self, fault: Fault) -> None:
        house = self._house
        store = house.log if fault.kind == "kill log" else house.documents
        if store is not None:
            await asyncio.to_thread(store.kill)
        else:
            house.kill_embedded_log()
        await asyncio.sleep(fault.lasts_s)
        if store is not None:
            await start(store)

    async def _break_line(self, fault: Fault) -> None:
        line = self._house.lines[fault.target]
        match fault.kind:
            case "cut":
                line.cut()
            case "cut request" | "cut answer":
                line.cut_after(fault.amount, down=fault.kind == "cut answer")
            case "delay":
                line.delay(fault.amount)
            case "stall":
                line.blackhole()
            case "half open":
                line.half_open()
            case _:
                line.refuse()
        await asyncio.sleep(fault.lasts_s)
        line.delay(0)
        line.blackhole(False)
        line.half_open(False)
        line.refuse(False)
