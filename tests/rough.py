"""`python -m tests.rough`: the real product behind a proxy that breaks as it is told.

Prints the proxy's address and the product's own, then obeys lines: `cut`, `strand`, `refuse on`,
`stall on`, `half-open on` (each `off` too), `delay MS`; each is answered by `ok`. Ends with its
input.
"""

import asyncio
import sys
from collections.abc import Callable

from bench.harness import server
from tests.proxy import FaultProxy

__all__ = ["obey"]

_SCRIPTED = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": "30",
    "ION_SCRIPTED_INTERVAL_MS": "10",
}


def obey(proxy: FaultProxy, line: str) -> None:
    """Do to a proxy what a line says; raises KeyError when it makes no sense."""
    name, _, value = line.strip().partition(" ")
    switches: dict[str, Callable[[bool], None]] = {
        "refuse": proxy.refuse,
        "stall": proxy.blackhole,
        "half-open": proxy.half_open,
    }
    if name == "cut":
        proxy.cut()
    elif name == "strand":
        proxy.strand()
    elif name == "delay":
        proxy.delay(float(value))
    else:
        switches[name]({"on": True, "off": False}[value])


async def _serve(port: int) -> None:
    async with FaultProxy("127.0.0.1", port) as proxy:
        _say(f"{proxy.url} http://127.0.0.1:{port}")
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            obey(proxy, line)
            _say("ok")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with server(_SCRIPTED, pinned=False) as product:
        asyncio.run(_serve(product.port))
