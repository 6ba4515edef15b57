"""A network line between page and server that can be cut, as in a tunnel."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

__all__ = ["Line", "running_line"]


class Line:
    """A TCP proxy on loopback. Cut, it ends what runs through it and takes nothing new."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._up = True
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._listener: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The page's address on this side of the line."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Let the train enter the tunnel."""
        self._call(self._set_up(False))

    def mend(self) -> None:
        """Let it leave the tunnel."""
        self._call(self._set_up(True))

    def run(self, ready: threading.Event) -> None:
        """Serve until `end`; meant for a thread."""
        self._loop.run_until_complete(self._listen())
        ready.set()
        self._loop.run_forever()
        self._loop.close()

    def end(self) -> None:
        """Stop serving."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        await self._set_up(False)
        if self._listener is not None:
            self._listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _set_up(self, up: bool) -> None:
        self._up = up
        if not up:
            for writer in self._open:
                writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there[1]}
        try:
            await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        finally:
            for each in (writer, there[1]):
                self._open.discard(each)
                each.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()


@contextmanager
def running_line(server_port: int) -> Iterator[Line]:
    """Run a line to a server."""
    line = Line(server_port)
    ready = threading.Event()
    thread = threading.Thread(target=line.run, args=(ready,), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield line
    finally:
        line.end()
        thread.join(10)
