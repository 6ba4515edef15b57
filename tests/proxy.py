"""A TCP proxy on loopback that breaks connections the way networks do, on demand."""

import asyncio
import contextlib
import socket
from types import TracebackType
from typing import Self

__all__ = ["FaultProxy"]

_CHUNK = 65_536


class FaultProxy:
    """Forwards to a target until told otherwise.

    `connections` counts what was accepted, `cuts` the connections it ended, `bytes_up` and
    `bytes_down` what reached the server and the client.
    """

    def __init__(self, target_host: str, target_port: int) -> None:
        self.port = 0
        self.connections = 0
        self.cuts = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self.delay_s = 0.0
        self._target = (target_host, target_port)
        self._budgets: dict[bool, int | None] = {True: None, False: None}
        self._holds = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where clients connect, as an http URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def open(self) -> int:
        """How many connections are alive."""
        return len(self._links)

    async def __aenter__(self) -> Self:
        self._listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.refuse()
        self.cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self) -> None:
        """End all connections now; bytes under way are lost."""
        for link in list(self._links):
            self.cuts += 1
            link.abort()

    def cut_after(self, n_bytes: int | None, *, down: bool = True) -> None:
        """Let `n_bytes` more reach the client (or the server), then cut once; None: never."""
        self._budgets[down] = n_bytes

    def refuse(self, on: bool = True) -> None:
        """Refuse new connections; those that are open stay."""
        if not on:
            if self._listener is None:
                self._listen()
            return
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def blackhole(self, on: bool = True) -> None:
        """Accept connections and hold all bytes, both ways, without a sign of it."""
        if on:
            self._flows.clear()
        else:
            self._flows.set()

    def half_open(self, on: bool = True) -> None:
        """Accept new connections and never serve them; those that are open go on."""
        self._holds = on

    def strand(self) -> None:
        """Hold all bytes of the connections that are open now, for good; new ones are served."""
        for link in self._links:
            link.stranded = True

    def delay(self, ms: float) -> None:
        """Let bytes take `ms` in each direction, in order and without limiting how many."""
        self.delay_s = ms / 1000

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # it has left already
        client.setblocking(False)
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._serve(client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # a task that is cancelled before its first step closes nothing
        task.add_done_callback(lambda _: client.close())

    async def _serve(self, client: socket.socket) -> None:
        down_reader, down_writer = await asyncio.open_connection(sock=client)
        link = _Link(down_writer)
        self._links.add(link)
        try:
            if self._holds:
                await down_reader.read(-1)  # until the client gives up
                return
            up_reader, up_writer = await asyncio.open_connection(*self._target)
            link.writers.append(up_writer)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forward(link, down_reader, up_writer, down=False))
                group.create_task(self._forward(link, up_reader, down_writer, down=True))
        except (OSError, ExceptionGroup):
            pass  # an end that broke is what this is for
        finally:
            self._links.discard(link)
            link.abort()

    async def _forward(
        self,
        link: "_Link",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        down: bool,
    ) -> None:
        """Carry one direction: a reader that stamps chunks, a writer that delivers them in time."""
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def read() -> None:
            while data := await reader.read(_CHUNK):
                chunks.put_nowait((loop.time() + self.delay_s, data))
            chunks.put_nowait((loop.time() + self.delay_s, b""))

        async with asyncio.TaskGroup() as group:
            reading = group.create_task(read())
            while True:
                due, data = await chunks.get()
                if (wait_s := due - loop.time()) > 0:
                    await asyncio.sleep(wait_s)
                await self._flows.wait()
                if link.stranded:
                    await asyncio.Event().wait()  # until somebody gives up
                if not data:
                    break
                await self._deliver(data, writer, down=down)
            reading.cancel()
        with contextlib.suppress(OSError):
            writer.write_eof()

    async def _deliver(self, data: bytes, writer: asyncio.StreamWriter, *, down: bool) -> None:
        budget = self._budgets[down]
        fires = budget is not None and len(data) >= budget
        passed = data[:budget] if fires else data
        if budget is not None:
            self._budgets[down] = None if fires else budget - len(passed)
        if down:
            self.bytes_down += len(passed)
        else:
            self.bytes_up += len(passed)
        writer.write(passed)
        await writer.drain()
        if fires:
            self.cut()


class _Link:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writers = [writer]
        self.stranded = False

    def abort(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
