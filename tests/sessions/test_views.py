"""Whatever two processes do to a session, its readers see in the end what is stored."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import pytest

from schemas.frames import Edit, Regenerate, Send
from schemas.resources import UpdateSession
from sessions.archive import TurnDocument
from sessions.errors import IonError, LogUnavailable
from sessions.service import Accepted
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.folding import folding
from tests.sessions.processes import Process, running_process
from tests.sessions.steps import Step, after, before
from tests.sessions.talks import Gate, Policy, settled, stored

LEASE_MS = 400
POLICIES: tuple[Policy, ...] = ("merge", "queue", "interrupt")
DEEDS = ("say", "say", "say", "ask_again", "edit", "ask_again", "edit", "stop", "choose", "leave")


class Story:
    """What a user does at random through two processes, the first of which may leave."""

    def __init__(
        self,
        chance: random.Random,
        processes: list[Process],
        documents: SqliteDocuments,
        session_id: str,
    ) -> None:
        self.told: list[str] = []
        self.staying = processes
        self._chance = chance
        self._documents = documents
        self._session_id = session_id
        self._late: list[asyncio.Task[None]] = []

    async def tell(self) -> None:
        """Do some of what a user can, and have all of it begun."""
        for number in range(self._chance.randint(3, 8)):
            deed = self._chance.choice(DEEDS)
            self.told.append(deed)
            with suppress(IonError):  # a deed may come too early or too late
                await getattr(self, f"_{deed}")(self._chance.choice(self.staying), f"k{number}")
            await asyncio.sleep(self._chance.choice((0, 0, 0.005, 0.03, 0.1)))
        await asyncio.gather(*self._late)

    async def _say(self, process: Process, key: str) -> None:
        policy = self._chance.choice(POLICIES)
        frame = Send(client_msg_id=key, text=key, session_id=self._session_id, policy=policy)
        self._begin(process, await process.sessions.send("u1", frame))

    async def _ask_again(self, process: Process, key: str) -> None:
        turn = await self._some_turn()
        frame = Regenerate(session_id=self._session_id, turn_id=turn.id, client_msg_id=key)
        self._begin(process, await process.sessions.regenerate("u1", frame))

    async def _edit(self, process: Process, key: str) -> None:
        message = self._chance.choice((await self._some_turn()).messages)
        frame = Edit(
            session_id=self._session_id, message_id=message.id, client_msg_id=key, text=key
        )
        self._begin(process, await process.sessions.edit("u1", frame))

    async def _stop(self, process: Process, _key: str) -> None:
        await process.sessions.stop("u1", self._session_id)

    async def _choose(self, process: Process, _key: str) -> None:
        branch = UpdateSession(branch=(await self._some_turn()).id)
        await process.sessions.update("u1", self._session_id, branch)

    async def _leave(self, _process: Process, _key: str) -> None:
        if len(self.staying) == 1:
            return
        leaving = self.staying.pop(0)
        if self._chance.random() < 0.5:
            leaving.crash()
        else:
            await leaving.owners.drain(deadline_s=0)

    async def _some_turn(self) -> TurnDocument:
        return self._chance.choice((await stored(self._documents, self._session_id))[-3:])

    def _begin(self, process: Process, accepted: Accepted) -> None:
        """Have it answered at once or later; for some of it the sweep must see to that."""
        pause_s = self._chance.choice((0, 0, 0, 0, 0, self._chance.random() * 0.1, None))
        if pause_s is not None:
            self._late.append(asyncio.create_task(_later(process, accepted, pause_s)))


async def _later(process: Process, accepted: Accepted, pause_s: float) -> None:
    await asyncio.sleep(pause_s)
    process.sessions.begin(accepted)


def lose_answers(store: Any, chance: random.Random) -> None:
    """Have some calls about leases and inboxes not arrive, and more of their answers."""
    for name in ("take", "release", "renew"):
        before(store, name, _unlucky(chance, 0.1))
        after(store, name, _unlucky(chance, 0.3))


def _unlucky(chance: random.Random, how_often: float) -> Step:
    async def fail() -> None:
        if chance.random() < how_often:
            raise LogUnavailable("no answer came")

    return fail


async def _no_lease(process: Process, session_id: str) -> None:
    async with asyncio.timeout(10):
        while await process.redis.exists(f"{{{session_id}}}:lease"):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("answers", ["kept", "lost"])
@pytest.mark.parametrize("seed", [1, 2, 19, 107])
async def test_readers_see_in_the_end_what_is_stored(
    documents: SqliteDocuments, redis_url: str, seed: int, answers: str
) -> None:
    chance = random.Random(seed)
    gate = Gate(tokens=chance.choice((3, 20)), interval_s=chance.choice((0.002, 0.01)))
    gate.open.set()
    async with (
        running_process("p1", documents, redis_url, provider=gate, lease_ms=LEASE_MS) as one,
        running_process("p2", documents, redis_url, provider=gate, lease_ms=LEASE_MS) as two,
    ):
        if answers == "lost":
            for process in (one, two):
                lose_answers(process.store, random.Random(seed))
        session_id = (await one.say("m", "k")).ack.session_id
        story = Story(chance, [one, two], documents, session_id)
        async with folding(two, session_id) as shown:
            await story.tell()
            print(f"seed {seed}, answers {answers}: {story.told}")
            await settled(documents, session_id, *story.staying)
            await shown.hear_the_end()
            assert shown.messages == await shown.stored()
        await _no_lease(two, session_id)

    assert shown.view.turns == ()
