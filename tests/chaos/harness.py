"""One run: a house, users in it, faults on them; then peace, and the reckoning."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
from msgspec import Struct

from tests.chaos.checker import check
from tests.chaos.device import Device
from tests.chaos.events import Frame, History, Serves, Stuck, Violation
from tests.chaos.faults import Faults
from tests.chaos.house import House
from tests.chaos.journal import Journal
from tests.chaos.schedule import Plan, schedule
from tests.chaos.user import User

__all__ = ["Outcome", "run"]

_REST_S = 60.0
_OURS = ("task_failed", "loop_failed", "turn_crashed", "frame_failed", "Traceback")


class Outcome(Struct, frozen=True, kw_only=True):
    """What a run came to."""

    seed: int
    injected: dict[str, int]
    journal: Journal
    violations: list[Violation]


async def run(
    seed: int,
    seconds: float,
    *,
    plan: Plan,
    open_house: Callable[[Path, int], AbstractAsyncContextManager[House]],
    directory: Path,
    journal: Journal,
    n_users: int = 3,
    n_devices: int = 3,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Break a house for `seconds`, then let it come to rest and check what was promised.

    What happens is in the `journal`, also when the run fails.
    """
    talking = asyncio.Event()
    talking.set()
    async with open_house(directory, plan.servers) as house, asyncio.TaskGroup() as group:
        for server, door in zip(house.servers, house.doors, strict=True):
            journal.note(Serves(server=server.directory.name, url=server.url, door=door.api))
        faults = Faults(house, journal, lambda what: say(f"  {journal.now:6.1f} s  {what}"))
        users = _users(house, journal, seed, n_users)
        lives = [group.create_task(each.live(n_devices, talking)) for each in users]
        say(f"  {journal.now:6.1f} s  {n_users} users with {n_devices} devices begin to talk")
        async with asyncio.timeout(seconds * 3 + 120):
            await faults.run(schedule(seed, seconds, plan))
            talking.clear()
            say(f"  {journal.now:6.1f} s  no more faults; waiting for rest")
            await _rest(users, journal)
            say(f"  {journal.now:6.1f} s  at rest; reading everything")
            for user in users:
                await _read_all(user, house, journal)
        for life in lives:
            life.cancel()
    violations = check(note.event for note in journal.notes)
    violations += _confessions(house)
    return Outcome(
        seed=seed, injected=dict(faults.injected), journal=journal, violations=violations
    )


def _users(house: House, journal: Journal, seed: int, count: int) -> list[User]:
    users = []
    for i in range(count):
        token = house.servers[i % len(house.servers)].anonymous()["access_token"]
        users.append(User(f"u{i}", token, house.doors, journal, seed=f"{seed}-{i}"))
    for user in users:
        user.strangers = [each for each in users if each is not user]
    return users


async def _rest(users: list[User], journal: Journal) -> None:
    """Wait until all is acknowledged and answered, and every device has read everything."""
    witnesses = {user.name: user.new_device("witness") for user in users}
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(each.run()) for each in witnesses.values()]
        try:
            async with asyncio.timeout(_REST_S):
                while any(_restless(each, witnesses[each.name]) for each in users):
                    await asyncio.sleep(0.2)
        except TimeoutError:
            for user in users:
                for what in _restless(user, witnesses[user.name]):
                    journal.note(Stuck(what=what))
        for task in reading:
            task.cancel()


def _restless(user: User, witness: Device) -> list[str]:
    """Say what keeps a user's part of the run from rest."""
    found = [f"no ack of {key}" for key in user.unacked]
    found += [f"no end of {turn_id}" for turn_id in user.open]
    for session_id in user.sessions:
        for device in [*user.devices, witness]:
            device.wanted.add(session_id)
            if session_id not in device.attached:
                found.append(f"{device.name} can't read {session_id}")
            elif device.cursors.get(session_id) != witness.cursors.get(session_id):
                found.append(f"{device.name} is not where others are in {session_id}")
    return found


async def _read_all(user: User, house: House, journal: Journal) -> None:
    """Read every session to the end: as a new device, and as pages of messages."""
    last = user.new_device("last")
    last.wanted = set(user.sessions)
    reading = asyncio.get_running_loop().create_task(last.run())
    try:
        async with asyncio.timeout(20):
            while last.cursors.keys() < last.wanted:
                await asyncio.sleep(0.05)
    except TimeoutError:
        journal.note(Stuck(what=f"{last.name} got no snapshot"))
    finally:
        reading.cancel()
    api = f"{house.servers[0].url}/api/v2.1"
    headers = {"authorization": f"Bearer {user.token}"}
    async with httpx.AsyncClient(base_url=api, headers=headers, trust_env=False) as client:
        for session_id in user.sessions:
            messages = await _pages(client, session_id)
            journal.note(History(user=user.name, session_id=session_id, messages=tuple(messages)))


async def _pages(client: httpx.AsyncClient, session_id: str) -> list[Frame]:
    messages: list[Frame] = []
    before: str | None = None
    while True:
        cursor = {"before": before} if before else {}
        answer = await client.get(
            f"/sessions/{session_id}/messages", params={"limit": "7"} | cursor, timeout=10
        )
        page = answer.raise_for_status().json()
        messages = page["messages"] + messages
        if (before := page["before"]) is None:
            return messages


def _confessions(house: House) -> list[Violation]:
    """Return what the servers themselves logged as faults of ours."""
    found = []
    for server in house.servers:
        for line in server.output().splitlines():
            if any(word in line for word in _OURS):
                found.append(
                    Violation(rule="a fault in a log", where=server.directory.name, detail=line)
                )
    return found
