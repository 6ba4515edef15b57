"""One stream of server-sent events: a cursor in one session, read as fast as the client reads."""

import asyncio

import msgspec
import structlog
from litestar.types import Receive, Scope, Send

from app.product import Product
from app.realtime.connections import Connections
from app.realtime.cursor import Cursor, event_id
from app.realtime.disconnect import watched
from app.realtime.errors import error_frame, error_of
from app.realtime.event_writer import EventWriter, Stuck
from app.realtime.sse import chunks, event, log_events, retry
from app.security.networks import network_of
from app.security.rates import CONNECT, of_network, spend
from app.security.tokens import Access
from schemas.codes import Code
from schemas.frames import Attached, Drain, Error, Snapshot
from sessions.errors import Gone, StoreError
from sessions.reading import Reading

__all__ = ["EventStream"]

_RESTART_MS = 2_000
_REPLACED_MS = 60_000

log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode


class EventStream:
    """An ASGI response that owns a cursor, never a turn: when it ends, nothing else does.

    Raises, before anything is sent, NotFound, RateLimited, LogUnavailable, StoreUnavailable.
    """

    def __init__(
        self,
        product: Product,
        connections: Connections,
        *,
        access: Access,
        session_id: str,
        cursor: Cursor,
    ) -> None:
        self._product = product
        self._connections = connections
        self._access = access
        self._session_id = session_id
        self._cursor = cursor
        self._wake = asyncio.Event()
        self._gone = False
        self._last: Drain | Error | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream until one side ends it."""
        user_id, product = self._access.user_id, self._product
        client = scope.get("client")
        network = of_network(network_of(client[0]) if client else None)
        await spend(product.limits, CONNECT, user_id, *network)
        reading = await product.sessions.read(
            user_id,
            self._session_id,
            self._wake.set,
            epoch=self._cursor.epoch,
            after=self._cursor.after,
        )
        try:
            with self._connections.counted(self._access, self, product.clock):
                async with watched(receive, product.tasks, self._leave_alone):
                    await self._send_all(reading, EventWriter(send))
        except Stuck:
            log.info("event_stream_stuck", session_id=self._session_id)
        finally:
            reading.close()

    def leave(self, code: int, reason: str) -> None:
        """End the stream with an error event, or a drain event when the process restarts."""
        error = error_of(code, reason)
        self._end(error_frame(error) if error else Drain(reconnect_in_ms=_RESTART_MS))

    def announce_drain(self, reconnect_in_ms: int) -> None:
        """End the stream, so that the client comes back elsewhere."""
        self._end(Drain(reconnect_in_ms=reconnect_in_ms))

    def _end(self, last: Drain | Error) -> None:
        self._last = self._last or last
        self._wake.set()

    def _leave_alone(self) -> None:
        self._gone = True
        self._wake.set()

    async def _send_all(self, reading: Reading, writer: EventWriter) -> None:
        await writer.open()
        while not self._gone:
            # a reader that a drain ends gets what there is, and so comes on even without elsewhere
            if reading.ready and not isinstance(self._last, Error):
                await self._send_news(reading, writer)
            if self._last is not None:
                return await writer.close(_last_event(self._last))
            await self._pause(writer)
        return None

    async def _send_news(self, reading: Reading, writer: EventWriter) -> None:
        try:
            frames, log_frames = await reading.next()
        except Gone as error:
            return self._end(error_frame(error, self._session_id))
        except StoreError:
            asyncio.get_running_loop().call_later(0.5, self._wake.set)
            return None
        epoch, seq = reading.epoch or "", reading.after or 0
        for frame in frames:
            await writer.write(_head_event(frame))
        for chunk in chunks(log_events(log_frames, epoch=epoch, last=seq)):
            await writer.write(chunk)
        if reading.ready:
            self._wake.set()
        return None

    async def _pause(self, writer: EventWriter) -> None:
        """Wait for news; say something when there are none for long."""
        try:
            async with asyncio.timeout_at(writer.silent_until):
                await self._wake.wait()
        except TimeoutError:
            await writer.keep_alive()
        self._wake.clear()


def _head_event(frame: Attached | Snapshot) -> bytes:
    """Return the event; its id, if any, is a cursor from which nothing is missed."""
    replaced = isinstance(frame, Attached) and not frame.recovered
    return event(_encode(frame), None if replaced else event_id(frame.epoch, frame.seq))


def _last_event(frame: Drain | Error) -> bytes:
    """Return the event, with the time after which an EventSource comes back by itself."""
    if isinstance(frame, Drain):
        return retry(frame.reconnect_in_ms) + event(_encode(frame))
    # nine that come back at once would replace each other for ever
    slow = retry(_REPLACED_MS) if frame.code == Code.QUOTA_EXCEEDED else b""
    return slow + event(_encode(frame))
