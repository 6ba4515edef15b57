"""One HTTP/2 connection: many requests at a time, each answered, lost, or not taken up."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
from msgspec import Struct, field

__all__ = ["Line", "Response", "Unprocessed"]

_MOST_BYTES = 65_536
_IDLE_S = 60.0
_HEAD_BYTES = 9


class Unprocessed(ConnectionError):
    """The service says that it did not take the request up."""


class Response(Struct):
    """A response, as far as it has come."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)


class _Asked(Struct):
    answered: asyncio.Future[Response]
    response: Response = field(default_factory=Response)


class Line(asyncio.Protocol):
    """A connection. A request raises ConnectionError when its answer is lost."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._h2 = h2.connection.H2Connection(
            # what goes out is our own, in lower case already
            h2.config.H2Configuration(
                validate_inbound_headers=False,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        self._asked: dict[int, _Asked] = {}
        self._unread = bytearray()
        self._progress = asyncio.Event()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._is_retired = False
        self._is_flushing = False
        self._used_at = self._loop.time()
        self._transport: asyncio.Transport | None = None

    @property
    def is_closed(self) -> bool:
        """Tell whether the connection has ended."""
        return self._transport is None or self._transport.is_closing()

    @property
    def is_usable(self) -> bool:
        """Tell whether it may take requests: one long idle may be dead unnoticed."""
        idle_s = self._loop.time() - self._used_at
        return not (self._is_retired or self.is_closed or (not self._asked and idle_s > _IDLE_S))

    async def is_ready(self) -> None:
        """Wait for the service's own settings; raises ConnectionError."""
        await self._ready

    async def has_room(self, size: int) -> bool:
        """Wait until a body of `size` bytes can be written at once; False when it never can."""
        while self.is_usable:
            if size > self._h2.remote_settings.initial_window_size:
                raise ConnectionError("no window for a message")
            most = self._h2.remote_settings.max_concurrent_streams
            if len(self._asked) < most and size <= self._h2.outbound_flow_control_window:
                return True
            self._progress.clear()
            await self._progress.wait()
        return False

    async def request(self, head: list[tuple[str, str]], body: bytes) -> Response:
        """Write a request, for which there is room, and return the response."""
        stream = self._h2.get_next_available_stream_id()
        asked = self._asked[stream] = _Asked(self._loop.create_future())
        self._used_at = self._loop.time()
        self._h2.send_headers(stream, head)
        step = self._h2.max_outbound_frame_size
        for start in range(0, len(body), step):
            self._h2.send_data(stream, body[start : start + step])
        self._h2.end_stream(stream)
        # those of one moment go out together
        self._flush_soon()
        try:
            return await asked.answered
        finally:
            if self._asked.pop(stream, None) is not None:
                self._give_up(stream)
            self._moved()

    def retire(self) -> None:
        """Take no more requests, and close when the last is answered."""
        self._is_retired = True
        self._moved()

    def close(self) -> None:
        """Close at once; what is not answered is lost."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak HTTP/2, if the service does."""
        # uvloop's is none by its class
        self._transport = cast("asyncio.Transport", transport)
        session = transport.get_extra_info("ssl_object")
        if session is not None and session.selected_alpn_protocol() != "h2":
            self._lose(ConnectionError("the service does not speak HTTP/2"))
            self.close()
            return
        self._h2.initiate_connection()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        self._lose(ConnectionError("the connection was lost"))

    def data_received(self, data: bytes) -> None:
        """Read frames."""
        self._unread += data
        try:
            for frame in self._frames():
                for event in self._h2.receive_data(frame):
                    self._take(event)
        except h2.exceptions.ProtocolError:
            self.close()
            return
        self._flush()
        self._moved()

    def _frames(self) -> Iterator[bytes]:
        """Take whole frames one by one (RFC 9113 section 4.1), for what h2 does after a GOAWAY."""
        while len(self._unread) >= _HEAD_BYTES:
            size = _HEAD_BYTES + int.from_bytes(self._unread[:3])
            if size > _HEAD_BYTES + self._h2.max_inbound_frame_size:
                raise h2.exceptions.FrameTooLargeError
            if len(self._unread) < size:
                return
            frame = bytes(self._unread[:size])
            del self._unread[:size]
            yield frame

    def _take(self, event: Any) -> None:
        match event:
            case h2.events.RemoteSettingsChanged() if not self._ready.done():
                self._ready.set_result(None)
            case h2.events.ConnectionTerminated():
                self._told_to_go(event)
            case h2.events.ResponseReceived() if asked := self._asked.get(event.stream_id):
                asked.response.headers = [(k, v) for k, v in event.headers if k[:1] != b":"]
                asked.response.status = int(dict(event.headers)[b":status"])
            case h2.events.DataReceived():
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                asked = self._asked.get(event.stream_id)
                if asked is not None and len(asked.response.body) < _MOST_BYTES:
                    asked.response.body += event.data
            case h2.events.StreamEnded() if asked := self._asked.pop(event.stream_id, None):
                if not asked.answered.done():
                    asked.answered.set_result(asked.response)
            case h2.events.StreamReset() if asked := self._asked.pop(event.stream_id, None):
                refused = event.error_code == h2.errors.ErrorCodes.REFUSED_STREAM
                _fail(asked, Unprocessed("refused") if refused else ConnectionError("reset"))

    def _told_to_go(self, event: h2.events.ConnectionTerminated) -> None:
        """Fail what the service will not take up (RFC 9113 section 6.8); the rest is answered."""
        self._is_retired = True
        # h2 would take no more frames, which are those answers
        self._h2.state_machine.state = h2.connection.ConnectionState.CLIENT_OPEN
        for stream in [each for each in self._asked if each > (event.last_stream_id or 0)]:
            _fail(self._asked.pop(stream), Unprocessed("the service is going away"))

    def _give_up(self, stream: int) -> None:
        try:
            self._h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        except h2.exceptions.ProtocolError:
            return
        self._flush()

    def _lose(self, error: ConnectionError) -> None:
        asked, self._asked = self._asked, {}
        for each in asked.values():
            _fail(each, error)
        if not self._ready.done():
            self._ready.set_exception(error)
            # nobody may have waited yet
            self._ready.exception()
        self._moved()

    def _moved(self) -> None:
        self._progress.set()
        if self._is_retired and not self._asked and self._transport is not None:
            self._transport.close()

    def _flush_soon(self) -> None:
        if not self._is_flushing:
            self._is_flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flushing = False
        if self._transport is not None and (data := self._h2.data_to_send()):
            self._transport.write(data)


def _fail(asked: _Asked, error: ConnectionError) -> None:
    if not asked.answered.done():
        asked.answered.set_exception(error)
