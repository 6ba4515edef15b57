"""The load, in a process of its own: `load.py RIVAL PORT PID STREAMS` prints what was heard."""

import asyncio
import gc
import random
import sys
import time

import msgspec
import uvloop
from msgspec import Struct

from bench.rivals.catalogue import RIVALS
from bench.rivals.cpu import tree_cpu_s
from bench.rivals.rival import FIRST_PROMPT, INTERVAL_MS, TOKENS, Conversation, Rival

__all__ = ["Heard"]

TURNS = 3
_WHOLE = "".join(f"w{index} " for index in range(TOKENS))
_OPEN_AT_ONCE = 20


class Heard(Struct, kw_only=True):
    """What all streams heard in their measured turns, and what serving them took."""

    first_s: list[float] = msgspec.field(default_factory=list)
    turn_s: list[float] = msgspec.field(default_factory=list)
    pieces: int = 0
    server_cpu_s: float = 0.0
    load_share: float = 0.0

    @property
    def tokens(self) -> int:
        """Return how many tokens came."""
        return len(self.turn_s) * TOKENS


async def _ask(conversation: Conversation, heard: Heard) -> None:
    """Ask once; raises RuntimeError when the answer is not whole."""
    pieces: list[str] = []
    began = first = time.perf_counter()
    async for piece in conversation.ask(FIRST_PROMPT):
        if not pieces:
            first = time.perf_counter()
        pieces.append(piece)
    if (said := "".join(pieces)) != _WHOLE:
        raise RuntimeError(f"not the answer: {said[:100]!r}, {len(pieces)} pieces")
    heard.pieces += len(pieces)
    heard.first_s.append(first - began)
    heard.turn_s.append(time.perf_counter() - began)


async def _opened(rival: Rival, port: int, streams: int) -> list[Conversation]:
    found: list[Conversation] = []
    for start in range(0, streams, _OPEN_AT_ONCE):
        some = range(start, min(start + _OPEN_AT_ONCE, streams))
        found += await asyncio.gather(*(rival.open(port, number) for number in some))
    return found


async def _turns(conversations: list[Conversation], turns: int) -> Heard:
    """Have all of them ask, begun at random within one turn's time."""
    heard = Heard()

    async def one(conversation: Conversation) -> None:
        await asyncio.sleep(random.random() * TOKENS * INTERVAL_MS / 1000)
        for _ in range(turns):
            await _ask(conversation, heard)

    await asyncio.gather(*(one(each) for each in conversations))
    return heard


async def _load(rival: Rival, port: int, pid: int, streams: int) -> Heard:
    conversations = await _opened(rival, port, streams)
    await _turns(conversations, 1)
    gc.collect()
    gc.disable()
    server, mine, began = tree_cpu_s(pid), time.process_time(), time.perf_counter()
    heard = await _turns(conversations, TURNS)
    heard.server_cpu_s = tree_cpu_s(pid) - server
    heard.load_share = (time.process_time() - mine) / (time.perf_counter() - began)
    for each in conversations:
        await each.close()
    return heard


def main() -> None:
    """Print a Heard as JSON."""
    name, port, pid, streams = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        heard = runner.run(_load(RIVALS[name], int(port), int(pid), int(streams)))
    sys.stdout.buffer.write(msgspec.json.encode(heard))


if __name__ == "__main__":
    main()
