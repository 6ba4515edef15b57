"""Two processes and what is said to them; the provider repeats it when it may."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from schemas.frames import Send, TurnDone
from sessions.archive import TURNS, TurnDocument
from sessions.llm.provider import Chunk, Prompt
from sessions.service import Accepted
from sessions.stores.sqlite import SqliteDocuments
from tests.sessions.processes import Process, Reader, running_process

__all__ = [
    "Gate",
    "Home",
    "Policy",
    "done",
    "heard",
    "idle",
    "say",
    "settled",
    "stored",
    "talked",
    "two_processes",
]

Policy = Literal["merge", "queue", "interrupt"]


class Gate:
    """A provider that repeats what it hears, and does not begin before `open` is set."""

    name = "gate"

    def __init__(self, *, tokens: int = 1, interval_s: float = 0.0) -> None:
        self.open = asyncio.Event()
        self.prompts: list[Prompt] = []
        self._tokens = tokens
        self._interval_s = interval_s

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Repeat the text."""
        self.prompts.append(prompt)
        await self.open.wait()
        for _ in range(self._tokens):
            yield Chunk(text=f"<{prompt.text}>")
            await asyncio.sleep(self._interval_s)
        yield Chunk(finish_reason="stop", model="gate")

    async def aclose(self) -> None:
        """Nothing is open."""
        return


Home = tuple[Process, Process, Gate]


@asynccontextmanager
async def two_processes(
    documents: SqliteDocuments, redis_url: str, gate: Gate
) -> AsyncIterator[Home]:
    """Run two processes whose leases end at no time of their own."""
    async with (
        running_process("p1", documents, redis_url, provider=gate, lease_ms=60_000) as one,
        running_process("p2", documents, redis_url, provider=gate, lease_ms=60_000) as two,
    ):
        yield one, two, gate


async def heard(gate: Gate, count: int) -> None:
    """Wait until the provider was asked so often."""
    async with asyncio.timeout(10):
        while len(gate.prompts) < count:
            await asyncio.sleep(0.005)


async def idle(*processes: Process) -> None:
    """Wait until no session is owned."""
    async with asyncio.timeout(30):
        while any(len(process.owners) for process in processes):
            await asyncio.sleep(0.005)


async def stored(documents: SqliteDocuments, session_id: str) -> list[TurnDocument]:
    """Return all turns of a session."""
    return await documents.find(TURNS, "by_session", {"session_id": session_id})


async def settled(documents: SqliteDocuments, session_id: str, *processes: Process) -> None:
    """Wait until every turn has ended and no session is owned."""
    async with asyncio.timeout(30):
        while any(turn.open for turn in await stored(documents, session_id)):
            await asyncio.sleep(0.01)
    await idle(*processes)


def done(count: int = 1) -> Callable[[Reader], bool]:
    """Return whether a reader has seen so many answers end."""
    return lambda reader: len(reader.of(TurnDone)) >= count


async def say(process: Process, text: str, key: str, session_id: str, policy: Policy) -> Accepted:
    """Send to a session as its user, and have it answered."""
    frame = Send(client_msg_id=key, text=text, session_id=session_id, policy=policy)
    accepted = await process.sessions.send("u1", frame)
    process.sessions.begin(accepted)
    return accepted


async def talked(home: Home, *texts: str) -> tuple[str, Reader, list[Accepted]]:
    """Say texts one after the other, and wait for each answer."""
    one, _, gate = home
    gate.open.set()
    said = [await one.say(texts[0], "c0")]
    session_id = said[0].ack.session_id
    reader = await one.read(session_id, from_start=True)
    await reader.until(done())
    for number, text in enumerate(texts[1:], 1):
        said.append(await one.say(text, f"c{number}", session_id))
        await reader.until(done(number + 1))
    return session_id, reader, said
