"""Talks for minutes through a network that fails all the time, and counts what went wrong.

`python -m tests.soak [minutes] [seed]` starts the product and a proxy that cuts, stalls, strands,
refuses and delays. Users say numbered messages with the Python client on two devices each, one of
which now and then dies and begins anew. At the end every message must be in the archive once and
in order, and both devices must show what the archive has.
"""

import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx
from ion_client import IonClient, MemoryTokens, Session
from rich.console import Console
from rich.table import Table

from tests.product import running_product
from tests.proxy import FaultProxy

__all__ = ["Soak", "main"]

USERS = 3
PATIENCE_S = 30.0
_SETTLE_S = 120.0
_POLICIES = ("merge", "queue", "queue", "interrupt")
_SETTINGS = {"ION_SCRIPTED_TOKENS": "40", "ION_SCRIPTED_INTERVAL_MS": "20", "ION_LLM": "scripted"}
_WRONG = ("lost", "doubled", "out of order", "differing", "not back")


class _Device:
    """A client, and the session it shows; `opened_at` is when a connection was had last."""

    def __init__(self, url: str, tokens: MemoryTokens, queue: Path | None) -> None:
        self.client: IonClient
        self.session: Session
        self.opened_at = 0.0
        self._url = url
        self._tokens = tokens
        self._queue = queue

    async def begin(self, name: str | None = None) -> None:
        self.client = IonClient(
            self._url, tokens=self._tokens, queue_path=self._queue, on_state=self._note
        )
        self.client.connect()
        self.session = await self.client.session(name)

    async def restart(self) -> None:
        """The program dies and begins anew."""
        name = self.session.id or self.session.key
        await self.client.close()
        await self.begin(name)

    @property
    def calm(self) -> bool:
        moving = ("queued", "streaming")
        return not self.session.running and all(
            each.status not in moving for each in self.session.shown
        )

    def _note(self, state: str) -> None:
        if state == "open":
            self.opened_at = time.monotonic()


class _User:
    """Somebody who talks on one device and watches on another."""

    def __init__(self, url: str, queue: Path) -> None:
        self.said: list[str] = []
        self.tokens = MemoryTokens()
        self.first = _Device(url, self.tokens, queue)
        self.second: _Device | None = None
        self._url = url

    @property
    def devices(self) -> list[_Device]:
        return [each for each in (self.first, self.second) if each is not None]

    def say(self, policy: str) -> None:
        text = f"message {len(self.said)}"
        self.said.append(text)
        self.first.session.send(text, policy=policy)

    async def watch(self) -> None:
        """Show the session on another device as soon as it has an id."""
        if self.second is None and self.first.session.id is not None:
            device = _Device(self._url, self.tokens, None)
            await device.begin(self.first.session.id)
            self.second = device


