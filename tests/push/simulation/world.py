"""Two workers, two phones of one user, and some minutes in which much goes wrong."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random

from push.budgets import Budgets
from push.devices import Devices
from push.documents import DeviceDocument, NotificationDocument
from push.doorbell import LocalDoorbell
from push.outbox import Outbox
from push.settings import NotificationSettings
from push.tally import Tally
from push.worker import Worker
from sessions.errors import StoreUnavailable
from sessions.tasks import Tasks
from tests.push.phones import Talk

from .process import Process
from .service import SenderOf, Service
from .store import Store, StoreOf

__all__ = ["World", "lived"]

_HEALING_S = 4 * 3600
_PHONES = ("p1", "p2")


class World:
    """What happens comes of `seed`; the rows that were put, and what phones showed, remain.

    In a `clear` one no worker dies or stands still, and every request gets an answer.
    """

    def __init__(self, seed: int, *, clear: bool = False) -> None:
        self.random = Random(seed)
        self.store, self.service = Store(), Service(self.random, answers=clear)
        self.talk = Talk()
        self.house = Process(self.random, death=0.0)
        self.documents = StoreOf(self.store, self.house, self.random)
        self.bells = [LocalDoorbell(), LocalDoorbell()]
        self.tasks = Tasks(lambda name, error: self.errors.append(error))
        self.errors: list[BaseException] = []
        self.workers: list[Process] = []
        self.rows: dict[str, NotificationDocument] = {}
        self.read_at: dict[int, datetime] = {}
        self.reachable: list[DeviceDocument] = []
        self.kills = 0
        self.is_clear = clear
        self.death = 0.0 if clear else 0.003
        self._number = 0
        self._installation = {phone: f"i-{phone}" for phone in _PHONES}
        self._addresses = 0

    async def run(self, steps: int) -> None:
        """Live through some steps, then have everything healed and all work done."""
        self.devices = Devices(documents=self.documents, clock=self.house)
        self.settings = NotificationSettings(documents=self.documents, clock=self.house)
        self.outbox = Outbox(
            documents=self.documents, clock=self.house, doorbell=self, tally=Tally()
        )
        await self.settings.update("u1", quiet_from=0, quiet_to=0, check_ins=True)
        for phone in _PHONES:
            await self._register(phone)
        for bell in self.bells:
            self._hire(bell)
        self.service.fails, self.store.drops = 0.3, 0.01
        for _ in range(steps):
            await asyncio.sleep(self.random.choice([0.1, 0.1, 0.4, 1, 3, 12, 40]))
            await self._insist(self.random.choice(self._acts()))
        await self._heal()

    def ring(self) -> None:
        """Wake the workers, mostly."""
        for bell in self.bells:
            if self.random.random() < 0.7:
                bell.ring()

    async def heard(self, timeout_s: float) -> None:
        """Nobody listens here: each worker has a bell of its own."""

    def _acts(self) -> list[Callable[[], Awaitable[None]]]:
        murder = [] if self.is_clear else [self._murder]
        return [
            *murder,
            self._reply,
            self._reply,
            self._reply,
            self._notice,
            self._check_in,
            self._read,
            self._rotate,
            self._reinstall,
            self._jump,
            self._outage,
        ]

    async def _insist(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it as the rest of the product does: again, while the store is away."""
        while True:
            try:
                return await act()
            except StoreUnavailable:
                await asyncio.sleep(1)

    async def _reply(self) -> None:
        self._number += 1
        number = self._number
        self.talk.replies_of["s1"].append(number)
        # the hand-over may have been killed after it, and puts it again
        for _ in range(self.random.choice([1, 1, 2])):
            await self._insist(lambda: self._put("reply_ready", f"t{number}", number))

    async def _notice(self) -> None:
        self._number += 1
        await self._put("account", f"a{self._number}")

    async def _check_in(self) -> None:
        self._number += 1
        await self._put("check_in", f"c{self._number}")

    async def _put(self, kind: str, subject_id: str, number: int = 0) -> None:
        row = await self.outbox.enqueue(
            "u1",
            kind,  # type: ignore[arg-type]
            subject_id,
            session_id="s1" if number else "",
            numbers=(number,) if number else (),
            text="" if number else subject_id,
        )
        self.rows[row.id] = row

    async def _read(self) -> None:
        number = self._number
        self.talk.read_upto["s1"] = number
        for each in range(number + 1):
            self.read_at.setdefault(each, self.house.now())
        await self._insist(lambda: self._forget(number))

    async def _forget(self, number: int) -> None:
        await self.outbox.read("u1", "s1", number)

    async def _rotate(self) -> None:
        await self._register(self.random.choice(_PHONES))

    async def _reinstall(self) -> None:
        phone = self.random.choice(_PHONES)
        self._installation[phone] = f"i-{phone}-{self._number}-{self._addresses}"
        await self._register(phone)

    async def _register(self, phone: str) -> None:
        """Give a phone a new address; the old one is dead, which nobody knows yet."""
        for address in [each for each, of in self.service.phones.items() if of == phone]:
            del self.service.phones[address]
        self._addresses += 1
        address = f"t{self._addresses}"
        self.service.phones[address] = phone
        await asyncio.sleep(self.random.choice([0, 0.01, 2]))

        async def tell() -> None:
            await self.devices.register(
                "u1",
                self._installation[phone],
                kind="fcm_token",
                address=address,
                platform="android",
                timezone="UTC",
                preview=True,
            )

        await self._insist(tell)

    async def _jump(self) -> None:
        for process in self.workers[:1]:
            process.skew = timedelta(seconds=self.random.randint(-90, 90))

    async def _outage(self) -> None:
        self.store.is_away = True
        asyncio.get_running_loop().call_later(self.random.choice([0.5, 5, 60, 200]), self._return)

    def _return(self) -> None:
        self.store.is_away = False

    async def _murder(self) -> None:
        for process in self.workers[:1]:
            process.kill()

    def _hire(self, bell: LocalDoorbell) -> None:
        process = Process(self.random, death=self.death)
        documents = StoreOf(self.store, process, self.random)
        sender = SenderOf(self.service, process, self.random)
        worker = Worker(
            documents=documents,
            devices=Devices(documents=documents, clock=process),
            settings=NotificationSettings(documents=documents, clock=process),
            budgets=Budgets(documents, process, self.talk.wrote_since),
            conversations=self.talk,
            senders={"fcm_token": sender},
            doorbell=bell,
            tally=Tally(),
            clock=process,
            tasks=self.tasks,
            name_of=lambda persona, locale: persona.title(),
            random=self.random,
            poll_s=5,
            at_once=4,
        )
        self.workers.append(process)

        def again() -> None:
            self.kills += 1
            self.workers.remove(process)
            pause_s = self.random.choice([0.5, 5, 20])
            asyncio.get_running_loop().call_later(pause_s, self._hire, bell)

        process.on_death = again
        self.tasks.start(worker.run(), name="worker")

    async def _heal(self) -> None:
        """Let all work again, until no row is open."""
        self.death = self.service.fails = self.store.drops = 0.0
        self.store.is_away = False
        for process in self.workers:
            process.death, process.skew = 0.0, timedelta()
        for _ in range(_HEALING_S // 10):
            await asyncio.sleep(10)
            self._return()
            rows = await self.outbox.of_user("u1", limit=1000)
            if not any(row.open for row in rows):
                break
        self.rows = {row.id: row for row in await self.outbox.of_user("u1", limit=1000)}
        self.reachable = await self.devices.of_user("u1")

    def installations(self) -> list[str]:
        """Return the installations that are in use at the end, one on each phone."""
        return list(self._installation.values())

    def figures(self) -> Counter[str]:
        """Return what happened, as sums."""
        deliveries = [each for row in self.rows.values() for each in row.deliveries]
        seen = {each.message.notification_id for each in self.service.shown}
        shown = Counter((each.phone, each.message.notification_id) for each in self.service.shown)
        return Counter(
            rows=len(self.rows),
            kills=self.kills,
            requests=self.service.requests,
            shown=len(self.service.shown),
            shown_twice=sum(count > 1 for count in shown.values()),
            doubts=sum(each.doubts for each in deliveries),
            given_up=sum(each.state == "ambiguous" for each in deliveries),
            unseen=sum(row.state == "sent" and row.id not in seen for row in self.rows.values()),
            **{f"{state}": count for state, count in self._states().items()},
        )

    def _states(self) -> Counter[str]:
        return Counter(row.state for row in self.rows.values())


async def lived(seed: int, *, clear: bool = False, steps: int = 25) -> World:
    """Return a world after its life."""
    world = World(seed, clear=clear)
    await world.run(steps)
    return world
