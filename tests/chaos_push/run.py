"""One run: workers send what users are to be told, and are killed again and again meanwhile."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from msgspec import Struct

from push.devices import device_id_of
from push.documents import OUTBOX, NotificationDocument
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.chaos_push.kills import Kill, Kills, Life
from tests.fakes.authority import Authority
from tests.fakes.fcm.service import FakeFcm
from tests.push.apart.estate import COLLECTIONS, Estate, installation_of
from tests.push.apart.place import Place
from tests.push.apart.server import WorkerServer
from tests.push.fcm.notifications import PROJECT

__all__ = ["Outcome", "Plan", "run"]

_REST_S = 90.0


class Plan(Struct, frozen=True, kw_only=True):
    """How much is told to how many, and how the workers are.

    Answers come in bursts, on average every `pause_s`; a worker is killed every `life_s` or so.
    `slack_s` is what a busy machine may take for a request to be made once its lease has ended.
    """

    answers: int = 2_000
    users: int = 400
    pause_s: float = 1.0
    life_s: float = 4.0
    workers: int = 2
    burst: int = 40
    delay_s: float = 0.4
    lease_s: float = 5.0
    send_s: float = 3.0
    poll_s: float = 0.5
    slack_s: float = 3.0


class Outcome(Struct, frozen=True, kw_only=True):
    """What a run came to, as seen from outside.

    `asked` are the times of the requests that the service saw, by notification and device; `wanted`
    are the devices that each notification is for, `rows` the outbox in the end.
    """

    seed: int
    plan: Plan
    asked: dict[tuple[str, str], list[datetime]]
    rows: list[NotificationDocument]
    wanted: dict[str, list[str]]
    kills: list[Kill]
    lives: list[Life]
    took_s: float
    faults: list[str]


async def run(
    seed: int, plan: Plan, directory: Path, *, say: Callable[[str], None] = print
) -> Outcome:
    """Have answers told while workers are killed, then wait until all is settled."""
    clock, random = SystemClock(), Random(seed)
    authority = Authority(directory)
    documents = SqliteDocuments(directory / "ion.sqlite", COLLECTIONS)
    await documents.open()
    async with FakeFcm(
        authority.server_context("h2"), clock, project=PROJECT, delay_s=plan.delay_s
    ) as fcm:
        began = clock.monotonic()
        workers = [
            WorkerServer(
                directory / name, _place(directory / name, directory, plan, fcm, authority)
            )
            for name in (f"worker-{number}" for number in range(plan.workers))
        ]
        try:
            wanted, kills = await _live(random, plan, documents, fcm, workers, say)
        finally:
            await asyncio.gather(*(asyncio.to_thread(each.stop) for each in workers))
        rows = [row for each in wanted if (row := await documents.get(OUTBOX, each)) is not None]
        await documents.aclose()
        return Outcome(
            seed=seed,
            plan=plan,
            asked=_asked(fcm),
            rows=rows,
            wanted=wanted,
            kills=kills.done,
            lives=kills.lives,
            took_s=clock.monotonic() - began,
            faults=[fault for each in workers for fault in each.confessions()],
        )


async def _live(
    random: Random,
    plan: Plan,
    documents: SqliteDocuments,
    fcm: FakeFcm,
    workers: list[WorkerServer],
    say: Callable[[str], None],
) -> tuple[dict[str, list[str]], Kills]:
    """Return the devices that each notification is for, and the kills."""
    estate = Estate(documents, fcm, SystemClock())
    phones = {f"u{number}": 1 + number % 2 for number in range(plan.users)}
    await asyncio.gather(*(estate.user(name, phones=count) for name, count in phones.items()))
    turns = _dealt(random, list(phones))
    wanted: dict[str, list[str]] = {}
    await asyncio.gather(*(asyncio.to_thread(each.start) for each in workers))
    kills = Kills(random, workers, documents, life_s=plan.life_s, say=say)
    async with asyncio.TaskGroup() as group:
        group.create_task(kills.run())
        while len(wanted) < plan.answers:
            burst = min(random.randint(1, plan.burst), plan.answers - len(wanted))
            names = [str(len(wanted) + each) for each in range(burst)]
            for name in names:
                user = next(turns)
                row = await estate.reply(user, name)
                wanted[row.id] = estate.devices_of(user)
            await asyncio.sleep(random.random() * 2 * plan.pause_s)
        kills.stop()
    say(f"  {len(wanted)} put, {len(kills.done)} kills; waiting until all is settled")
    await _settled(documents)
    kills.end()
    return wanted, kills


def _dealt(random: Random, users: list[str]) -> Iterator[str]:
    """Yield users for ever, one as often as another.

    A phone that is told twice in a second has to wait (B4), which is no matter of leases.
    """
    while True:
        random.shuffle(users)
        yield from users


def _asked(fcm: FakeFcm) -> dict[tuple[str, str], list[datetime]]:
    asked: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for message, at in zip(fcm.posts, fcm.posted_at, strict=True):
        device_id = device_id_of(installation_of(message["token"]))
        asked[message["data"]["notification_id"], device_id].append(at)
    return asked


async def _settled(documents: SqliteDocuments) -> None:
    async with asyncio.timeout(_REST_S):
        while await documents.find(OUTBOX, "due", {"open": True}, limit=1):
            await asyncio.sleep(0.1)


def _place(directory: Path, shared: Path, plan: Plan, fcm: FakeFcm, authority: Authority) -> Place:
    return Place(
        documents=str(shared / "ion.sqlite"),
        url=fcm.url,
        root=authority.root,
        figures=str(directory / "figures.json"),
        lease_s=plan.lease_s,
        send_s=plan.send_s,
        poll_s=plan.poll_s,
    )
