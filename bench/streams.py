"""Many answers at once: time to the first delta, jitter, and what a token costs."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from secrets import token_hex
from typing import Any

import msgspec
from msgspec import Struct

from bench.bare import Order
from bench.client import Client, kind
from bench.harness import Cpu, cpu, drive, keep_off_load, percentile, report, server, spread, token
from tests.servers import free_port, leashed

__all__ = ["INTERVAL_MS", "SCRIPTED", "TOKENS", "Streams", "answers", "main"]

# how many answers at once, over how many processes
STREAMS = ((50, 1), (200, 1), (500, 1), (100, 2), (200, 2))
TOKENS = 100
INTERVAL_MS = 20
TURNS = 4
_AT_ONCE = 50
SCRIPTED = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": str(TOKENS),
    "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS),
}


class Streams(Struct, kw_only=True):
    """What was heard of all streams, and what serving them took."""

    first_s: list[float] = msgspec.field(default_factory=list)
    gaps_s: list[float] = msgspec.field(default_factory=list)
    frames: int = 0
    size: int = 0
    turns: int = 0
    used: Cpu = Cpu(0, 0)
    elapsed_s: float = 0.0
    load_share: float = 0.0

    @property
    def tokens(self) -> int:
        """Return how many tokens the turns had."""
        return self.turns * TOKENS

    def token_us(self, used_s: float) -> float:
        """Return CPU microseconds a token."""
        return used_s / self.tokens * 1e6


class _Stream:
    """One user with one socket and one session, who asks again when the answer is there."""

    def __init__(self, heard: Streams) -> None:
        self._heard = heard
        self._client: Client | None = None
        self._times: list[float] = []
        self._ended = asyncio.Event()
        self.session_id = ""

    async def open(self, ws_url: str, user_id: str) -> None:
        """Connect, and say hello when there is a user."""
        self._client = await Client.open(ws_url, self._take, user_id=user_id)
        if user_id:
            self._client.say({"type": "hello", "token": token(user_id)})
            await self._ended.wait()

    async def ask(self, frame: dict[str, Any]) -> None:
        """Send a frame and wait for the end of the answer."""
        assert self._client is not None  # noqa: S101 - for the type checker
        self._times.clear()
        self._ended.clear()
        sent_at = time.perf_counter()
        self._client.say(frame)
        await self._ended.wait()
        self._heard.turns += 1
        self._heard.first_s.append(self._times[0] - sent_at)
        self._heard.gaps_s.extend(later - earlier for earlier, later in pairwise(self._times))

    def _take(self, frame: bytes) -> None:
        type_ = kind(frame)
        if type_ == b"delta":
            self._times.append(time.perf_counter())
            self._heard.frames += 1
            self._heard.size += len(frame) + (2 if len(frame) < 126 else 4)
        elif type_ in (b"welcome", b"turn_done"):
            self._ended.set()
        elif type_ == b"ack":
            self.session_id = msgspec.json.decode(frame)["session_id"]
        elif type_ in (b"error", b"turn_failed"):
            raise RuntimeError(frame.decode())


Asking = Callable[[_Stream, int], dict[str, Any]]


async def answers(
    pids: list[int],
    urls: list[str],
    *,
    streams: int,
    turns: int = TURNS,
    asking: Asking | None = None,
) -> Streams:
    """Have every stream ask `turns` times, begun at random within one turn's time.

    Without `asking` they say something to the product.
    """
    named, run, heard = asking is None, token_hex(4), Streams()
    places = [(urls[i % len(urls)], f"u_{run}_{i}" if named else "") for i in range(streams)]
    opened = [_Stream(heard) for _ in places]
    for start in range(0, streams, _AT_ONCE):
        some = list(zip(opened, places, strict=True))[start : start + _AT_ONCE]
        await asyncio.gather(*(stream.open(*place) for stream, place in some))
    before, began = [cpu(pid) for pid in pids], time.perf_counter()
    await asyncio.gather(*(_ask_often(each, turns, asking or _say) for each in opened))
    heard.elapsed_s = time.perf_counter() - began
    for pid, earlier in zip(pids, before, strict=True):
        heard.used += cpu(pid) - earlier
    return heard


async def _ask_often(stream: _Stream, turns: int, asking: Asking) -> None:
    await asyncio.sleep(random.random() * TOKENS * INTERVAL_MS / 1000)
    for turn in range(turns):
        await stream.ask(asking(stream, turn))


def main() -> None:
    """Measure, print and write bench/results/streams.json."""
    rows, figures = [], []
    for streams, processes in STREAMS:
        ours = _ours(streams, processes)
        bare = _bare(streams, ours)
        rows.append((str(processes), *_row(streams, ours, bare)))
        found = {"product": _summary(ours), "bare": _summary(bare)}
        figures.append({"streams": streams, "processes": processes, **found})
    report(
        "streams",
        f"Streams at {INTERVAL_MS} ms a token, {TOKENS} tokens a turn, embedded stores",
        (
            "processes",
            "streams",
            "first delta p50 / p99",
            "gap p50 / p99",
            "CPU a token, server",
            "with log store",
            "bare socket",
            "ratio",
            "frames, bytes a token",
            "load",
        ),
        rows,
        note="CPU in µs, documents and log included (with several processes the log store, too); "
        "bare: a Litestar socket sends the same frames",
        figures=figures,
    )


def _ours(streams: int, processes: int) -> Streams:
    """Have the product answer; one process keeps off the load's core, several use all."""
    workers = {"ION_WORKERS": str(processes)}
    with server(SCRIPTED | workers, pinned=processes == 1) as product:
        heard, share = drive(answers([product.pid], [product.ws_url], streams=streams))
    heard.load_share = share
    if processes > 1:
        # the workers are children, as the log store is
        heard.used = Cpu(heard.used.all_s, 0)
    return heard