class Soak:
    """One run; `counts` are what happened and what went wrong, `back_s` how long it took."""

    def __init__(self, proxy: FaultProxy, direct_url: str, directory: Path, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.back_s: dict[bool, list[float]] = {True: [], False: []}
        self._proxy = proxy
        self._direct_url = direct_url
        self._random = Random(seed)
        self._users = [_User(proxy.url, directory / f"queue-{n}") for n in range(USERS)]

    async def run(self, seconds: float) -> None:
        """Talk for so long, then compare what devices show with what the archive has."""
        for user in self._users:
            await user.first.begin()
        until = time.monotonic() + seconds
        telling = asyncio.create_task(self._tell())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._disturb(until))
            for user in self._users:
                group.create_task(self._talk(user, until))
        telling.cancel()
        self._mend()
        for user in self._users:
            await self._settle(user)
        for device in self._devices():
            await device.client.close()

    def _devices(self) -> list[_Device]:
        return [device for user in self._users for device in user.devices]

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(60)
            print(dict(self.counts), flush=True)

    async def _talk(self, user: _User, until: float) -> None:
        while time.monotonic() < until:
            user.say(self._random.choice(_POLICIES))
            self.counts["messages"] += 1
            await user.watch()
            await asyncio.sleep(self._random.uniform(0.6, 5.6))
            if self._random.random() < 1 / 12:
                self.counts["restarts"] += 1
                await user.first.restart()
            await user.first.session.typing()

    async def _disturb(self, until: float) -> None:
        faults = (self._cut, self._cut_after, self._stall, self._strand, self._outage, self._delay)
        while time.monotonic() < until:
            await asyncio.sleep(self._random.uniform(0.5, 4.5))
            await self._random.choice(faults)()

    async def _cut(self) -> None:
        self.counts["cuts"] += 1
        lost = time.monotonic()
        self._proxy.cut()
        await self._come_back(told=False, lost=lost)

    async def _cut_after(self) -> None:
        self.counts["cuts"] += 1
        self._proxy.cut_after(self._random.randrange(1, 4000))
        await asyncio.sleep(self._random.random())

    async def _stall(self) -> None:
        self.counts["stalls"] += 1
        self._proxy.blackhole()
        await asyncio.sleep(self._random.uniform(0, 6))
        self._proxy.blackhole(False)
        await self._come_back(told=self._random.random() < 0.5)

    async def _strand(self) -> None:
        self.counts["half-open"] += 1
        lost = time.monotonic()
        self._proxy.strand()
        await asyncio.sleep(self._random.uniform(0, 1.5))
        await self._come_back(told=True, lost=lost)

    async def _outage(self) -> None:
        self.counts["outages"] += 1
        self._proxy.refuse()
        lost = time.monotonic()
        self._proxy.cut()
        await asyncio.sleep(self._random.uniform(0, 4))
        self._proxy.refuse(False)
        await self._come_back(told=self._random.random() < 0.5, lost=lost)

    async def _delay(self) -> None:
        self.counts["delays"] += 1
        self._proxy.delay(self._random.uniform(0, 400))
        await asyncio.sleep(self._random.uniform(0, 3))
        self._proxy.delay(0)

    async def _come_back(self, *, told: bool, lost: float = 0.0) -> None:
        """Note how long from now it takes until every device is connected.

        After `lost`, when all connections died, only a new one counts. `told`: the system tells
        of the network, as phones do; a program that begins meanwhile was not told.
        """
        since = time.monotonic()
        waiting = self._devices()
        woken = [device.client for device in waiting] if told else []
        for client in woken:
            client.wake()
        while waiting and (taken_s := time.monotonic() - since) < PATIENCE_S:
            there = [d for d in waiting if d.client.state == "open" and d.opened_at >= lost]
            for device in there:
                self.back_s[device.client in woken].append(taken_s)
            waiting = [each for each in waiting if each not in there]
            await asyncio.sleep(0.005)
        self.counts["not back"] += len(waiting)

    def _mend(self) -> None:
        self._proxy.delay(0)
        self._proxy.refuse(False)
        self._proxy.blackhole(False)
        for device in self._devices():
            device.client.wake()

    async def _settle(self, user: _User) -> None:
        """Wait until nothing moves, then compare a user's devices with the archive."""
        last = time.monotonic() + _SETTLE_S
        while not all(each.calm for each in user.devices) and time.monotonic() < last:
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        archived = await self._archived(user)
        asked = [text for role, text in archived if role == "user"]
        for text in user.said:
            self.counts["lost"] += asked.count(text) == 0
            self.counts["doubled"] += max(0, asked.count(text) - 1)
        order = [int(text.split()[1]) for text in asked]
        pairs = pairwise(order)
        self.counts["out of order"] += sum(later < earlier for earlier, later in pairs)
        self.counts["answers"] += len(archived) - len(asked)
        for device in user.devices:
            shown = [(each.role, each.text) for each in device.session.shown]
            # a device that came late has the newest only
            self.counts["differing"] += not shown or shown != archived[-len(shown) :]

    async def _archived(self, user: _User) -> list[tuple[str, str]]:
        tokens = user.tokens.load()
        if tokens is None or user.first.session.id is None:
            return []
        archived: list[tuple[str, str]] = []
        path = f"{self._direct_url}/api/v2.1/sessions/{user.first.session.id}/messages"
        before = ""
        async with httpx.AsyncClient(
            headers={"Authorization": f"Bearer {tokens.access_token}"}
        ) as http:
            while True:
                params = {"limit": "100"} | ({"before": before} if before else {})
                page = (await http.get(path, params=params)).raise_for_status().json()
                archived = [(each["role"], each["text"]) for each in page["messages"]] + archived
                if not (before := page.get("before") or ""):
                    return archived


def _figure(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds) or [0.0]
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * at))] for at in (0.5, 0.95))
    return f"p50 {p50:.2f}, p95 {p95:.2f}, most {ordered[-1]:.2f} s ({len(seconds)})"


async def _soak(minutes: float, seed: int) -> int:
    with TemporaryDirectory(prefix="ion-soak-") as name:
        directory = Path(name)
        with running_product(directory, _SETTINGS) as product:
            async with FaultProxy("127.0.0.1", product.port) as proxy:
                soak = Soak(proxy, product.url, directory, seed)
                await soak.run(minutes * 60)
    table = Table(
        "what", "count", title=f"{minutes:g} minutes, seed {seed}, {USERS} users on two devices"
    )
    for what in ("messages", "answers", *_WRONG):
        table.add_row(what, str(soak.counts[what]))
    for what in ("cuts", "stalls", "half-open", "outages", "delays", "restarts"):
        table.add_row(what, str(soak.counts[what]))
    table.add_row("back, when the system tells", _figure(soak.back_s[True]))
    table.add_row("back, when nobody tells", _figure(soak.back_s[False]))
    Console().print(table)
    return int(any(soak.counts[what] for what in _WRONG))


def main() -> int:
    """Run for so many minutes with a seed; return 1 when anything went wrong."""
    logging.getLogger("ion_client").setLevel(logging.ERROR)
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 1
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time()) % 100_000
    return asyncio.run(_soak(minutes, seed))


if __name__ == "__main__":
    sys.exit(main())
