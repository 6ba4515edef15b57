"""HTTP/2 to one service, each request in one write and never made twice."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Self

import httpx
import msgspec
from msgspec import Struct

from push.fcm.stream import Line, Response, Unprocessed

__all__ = ["Http2Client", "Taken"]

Headers = dict[str, str]


class Taken(Struct, frozen=True):
    """A response that says that all is well, with as much of httpx's as firebase-admin reads."""

    body: bytes

    def raise_for_status(self) -> Self:
        """Raise nothing."""
        return self

    def json(self) -> Any:
        """Return the body; raises ValueError."""
        return msgspec.json.decode(self.body)


class Http2Client:
    """Stands for httpx.AsyncClient in firebase-admin, at a fourth of its work for a message.

    It keeps one connection, and opens another when that is ended, silent or long idle. `headers`
    go with every request, and what `sign` adds to them.
    """

    def __init__(self, tls: ssl.SSLContext, sign: Callable[[Headers], None]) -> None:
        tls.set_alpn_protocols(["h2"])
        self.headers: Headers = {"content-type": "application/json"}
        self._tls = tls
        self._sign = sign
        self._line: Line | None = None
        self._opening = asyncio.Lock()
        self._closing: set[Line] = set()

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], json: Any, timeout: float
    ) -> Taken | httpx.Response:
        """Post JSON and return the response; raises as `post`. The names are httpx's."""
        answer = await self.post(url, headers, msgspec.json.encode(json), timeout_s=timeout)
        if 200 <= answer.status < 300:
            return Taken(bytes(answer.body))
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            content=bytes(answer.body),
            request=httpx.Request(method, url),
        )

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float
    ) -> Response:
        """Make one request; connecting and the answer may take `timeout_s` each.

        Raises httpx.ConnectError or ConnectTimeout when it was not taken up, ReadTimeout or
        RemoteProtocolError when it may have been.
        """
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._open_line(url, len(body))
        except TimeoutError:
            raise httpx.ConnectTimeout("no connection in time") from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        try:
            async with asyncio.timeout(timeout_s):
                return await line.request(self._head(url, headers, len(body)), body)
        except TimeoutError:
            # whoever comes next does not wait on a connection that may be dead
            self._retire(line)
            raise httpx.ReadTimeout("no answer in time") from None
        except Unprocessed as error:
            raise httpx.ConnectError(str(error)) from None
        except ConnectionError as error:
            raise httpx.RemoteProtocolError(str(error)) from None

    async def connect(self, url: str) -> None:
        """Have a connection that takes a request; raises OSError."""
        await self._usable_line(url)

    async def aclose(self) -> None:
        """Close all connections."""
        for line in (self._line, *self._closing):
            if line is not None:
                line.close()
        self._line = None
        self._closing.clear()

    def _head(self, url: str, headers: Mapping[str, str], size: int) -> list[tuple[str, str]]:
        named = {**self.headers, **headers, "content-length": str(size)}
        self._sign(named)
        return [*_pseudo(url), *((name.lower(), value) for name, value in named.items())]

    async def _open_line(self, url: str, size: int) -> Line:
        while True:
            line = await self._usable_line(url)
            if await line.has_room(size):
                return line

    async def _usable_line(self, url: str) -> Line:
        async with self._opening:
            if self._line is None or not self._line.is_usable:
                self._retire(self._line)
                self._line = await self._connect(httpx.URL(url))
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


@lru_cache(maxsize=16)
def _pseudo(text: str) -> tuple[tuple[str, str], ...]:
    url = httpx.URL(text)
    return (
        (":method", "POST"),
        (":authority", url.netloc.decode()),
        (":scheme", "https"),
        (":path", url.raw_path.decode()),
    )
