"""A push service for browsers, over TLS on loopback, that obeys and enforces the protocol.

It speaks HTTP/1.1. What is put into `faults` happens to the next requests, one each, before the
service does anything: an `Answer` is given in place of its own, bytes are written as they are and
end the connection, `DROP` closes it after the request was read, `STALL` leaves that without an
answer. `LOST` takes the message and then drops.
"""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, Self, TypeAlias

import h11
from msgspec import Struct

from sessions.clock import Clock
from tests.fakes.webpush.browser import Browser
from tests.fakes.webpush.rules import Refused, check_message, check_signature

__all__ = ["DROP", "LOST", "STALL", "Answer", "PushService", "Request"]

Fault: TypeAlias = "Answer | bytes | Literal['drop', 'lost', 'stall']"
DROP: Literal["drop"] = "drop"
LOST: Literal["lost"] = "lost"
STALL: Literal["stall"] = "stall"
_PREFIX = "/push/"


class Request(Struct, frozen=True, kw_only=True):
    """What came: a request's path, its headers by their names in small letters, its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer(Struct, frozen=True, kw_only=True):
    """What goes back."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class _Kept(Struct, frozen=True, kw_only=True):
    body: bytes
    until: datetime
    topic: str


class PushService:
    """Serves `origin` while it is entered; `requests` are all that came, `connections` counts.

    It takes `delay_s` for each.
    """

    def __init__(
        self, tls: ssl.SSLContext, clock: Clock, *, port: int = 0, delay_s: float = 0.0
    ) -> None:
        self.requests: list[Request] = []
        self.faults: deque[Fault] = deque()
        self.connections = 0
        self._tls = tls
        self._clock = clock
        self._delay_s = delay_s
        self._port = port
        self._browsers: dict[str, Browser] = {}
        self._kept: dict[str, list[_Kept]] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[object]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def place(self) -> str:
        """Host and port, as an allow-list names them."""
        return f"localhost:{self._port}"

    @property
    def origin(self) -> str:
        """What signatures are made for."""
        return f"https://{self.place}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", self._port, ssl=self._tls
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def subscribe(self, server_key: str) -> Browser:
        """Return a browser that subscribed with a page's key."""
        path = f"{_PREFIX}{len(self._browsers)}:a-b_c"
        browser = Browser(f"{self.origin}{path}", server_key)
        self._browsers[path] = browser
        self._kept[path] = []
        return browser

    def come_online(self, browser: Browser) -> None:
        """Let a browser have what was kept for it and is still of use."""
        browser.online = True
        path = browser.endpoint.removeprefix(self.origin)
        for kept in self._kept[path]:
            if kept.until > self._clock.now():
                browser.receive(kept.body)
        self._kept[path] = []

    def hang_up(self) -> None:
        """Close all connections, as services do with those that idle."""
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            with suppress(ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER)
        while (request := await _read(wire, reader)) is not None:
            self.requests.append(request)
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            fault = self.faults.popleft() if self.faults else None
            if fault == STALL:
                await asyncio.Event().wait()
            if isinstance(fault, bytes):
                writer.write(fault)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
            if fault == DROP or isinstance(fault, bytes):
                return
            answer = fault if isinstance(fault, Answer) else self._answer(request)
            if fault == LOST:
                return
            writer.write(_written(wire, answer))
            await writer.drain()
            wire.start_next_cycle()

    def _answer(self, request: Request) -> Answer:
        try:
            return self._take(request)
        except Refused as refused:
            body = json.dumps({"reason": refused.reason}).encode()
            return Answer(status=refused.status, body=body)

    def _take(self, request: Request) -> Answer:
        browser = self._browsers.get(request.path)
        if browser is None:
            raise Refused(404, "NotFound")
        if browser.gone:
            raise Refused(410, "Unsubscribed")
        now = self._clock.now()
        ttl = check_message(request.headers, request.body)
        key = check_signature(request.headers, origin=self.origin, now=now)
        if key != browser.server_key:
            raise Refused(403, "VapidPkHashMismatch")
        if browser.online:
            browser.receive(request.body)
        else:
            self._keep(request, now + timedelta(seconds=ttl))
        return Answer(
            status=201, headers={"location": f"{self.origin}/message/m{len(self.requests)}"}
        )

    def _keep(self, request: Request, until: datetime) -> None:
        """Store a message, in place of that with the same topic (RFC 8030, 5.4)."""
        topic = request.headers.get("topic", "")
        kept = [k for k in self._kept[request.path] if not topic or k.topic != topic]
        self._kept[request.path] = [*kept, _Kept(body=request.body, until=until, topic=topic)]


async def _read(wire: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, None when the client is gone."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        match wire.next_event():
            case h11.NEED_DATA:
                wire.receive_data(await reader.read(65_536))
            case h11.Request() as head:
                pass
            case h11.Data(data=data):
                body += data
            case h11.EndOfMessage() if head is not None:
                assert head.method == b"POST"
                headers = {name.decode(): value.decode() for name, value in head.headers}
                return Request(path=head.target.decode(), headers=headers, body=bytes(body))
            case _:
                return None


def _written(wire: h11.Connection, answer: Answer) -> bytes:
    headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
    parts = (
        h11.Response(status_code=answer.status, headers=headers),
        h11.Data(data=answer.body),
        h11.EndOfMessage(),
    )
    return b"".join(wire.send(part) or b"" for part in parts)
