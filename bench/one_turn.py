"""One turn on the embedded default: to the ack, to the first delta, CPU and bytes a token."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from bench.harness import cpu_s, percentile, report, server
from tests.device import Device
from tests.product import ProductServer
from tests.servers import free_port, leashed

__all__ = ["main"]

TURNS = 60
STREAMS = 50
TOKENS = 200
INTERVAL_MS = 20
BARE_FRAMES = 5000


def main() -> None:
    """Measure, print and write bench/results/one_turn.json."""
    with server({"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "5"}) as product:
        ack_ms, first_ms = asyncio.run(_latencies(product))
    tokens = {"ION_SCRIPTED_TOKENS": str(TOKENS), "ION_SCRIPTED_INTERVAL_MS": str(INTERVAL_MS)}
    with server({"ION_LLM": "scripted"} | tokens) as product:
        alone = asyncio.run(_streams(product, streams=1))
        full = asyncio.run(_streams(product, streams=STREAMS))
    bare_us = asyncio.run(_bare_frame_us())
    token_us = full["cpu_s"] / full["tokens"] * 1e6
    figures = {
        "send_to_ack_ms": _spread(ack_ms),
        "send_to_first_delta_ms": _spread(first_ms),
        "cpu_us_per_token": {
            "streams_1": alone["cpu_s"] / alone["tokens"] * 1e6,
            "streams_50": token_us,
        },
        "bytes_per_token": full["bytes"] / full["tokens"],
        "frames_per_token": full["frames"] / full["tokens"],
        "bare_frame_us": bare_us,
        "ratio_token_to_bare_frame": token_us / bare_us,
    }
    rows = [
        ("send to ack, p50 / p95", _pair(ack_ms)),
        ("send to first delta, p50 / p95", _pair(first_ms)),
        (
            f"CPU a token, server and store, {STREAMS} streams",
            f"{token_us:.0f} µs",
        ),
        ("  against a frame of a bare uvicorn socket", f"{token_us / bare_us:.1f}x"),
        ("bytes on the wire a token (JSON)", f"{figures['bytes_per_token']:.0f}"),
        ("frames a token", f"{figures['frames_per_token']:.2f}"),
    ]
    report("one_turn", "One turn on the embedded default", rows, figures)


async def _latencies(product: ProductServer) -> tuple[list[float], list[float]]:
    acks: list[float] = []
    firsts: list[float] = []
    async with Device(product.ws_url, product.anonymous()["access_token"]) as device:
        session_id: str | None = None
        for number in range(TURNS):
            began = time.perf_counter()
            ack = await device.send("hello there", f"c{number}", session_id)
            acks.append((time.perf_counter() - began) * 1000)
            session_id = ack["session_id"]
            view = device.views[session_id]
            await device.until(lambda a=ack, v=view: bool(v.texts.get(a["turn_id"])))  # type: ignore[misc]
            firsts.append((time.perf_counter() - began) * 1000)
            await device.answer(ack["turn_id"], session_id)
            await asyncio.sleep(1.0 if number >= 25 else 0.05)  # the limit is 60 a minute
    return acks[5:], firsts[5:]


async def _streams(product: ProductServer, *, streams: int) -> dict[str, Any]:
    tokens = [product.anonymous()["access_token"] for _ in range(streams)]
    before = cpu_s(product.pid)
    counted = await asyncio.gather(*(_one_stream(product, token) for token in tokens))
    return {
        "cpu_s": cpu_s(product.pid) - before,
        "tokens": streams * TOKENS,
        "bytes": sum(size for size, _ in counted),
        "frames": sum(frames for _, frames in counted),
    }


async def _one_stream(product: ProductServer, token: str) -> tuple[int, int]:
    """Return bytes (with the WebSocket's own) and frames of one turn's deltas."""
    size = frames = 0
    async with connect(product.ws_url, compression=None) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token}))
        await socket.send(json.dumps({"type": "send", "client_msg_id": "c", "text": "hello"}))
        async for raw in socket:
            if '"type":"delta"' in raw[:20]:
                frames += 1
                size += len(raw) + (2 if len(raw) < 126 else 4)
            elif '"type":"turn_done"' in raw[:20]:
                break
    return size, frames


@contextmanager
def _bare_server() -> Iterator[tuple[int, int]]:
    port = free_port()
    process = subprocess.Popen(leashed([sys.executable, "-m", "bench.bare", str(port)]))
    try:
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


async def _bare_frame_us() -> float:
    """Return the CPU microseconds that uvicorn needs to send one frame of a delta's size."""
    with _bare_server() as (pid, port):
        socket = await _connected(port)
        before = cpu_s(pid)
        await socket.send(str(BARE_FRAMES))
        for _ in range(BARE_FRAMES):
            await socket.recv()
        spent = cpu_s(pid) - before
        await socket.close()
    return spent / BARE_FRAMES * 1e6


async def _connected(port: int) -> ClientConnection:
    while True:
        try:
            return await connect(f"ws://127.0.0.1:{port}/", compression=None)
        except OSError:
            await asyncio.sleep(0.02)


def _spread(values: list[float]) -> dict[str, float]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def _pair(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.1f} / {percentile(values, 0.95):.1f} ms"


if __name__ == "__main__":
    main()
