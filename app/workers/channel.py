"""What a supervisor and a worker tell each other, over a socket pair that is the worker's stdin.

Down go the settings, then single bytes: a connection (with its descriptor), the word to drain, the
word to leave at once.
Up come reports, one JSON object a line. Its end tells a worker that the supervisor is gone.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from app.settings import Settings

__all__ = [
    "CONNECTION",
    "DRAIN",
    "LEAVE",
    "Channel",
    "Report",
    "decode_settings",
    "encode_settings",
]

CONNECTION = b"c"
DRAIN = b"d"
LEAVE = b"l"


class Report(Struct, frozen=True, kw_only=True):
    """How a worker is: open connections, how many it was handed so far, whether it takes more."""

    connections: int
    received: int
    accepting: bool


class Channel:
    """The worker's end."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._last: Report | None = None
        self._deafen: Callable[[], object] = lambda: None
        self.received = 0

    def settings(self) -> Settings:
        """Wait for the settings, which come first; raises EOFError when the supervisor is gone."""
        line = b""
        while not line.endswith(b"\n"):
            if not (byte := self._socket.recv(1)):
                raise EOFError
            line += byte
        # it may have ended before this process asked to end with it
        with suppress(BlockingIOError):
            if not self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                raise EOFError
        return decode_settings(line)

    def listen(
        self,
        *,
        take: Callable[[socket.socket], None],
        drain: Callable[[], None],
        leave: Callable[[], None],
        gone: Callable[[], None],
    ) -> None:
        """Call back with what the supervisor says, and `gone` when it is."""
        self._socket.setblocking(False)
        calls = {CONNECTION: None, DRAIN: drain, LEAVE: leave, b"": gone}

        def read() -> None:
            try:
                byte, descriptors, _, _ = socket.recv_fds(self._socket, 1, 1)
            except BlockingIOError:
                return
            except OSError:
                byte, descriptors = b"", []
            for descriptor in descriptors:
                self.received += 1
                take(socket.socket(fileno=descriptor))
            if (call := calls[byte]) is not None:
                call()

        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, read)
        self._deafen = lambda: loop.remove_reader(self._socket)

    def close(self) -> None:
        """Listen no more."""
        self._deafen()
        self._socket.close()

    def report(self, report: Report, *, repeat: bool = False) -> None:
        """Tell how this worker is, if that is news; with `repeat` in any case."""
        if report == self._last and not repeat:
            return
        try:
            self._socket.send(_encode(report) + b"\n")
        except OSError:
            return  # the supervisor is busy or gone: the next report says the same
        self._last = report


def encode_settings(settings: Settings) -> bytes:
    """Return settings as a line of JSON."""
    return msgspec.json.encode(settings, enc_hook=str) + b"\n"


def decode_settings(line: bytes) -> Settings:
    """Return the settings of a line."""
    return msgspec.json.decode(line, type=Settings, dec_hook=_path)


def _path(type_: type, value: Any) -> Path:
    return Path(value)


_encode = msgspec.json.Encoder().encode