def _bare(streams: int, ours: Streams) -> Streams:
    """Have a bare socket send as many frames as large in the same time."""
    frames = max(1, round(ours.frames / ours.turns))
    order = Order(frames, TOKENS * INTERVAL_MS / 1000 / frames, round(ours.size / ours.frames))
    with _bare_server() as (pid, url):
        load = answers(
            [pid], [url], streams=streams, asking=lambda _stream, _turn: msgspec.to_builtins(order)
        )
        heard, share = drive(load)
    heard.load_share = share
    return heard


def _say(stream: _Stream, turn: int) -> dict[str, Any]:
    # no two alike: what was read in a message once is not read again
    text = f"I can't decide what to do about plan {token_hex(3)}"
    frame = {"type": "send", "client_msg_id": f"c{turn}", "text": text}
    return frame | ({"session_id": stream.session_id} if stream.session_id else {})


@contextmanager
def _bare_server() -> Iterator[tuple[int, str]]:
    port = free_port()
    process = subprocess.Popen(leashed([sys.executable, "-m", "bench.bare", str(port)]))
    try:
        keep_off_load(process.pid)
        asyncio.run(_until_open(f"ws://127.0.0.1:{port}/"))
        yield process.pid, f"ws://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


async def _until_open(url: str) -> None:
    while True:
        try:
            (await Client.open(url, lambda _: None)).abort()
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return


def _row(streams: int, ours: Streams, bare: Streams) -> tuple[str, ...]:
    own_us, bare_us = ours.token_us(ours.used.own_s), bare.token_us(bare.used.all_s)
    return (
        str(streams),
        spread(ours.first_s, 0.5, 0.99),
        spread(ours.gaps_s, 0.5, 0.99),
        f"{own_us:.0f}",
        f"{ours.token_us(ours.used.all_s):.0f}",
        f"{bare_us:.0f}",
        f"{own_us / bare_us:.1f}x",
        f"{ours.frames / ours.tokens:.2f}, {ours.size / ours.tokens:.0f}",
        f"{ours.load_share:.0%}",
    )


def _summary(heard: Streams) -> dict[str, float]:
    return {
        "first_p50_s": percentile(heard.first_s, 0.5),
        "first_p99_s": percentile(heard.first_s, 0.99),
        "gap_p50_s": percentile(heard.gaps_s, 0.5),
        "gap_p99_s": percentile(heard.gaps_s, 0.99),
        "server_us_per_token": heard.token_us(heard.used.own_s),
        "with_store_us_per_token": heard.token_us(heard.used.all_s),
        "frames_per_token": heard.frames / heard.tokens,
        "bytes_per_token": heard.size / heard.tokens,
        "load_share": heard.load_share,
    }


if __name__ == "__main__":
    main()
