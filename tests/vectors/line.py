"""One WebSocket connection over plain sockets, so that it can be reset and stalled too."""

import asyncio
import json
import socket
import struct
from contextlib import suppress

from websockets.frames import Frame as Piece
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from tests.vectors.frames import Frame

__all__ = ["Line"]

_SUBPROTOCOL = Subprotocol("ion.v2.1.json")


class Line:
    """A connection that asked for an upgrade; `frames` are what the client said, then None."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, token: str
    ) -> None:
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._reader = reader
        self._writer = writer
        self._head = head
        self._token = token
        self._text = b""
        self._stalled = False
        self._protocol = ServerProtocol(
            subprotocols=[_SUBPROTOCOL], select_subprotocol=lambda _, offered: _chosen(offered)
        )

    @property
    def gone(self) -> bool:
        """Whether the client went away."""
        return self._reader.at_eof() or self._writer.is_closing()

    def open(self) -> None:
        """Answer the handshake."""
        self._protocol.receive_data(self._head)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._protocol.send_response(self._protocol.accept(event))
        self._flush()

    def refuse(self, status: int) -> None:
        """Answer the handshake with an HTTP status instead."""
        self._writer.write(f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n".encode())
        self._writer.close()

    async def read(self) -> None:
        """Take in all that comes, answering pings, until the connection is over."""
        with suppress(OSError):
            while data := await self._reader.read(65_536):
                if not self._stalled:
                    self._protocol.receive_data(data)
                    self._take()
        self.frames.put_nowait(None)
        if not self._stalled:
            self._protocol.receive_eof()
            self._flush()

    def say(self, frame: Frame) -> None:
        """Send a frame."""
        self._protocol.send_text(json.dumps(frame, ensure_ascii=False).encode())
        self._flush()

    def close(self, code: int) -> None:
        """Say goodbye with a close code."""
        self._protocol.send_close(code)
        self._flush()

    def abort(self) -> None:
        """Reset the connection."""
        raw = self._writer.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def stall(self) -> None:
        """Hear and answer nothing any more."""
        self._stalled = True

    def _take(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Piece) and event.opcode in (Opcode.TEXT, Opcode.CONT):
                self._text += bytes(event.data)
                if event.fin:
                    text, self._text = self._text, b""
                    self._heard(json.loads(text))
        self._flush()

    def _heard(self, frame: Frame) -> None:
        if frame["type"] == "ping":
            self.say({"type": "pong"} | {key: frame[key] for key in ("nonce",) if key in frame})
        if frame["type"] == "hello":
            # the handshake's header and the field say the same
            frame["token"] = frame.get("token") or self._token
        self.frames.put_nowait(frame)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if self._writer.is_closing():
                return
            if data:
                self._writer.write(data)
            elif self._writer.can_write_eof():
                self._writer.write_eof()


def _chosen(offered: object) -> Subprotocol | None:
    return _SUBPROTOCOL if isinstance(offered, list | tuple) and _SUBPROTOCOL in offered else None
