"""Sends to browsers through their push services."""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Sequence
from contextlib import aclosing, suppress
from datetime import timedelta

import httpx
import structlog

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Accepted, Ambiguous, Configuration, Outcome, Permanent, Temporary
from push.webpush.answers import Answer, Asked, outcome_of
from push.webpush.keys import VapidKey
from push.webpush.requests import Requests, WebPushRequest
from push.webpush.subscription import PUSH_SERVICES
from push.webpush.vapid import VapidHeaders
from sessions.clock import Clock

__all__ = ["WebPushSender"]

log = structlog.get_logger(__name__)

_CONNECT_S = 5.0
_ANSWER_BYTES = 4096
_ANSWER_S = 2.0
_KNOWN_FOR = timedelta(minutes=10)


class WebPushSender:
    """Encrypts, signs and posts each message once, and reads the answer.

    `keys` are the one that pages subscribe with, then former ones (F13); `subject` is where a push
    service reaches us. Requests go to `services` alone, at most `concurrency` to each at a time,
    over TLS and no redirect (F11); with `tls` they are our own, and no proxy is asked. A request
    is given up after `timeout_s`. Raises ValueError when the subject is nobody's.
    """

    def __init__(
        self,
        keys: Sequence[VapidKey],
        *,
        subject: str,
        clock: Clock,
        services: tuple[str, ...] = PUSH_SERVICES,
        tls: ssl.SSLContext | None = None,
        concurrency: int = 32,
        timeout_s: float = 15.0,
    ) -> None:
        self._requests = Requests(keys, VapidHeaders(subject=subject, clock=clock), services)
        self._clock = clock
        self._timeout_s = timeout_s
        self._rooms: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(concurrency)
        )
        self._client = _client(tls, timeout_s)

    async def send(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        """Make at most one request and tell what it came to; never raises but when cancelled."""
        request = self._requests.build(device, message, self._clock.now())
        if isinstance(request, Permanent):
            return request
        # one service that is slow does not keep the others waiting
        async with self._rooms[request.subscription.service]:
            answer = await self._post(request)
        return answer if not isinstance(answer, Answer) else self._judged(answer, request, device)

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _post(self, request: WebPushRequest) -> Answer | Temporary | Ambiguous:
        try:
            posted = self._client.build_request(
                "POST",
                request.subscription.endpoint,
                content=request.body,
                headers=request.headers,
            )
            async with asyncio.timeout(self._timeout_s):
                response = await self._client.send(posted, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
            return Temporary(reason="unreachable")
        except (TimeoutError, httpx.HTTPError):
            return Ambiguous(reason="no_answer")
        async with aclosing(response):
            return Answer(
                status=response.status_code, headers=response.headers, text=await _text(response)
            )

    def _judged(self, answer: Answer, request: WebPushRequest, device: DeviceDocument) -> Outcome:
        now, signature = self._clock.now(), request.signature
        asked = Asked(
            host=request.subscription.host,
            device_id=device.id,
            merges=request.merges,
            is_known=signature.was_taken_since(now - _KNOWN_FOR),
        )
        outcome = outcome_of(answer, asked, now)
        match outcome:
            case Accepted():
                signature.taken_at = now
            case Configuration():
                signature.renew_at = now
                log.error("web_push_refused", host=outcome.lane, reason=outcome.reason)
        return outcome


def _client(tls: ssl.SSLContext | None, timeout_s: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=tls or True,
        trust_env=tls is None,
        follow_redirects=False,
        timeout=httpx.Timeout(timeout_s, connect=_CONNECT_S),
        # our own rooms are the limit
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
        headers={"accept-encoding": "identity"},
    )


async def _text(response: httpx.Response) -> str:
    """Return the beginning of an answer's body as it came, nothing unpacked; "" when it fails."""
    text = bytearray()
    with suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(_ANSWER_S):
            async for block in response.aiter_raw():
                text += block
                if len(text) >= _ANSWER_BYTES:
                    break
    return bytes(text[:_ANSWER_BYTES]).decode(errors="replace")
