"""Five conversations over three weeks, on a clock that is moved: what a mentor remembers.

`make demo` prints them as they happen. The engine is the offline one, the stores are real.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import msgspec
from msgspec import Struct

from app.product import Product
from app.settings import Settings
from app.telemetry.logs import configure_logs
from app.wiring import running
from schemas.frames import Send

__all__ = ["STORY", "USER", "Done", "Said", "Visit", "answer_of", "told"]

USER = "u_jo"
_ENDS = re.compile(rb'.{0,12}"turn_(?:done|failed)"')


class Visit(Struct, frozen=True, kw_only=True):
    """One conversation: when it begins, and what the user says in it."""

    at: datetime
    lines: tuple[str, ...]


class Said(Struct, frozen=True, kw_only=True):
    """A message and its answer, with the memories that went into it."""

    at: datetime
    visit: int
    text: str
    answer: str
    persona: str
    memories: tuple[str, ...]


STORY = (
    Visit(
        at=datetime(2026, 5, 4, 18, tzinfo=UTC),
        lines=(
            "Hi, my name is Jo.",
            "My goal is to move into product design this year.",
            "I have a job interview on Friday.",
            "My sister Mina helps me practise.",
        ),
    ),
    Visit(
        at=datetime(2026, 5, 6, 8, tzinfo=UTC),
        lines=(
            "When is my interview?",
            "They moved it. My job interview is on Monday now.",
        ),
    ),
    Visit(at=datetime(2026, 5, 9, 10, tzinfo=UTC), lines=("Hello!", "When is my interview?")),
    Visit(
        at=datetime(2026, 5, 12, 19, tzinfo=UTC),
        lines=("Hi!", "It went well, they liked my portfolio.", "What was my goal?"),
    ),
    Visit(
        at=datetime(2026, 5, 25, 20, tzinfo=UTC),
        lines=("Hello again.", "What did I say about my sister?", "What was my name?"),
    ),
)


class _MovedClock:
    """Goes on by itself from wherever it was set."""

    def __init__(self, start: datetime) -> None:
        self._start, self._since = start, monotonic()

    def set(self, moment: datetime) -> None:
        """Go on from `moment`."""
        self._start, self._since = moment, monotonic()

    def now(self) -> datetime:
        """Return the wall time, in UTC."""
        return self._start + timedelta(seconds=monotonic() - self._since)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return monotonic()


async def told(story: tuple[Visit, ...] = STORY) -> AsyncIterator[Said]:
    """Live the story in a new product and yield what is said, as it is said."""
    clock = _MovedClock(story[0].at)
    with tempfile.TemporaryDirectory(prefix="ion-demo-") as folder:
        settings = Settings(data_dir=Path(folder), llm="offline", encoder="off")
        async with running(settings, clock=clock) as product:
            for number, visit in enumerate(story, start=1):
                clock.set(visit.at)
                async for said in _visit(product, number, visit):
                    yield said
                await product.owners.remembered()


async def _visit(product: Product, number: int, visit: Visit) -> AsyncIterator[Said]:
    session_id: str | None = None
    for line, text in enumerate(visit.lines):
        frame = Send(client_msg_id=f"v{number}.{line}", text=text, session_id=session_id)
        accepted = await product.sessions.send(USER, frame)
        session_id = accepted.ack.session_id
        product.sessions.begin(accepted)
        done = await answer_of(product, session_id, accepted.ack.turn_id)
        texts = [await _text(product, each) for each in done.memories_used]
        yield Said(
            at=visit.at,
            visit=number,
            text=text,
            answer=done.text,
            persona=done.persona,
            memories=tuple(each for each in texts if each),
        )
        await product.owners.remembered()


class Done(Struct, tag_field="type", tag="turn_done"):
    turn_id: str
    persona: str
    text: str
    memories_used: tuple[str, ...]


class _Failed(Struct, tag_field="type", tag="turn_failed"):
    turn_id: str
    code: str


async def answer_of(product: Product, session_id: str, turn_id: str) -> Done:
    """Return an answer once it is done; raises RuntimeError when there will be none."""
    news = asyncio.Event()
    reading = await product.sessions.read(USER, session_id, news.set, from_start=True)
    while True:
        while not reading.ready:
            await news.wait()
            news.clear()
        _, frames = await reading.next()
        for frame in frames:
            if not _ENDS.match(frame):
                continue
            ended: Done | _Failed = msgspec.json.decode(frame, type=Done | _Failed)
            if ended.turn_id == turn_id:
                reading.close()
                if isinstance(ended, _Failed):
                    raise RuntimeError(f"a turn of the story failed: {ended.code}")
                return ended


async def _text(product: Product, memory_id: str) -> str:
    if not memory_id.startswith("f_"):
        return ""
    return (await product.facts.get(USER, memory_id)).text


def _print(said: Said, say: Callable[[str], object], *, opens: bool) -> None:
    if opens:
        say(f"\n{said.at:%A %-d %B}\n")
    say(f"  Jo:   {said.text}\n")
    lines = said.answer.replace("\n\n", "\n").splitlines()
    say(
        "".join(
            f"  {said.persona.title() + ':' if not at else '':5} {line}\n"
            for at, line in enumerate(lines)
        )
    )
    if said.memories:
        say(f"        (remembered: {'; '.join(said.memories)})\n")


async def _main() -> None:
    visit = 0
    async for said in told():
        _print(said, sys.stdout.write, opens=said.visit != visit)
        sys.stdout.flush()
        visit = said.visit


if __name__ == "__main__":
    configure_logs("error")
    asyncio.run(_main())
