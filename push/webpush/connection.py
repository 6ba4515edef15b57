"""A connection to a push service: HTTP/1.1 over TLS, one request at a time."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Self

import h11

from push.webpush.answers import Answer
from push.webpush.subscription import Subscription

__all__ = ["Connection", "NoAnswer", "NotReached"]

_CONNECT_S = 4.0
_READ_BYTES = 16_384
_ANSWER_BYTES = 4_096
_ANSWER_S = 1.0


class NotReached(Exception):
    """There was no connection, so nothing was sent."""


class NoAnswer(Exception):
    """The request was written, and the answer did not come."""


class Connection:
    """An open connection; it redirects, repeats and unpacks nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._wire = h11.Connection(h11.CLIENT)
        self.used_at = 0.0

    @classmethod
    async def open(cls, host: str, port: int, tls: ssl.SSLContext) -> Self:
        """Connect to a host whose certificate names it; raises NotReached."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                streams = await asyncio.open_connection(host, port, ssl=tls)
        # a name that is none is a ValueError
        except (OSError, ValueError, TimeoutError):
            raise NotReached from None
        return cls(*streams)

    @property
    def is_open(self) -> bool:
        """Tell whether another request may be made on it, as far as is known here."""
        return (
            self._wire.our_state is h11.IDLE
            and not self._reader.at_eof()
            and not self._writer.is_closing()
        )

    async def post(
        self, to: Subscription, headers: Mapping[str, str], body: bytes, *, timeout_s: float
    ) -> Answer:
        """Make one request and return its answer; raises NoAnswer, and then it is closed."""
        try:
            async with asyncio.timeout(timeout_s):
                self._write(to, headers, body)
                await self._writer.drain()
                head = await self._head()
        except (OSError, EOFError, TimeoutError, h11.ProtocolError):
            self.close()
            raise NoAnswer from None
        except BaseException:
            self.close()
            raise
        return Answer(
            status=head.status_code,
            headers={name.decode(): value.decode("latin-1") for name, value in head.headers},
            text=await self._text(),
        )

    def close(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

    def _write(self, to: Subscription, headers: Mapping[str, str], body: bytes) -> None:
        own = {"host": to.origin.removeprefix("https://"), "content-length": str(len(body))}
        request = h11.Request(
            method="POST", target=to.target, headers=[*own.items(), *headers.items()]
        )
        events = (request, h11.Data(data=body), h11.EndOfMessage())
        self._writer.write(b"".join(self._wire.send(event) or b"" for event in events))

    async def _head(self) -> h11.Response:
        while not isinstance(event := await self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise EOFError
        return event

    async def _text(self) -> str:
        """Return the beginning of the answer's body, which ends the connection when it is long."""
        text = bytearray()
        try:
            async with asyncio.timeout(_ANSWER_S):
                while isinstance(event := await self._next(), h11.Data):
                    text += event.data
                    if len(text) > _ANSWER_BYTES:
                        break
                else:
                    self._wire.start_next_cycle()
        # the answer's status is known, whatever became of its words
        except (OSError, EOFError, TimeoutError, h11.ProtocolError):
            self.close()
        return bytes(text[:_ANSWER_BYTES]).decode(errors="replace")

    async def _next(self) -> object:
        while (event := self._wire.next_event()) is h11.NEED_DATA:
            self._wire.receive_data(await self._reader.read(_READ_BYTES))
        return event
