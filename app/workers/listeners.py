"""The port that the supervisor listens on, and accepting from it."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager

import structlog

__all__ = ["accept", "listening"]

log = structlog.get_logger(__name__)
_BACKLOG = 2048
_RETRY_S = 0.1
# closing waits for ever until a peer has taken all, be it one that never reads again
_UNTAKEN_MS = 60_000


@contextmanager
def listening(host: str, port: int) -> Iterator[list[socket.socket]]:
    """Listen on every address that `host` names; raises OSError."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    addresses = dict.fromkeys((family, address) for family, _, _, _, address in found)
    with ExitStack() as stack:
        listeners = []
        for family, address in addresses:
            listener = socket.create_server(address, family=family, backlog=_BACKLOG)
            listeners.append(stack.enter_context(listener))
            listener.setblocking(False)
            if sys.platform == "linux":
                # whatever it accepts has it, too
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNTAKEN_MS)
        yield listeners


async def accept(listener: socket.socket, give: Callable[[socket.socket], Awaitable[None]]) -> None:
    """Accept connections and give each away, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            connection, _ = await loop.sock_accept(listener)
        except OSError as error:
            log.error("connection_not_accepted", error=repr(error))
            await asyncio.sleep(_RETRY_S)
            continue
        with connection:
            await give(connection)
