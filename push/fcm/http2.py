"""HTTP/2 to one service, each request in one write: a third of httpx's own work for a message."""

import asyncio
import ssl

import httpx

from push.fcm.stream import Line, Unprocessed

__all__ = ["Http2Transport"]


class Http2Transport(httpx.AsyncBaseTransport):
    """Keeps one connection, and opens another when that is ended, silent or long idle.

    A request is never made twice. Raises httpx.ConnectError or ConnectTimeout when it was not
    taken up, ReadTimeout or RemoteProtocolError when it may have been.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        tls.set_alpn_protocols(["h2"])
        self._tls = tls
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._closing: set[Line] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make one request; its `connect` and `read` timeouts hold for the whole of each part."""
        limits = request.extensions.get("timeout", {})
        body = await request.aread()
        try:
            async with asyncio.timeout(limits.get("connect")):
                line = await self._open_line(request.url, len(body))
        except TimeoutError:
            raise httpx.ConnectTimeout("no connection in time", request=request) from None
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        try:
            async with asyncio.timeout(limits.get("read")):
                answer = await line.request(_head(request), body)
        except TimeoutError:
            # whoever comes next does not wait on a connection that may be dead
            self._retire(line)
            raise httpx.ReadTimeout("no answer in time", request=request) from None
        except Unprocessed as error:
            raise httpx.ConnectError(str(error), request=request) from None
        except ConnectionError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from None
        return httpx.Response(answer.status, headers=answer.headers, content=bytes(answer.body))

    async def connect(self, url: httpx.URL) -> None:
        """Have a connection that takes a request; raises OSError."""
        await self._usable_line(url)

    async def aclose(self) -> None:
        """Close all connections."""
        for line in (self._line, *self._closing):
            if line is not None:
                line.close()
        self._line = None
        self._closing.clear()

    async def _open_line(self, url: httpx.URL, size: int) -> Line:
        while True:
            line = await self._usable_line(url)
            if await line.has_room(size):
                return line

    async def _usable_line(self, url: httpx.URL) -> Line:
        async with self._opening:
            if self._line is None or not self._line.is_usable:
                self._retire(self._line)
                self._line = await self._connect(url)
            return self._line

    async def _connect(self, url: httpx.URL) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(
            Line, url.host, url.port or 443, ssl=self._tls, server_hostname=url.host
        )
        try:
            await line.is_ready()
        except BaseException:
            line.close()
            raise
        return line

    def _retire(self, line: Line | None) -> None:
        """Have a connection take no more requests, and close it after those it has."""
        if line is None:
            return
        if self._line is line:
            self._line = None
        self._closing = {each for each in self._closing if not each.is_closed}
        self._closing.add(line)
        line.retire()


def _head(request: httpx.Request) -> list[tuple[str, str]]:
    hop = ("host", "connection", "transfer-encoding")
    named = [(k.lower(), v) for k, v in request.headers.items() if k.lower() not in hop]
    return [
        (":method", request.method),
        (":authority", request.url.netloc.decode()),
        (":scheme", "https"),
        (":path", request.url.raw_path.decode()),
        *named,
    ]
