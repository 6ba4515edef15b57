"""The sending half of a connection: its own frames first, then news of the sessions it reads."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from litestar.exceptions import WebSocketDisconnect

from app.realtime.attachments import Attachments
from app.realtime.errors import error_frame
from app.realtime.socket import Socket
from app.realtime.wakeup import Wakeup
from schemas.frames import ConnectionFrame
from sessions.errors import Gone, IonError, StoreError
from sessions.reading import Reading

__all__ = ["Sender"]

_MOST_QUEUED = 64
_AGAIN_S = 0.5
_encode = msgspec.json.Encoder().encode


class Sender:
    """Queues frames of the connection; frames of logs are read when the socket takes them."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._queue: list[bytes] = []
        self._wake = Wakeup()
        self._room = Wakeup()
        self._closing: tuple[int, str] | None = None
        self.wake = self._wake.set

    @property
    def closing(self) -> bool:
        """Whether the connection ends as soon as what is queued has been sent."""
        return self._closing is not None

    def put(self, frame: ConnectionFrame) -> None:
        """Queue a frame."""
        self._queue.append(_encode(frame))
        self._wake.set()

    def complain(self, error: IonError, ref: str | None) -> None:
        """Queue an error, about what `ref` names."""
        self.put(error_frame(error, ref))

    def leave(self, code: int, reason: str) -> None:
        """End the connection after what is queued has been sent."""
        if self._closing is None:
            self._closing = (code, reason)
        self._wake.set()

    async def room(self) -> None:
        """Wait while too much is queued."""
        if len(self._queue) > _MOST_QUEUED:
            self._room.clear()
            await self._room.wait()

    async def run(self, attachments: Attachments) -> None:
        """Send until the connection is told to leave, or its client is gone."""
        # uvicorn tells of a client that is gone by an OSError
        with suppress(WebSocketDisconnect, OSError):
            await self._send_until_closed(attachments)

    async def _send_until_closed(self, attachments: Attachments) -> None:
        while True:
            await self._wake.wait()
            await self._send_queue()
            if self._closing is not None:
                code, reason = self._closing
                await self._socket.send({"type": "websocket.close", "code": code, "reason": reason})
                return
            for session_id, reading in attachments.ready():
                try:
                    await self._send_news(reading)
                except Gone as error:
                    attachments.detach(session_id)
                    self.complain(error, session_id)

    async def _send_queue(self) -> None:
        while frames := self._queue:
            self._queue = []
            await self._transmit(frames)
        self._room.set()

    async def _send_news(self, reading: Reading) -> None:
        try:
            frames, log_frames = reading.at_hand() or await reading.next()
        except StoreError:
            asyncio.get_running_loop().call_later(_AGAIN_S, self._wake.set)
            return
        await self._transmit([*map(_encode, frames), *log_frames])
        if reading.ready:
            self._wake.set()

    async def _transmit(self, frames: Sequence[bytes]) -> None:
        """Send frames, given as JSON."""
        codec, direct = self._socket.codec, self._socket.direct
        messages = [codec.encode(frame) for frame in frames]
        if direct is not None and direct(messages, text=codec.text):
            return
        for message in messages:
            said = {"text": message.decode()} if codec.text else {"bytes": message}
            await self._socket.send({"type": "websocket.send"} | said)
