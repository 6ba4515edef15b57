"""A worker as its supervisor sees it: a process, the channel to it, and how it is."""

import asyncio
import socket
import sys
from collections import deque
from contextlib import ExitStack, suppress
from typing import Self

import msgspec

from app.settings import Settings
from app.workers.channel import CONNECTION, DRAIN, LEAVE, Report, encode_settings

__all__ = ["Worker"]

_COMMAND = (sys.executable, "-P", "-m", "app.workers.worker")
_SILENT_S = 5.0
# macOS loses a descriptor on its way when its sender closes it
_KEEP_SENT = sys.platform == "darwin"


class Worker:
    """One worker process; `number` is its place in the team."""

    def __init__(
        self, number: int, process: asyncio.subprocess.Process, channel: socket.socket
    ) -> None:
        self.number = number
        self.began_at = asyncio.get_running_loop().time()
        self.ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._channel = channel
        self._heard_at = self.began_at
        self._report: Report | None = None
        self._ready = asyncio.Event()
        self._sent = 0
        self._leaving = False
        self._rest = b""
        self._kept: deque[socket.socket] = deque()
        channel.setblocking(False)
        self._loop.add_reader(channel, self._hear)

    @classmethod
    async def start(cls, number: int, settings: Settings) -> Self:
        """Start a process and hand it the settings; raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs, ExitStack() as unless_started:
            unless_started.enter_context(ours)
            # no signal of a terminal reaches it: the supervisor alone says when it leaves
            process = await asyncio.create_subprocess_exec(
                *_COMMAND, str(number), stdin=theirs.fileno(), start_new_session=True
            )
            unless_started.pop_all()
        with suppress(OSError):  # it ended already, which `ready` finds out
            ours.sendall(encode_settings(settings))
        return cls(number, process, ours)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._process.returncode

    @property
    def accepting(self) -> bool:
        """Tell whether it takes connections."""
        ready = self._report is not None and self._report.accepting
        return ready and not self._leaving and not self.ended.is_set()

    @property
    def burden(self) -> tuple[bool, int]:
        """Return what to compare by when somebody must take a connection: the least is the best.

        A worker that was silent for long comes last: it is stuck, or about to end.
        """
        silent = self._loop.time() - self._heard_at > _SILENT_S
        report = self._report
        if report is None:
            return silent, self._sent
        return silent, report.connections + self._sent - report.received

    async def ready(self, deadline_s: float) -> bool:
        """Wait until it takes connections; False when it ended first, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                await self._ready.wait()
        return self.accepting

    async def wait(self) -> int:
        """Wait for the end of the process; returns its exit code."""
        code = await self._process.wait()
        self._loop.remove_reader(self._channel)
        self._channel.close()
        while self._kept:
            self._kept.popleft().close()
        self.ended.set()
        self._ready.set()
        return code

    def give(self, connection: socket.socket) -> bool:
        """Hand over an accepted connection; False when the worker has no room for it."""
        try:
            socket.send_fds(self._channel, [CONNECTION], [connection.fileno()])
        except OSError:
            return False
        self._sent += 1
        if _KEEP_SENT:
            self._kept.append(connection.dup())
        return True

    def drain(self) -> None:
        """Give it no more, and have it leave when its turns are answered or handed over."""
        self._say(DRAIN)

    def leave(self) -> None:
        """Have it leave now."""
        self._say(LEAVE)

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def _say(self, word: bytes) -> None:
        self._leaving = True
        try:
            self._channel.send(word)
        except OSError:
            self.kill()  # it has not listened for long, or is gone

    def _hear(self) -> None:
        try:
            data = self._channel.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._channel)
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._heard_at = self._loop.time()
        for line in lines:
            self._take(_decode(line))

    def _take(self, report: Report) -> None:
        self._report = report
        self._ready.set()
        while len(self._kept) > self._sent - report.received:
            self._kept.popleft().close()


_decode = msgspec.json.Decoder(Report).decode
