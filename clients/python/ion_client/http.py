"""Plain HTTP calls: values in and out, problems as errors."""

import re
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from .errors import IonClientError, Unreachable

__all__ = ["Http", "server_url"]

T = TypeVar("T")
# people paste addresses of the API
_API = re.compile(r"(/api(/v2\.1(/ws)?)?)?/*$")


class _Problem(Struct, frozen=True):
    code: str = "internal"
    detail: str = ""
    retryable: bool = False
    retry_after_ms: int | None = None


class Http:
    """Calls below /api/v2.1 of one server; `deadline_s` bounds each of them."""

    def __init__(self, base_url: str, *, deadline_s: float = 10.0) -> None:
        self._client = httpx.AsyncClient(base_url=f"{base_url}/api/v2.1", timeout=deadline_s)

    async def call(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        token: str | None = None,
        body: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        within_s: float | None = None,
    ) -> T:
        """Return the answer of one call; raises IonClientError, Unreachable among them."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        timeout = httpx.USE_CLIENT_DEFAULT if within_s is None else within_s
        try:
            response = await self._client.request(
                method, path, json=body, params=params, headers=headers, timeout=timeout
            )
        except httpx.HTTPError as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        if response.is_success:
            return _decoded(response, answer)
        raise _problem(response)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def server_url(url: str) -> str:
    """Return a server's address as http or https, with the path it is under; raises ValueError."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(f"{url!r} is no server's address, such as http://127.0.0.1:8000")
    return f"{scheme}://{parts.netloc}{_API.sub('', parts.path, count=1)}"


def _decoded(response: httpx.Response, answer: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content or b"null", type=answer)
    except msgspec.DecodeError as error:
        raise Unreachable(f"this is no ION server: {error}") from error


def _problem(response: httpx.Response) -> IonClientError:
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.DecodeError:
        if response.status_code >= 500:
            return Unreachable(f"the server answered {response.status_code}")
        return IonClientError("internal", f"the server answered {response.status_code}")
    return IonClientError(
        problem.code,
        problem.detail,
        retryable=problem.retryable,
        retry_after_ms=problem.retry_after_ms,
    )
