"""HTTP/2 over TLS on loopback, which answers as it is told, or not at all."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Literal, Self, TypeAlias, cast

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
from hpack import Encoder
from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame
from msgspec import Struct

__all__ = ["Answer", "H2Server", "Request", "Response"]


class Request(Struct, frozen=True):
    """A whole request; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Response(Struct, frozen=True):
    """A whole response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


# to reset the stream, to refuse it, to abort the connection, never to answer; "leave" answers with
# 200 after saying that nothing newer is taken up any more
Answer: TypeAlias = Response | Literal["reset", "refuse", "cut", "silence", "leave"]
Handler: TypeAlias = Callable[[Request], Awaitable[Answer]]


class H2Server:
    """Serves `url` with `handler` while it is entered; `connections` counts those it had.

    A connection may have `most_streams` requests at a time.
    """

    def __init__(self, handler: Handler, tls: ssl.SSLContext, *, most_streams: int = 100) -> None:
        self._most_streams = most_streams
        self.connections = 0
        self.url = ""
        self._handler = handler
        self._tls = tls
        self._open: set[_Connection] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, "127.0.0.1", 0, ssl=self._tls)
        self.url = f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in list(self._open):
            connection.end()
        await self._server.wait_closed()

    def _connection(self) -> "_Connection":
        self.connections += 1
        return _Connection(self._handler, self._open, self._most_streams)


class _Connection(asyncio.Protocol):
    def __init__(self, handler: Handler, others: "set[_Connection]", most_streams: int) -> None:
        self._handler = handler
        self._others = others
        self._h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        )
        self._h2.local_settings = h2.settings.Settings(
            client=False,
            initial_values={h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: most_streams},
        )
        self._heads: dict[int, dict[str, str]] = {}
        self._bodies: dict[int, bytearray] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by its class
        self._transport = cast("asyncio.Transport", transport)
        self._others.add(self)
        self._h2.initiate_connection()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._others.discard(self)
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            events = self._h2.receive_data(data)
        except h2.exceptions.ProtocolError:
            self._transport.abort()
            return
        for event in events:
            self._take(event)
        self._flush()

    def end(self) -> None:
        """Close the connection at once, and forget who waits on it."""
        self._transport.abort()

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived(stream_id=int(stream), headers=headers):
                self._heads[stream] = {str(k): str(v) for k, v in headers or ()}
                self._bodies[stream] = bytearray()
            case h2.events.DataReceived(stream_id=int(stream), data=data, flow_controlled_length=n):
                self._bodies[stream] += data or b""
                self._h2.acknowledge_received_data(n or 0, stream)
            case h2.events.StreamEnded(stream_id=int(stream)):
                task = asyncio.get_running_loop().create_task(self._answer(stream))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _answer(self, stream: int) -> None:
        head, body = self._heads.pop(stream), bytes(self._bodies.pop(stream))
        request = Request(head.pop(":method"), head.pop(":path"), head, body)
        match await self._handler(request):
            case "silence":
                return
            case "cut":
                self._transport.abort()
            case "reset" | "refuse" as how:
                codes = h2.errors.ErrorCodes
                self._h2.reset_stream(
                    stream, codes.INTERNAL_ERROR if how == "reset" else codes.REFUSED_STREAM
                )
                self._flush()
            case "leave":
                self._leave(stream)
            case Response(status, content, headers):
                self._respond(stream, status, content, headers)

    def _leave(self, stream: int) -> None:
        head, body = GoAwayFrame(0), DataFrame(stream, b"{}", flags=["END_STREAM"])
        head.last_stream_id = stream
        # h2 sends nothing more after this, and a service does
        self._transport.write(head.serialize())
        headers = HeadersFrame(stream, Encoder().encode([(":status", "200")]))
        headers.flags.add("END_HEADERS")
        self._transport.write(headers.serialize() + body.serialize())

    def _respond(self, stream: int, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self._h2.send_headers(stream, [(":status", str(status)), *headers.items()])
            self._h2.send_data(stream, body, end_stream=True)
        except h2.exceptions.ProtocolError:
            # the client has left
            return
        self._flush()

    def _flush(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._h2.data_to_send())
