"""One request to FCM, through firebase-admin."""

import asyncio
import ssl
from typing import TypeAlias
from uuid import uuid4

import firebase_admin
import httpx
from firebase_admin import exceptions, messaging

from push.fcm.builder import Wire
from push.fcm.credential import Bearer
from push.fcm.faults import Reply
from push.fcm.http2 import Http2Client
from push.fcm.seams import close_app, response_of, take_over
from push.fcm.vendor import vendor_message
from push.outcomes import Accepted, Ambiguous, Temporary

__all__ = ["Channel"]

Answer: TypeAlias = Accepted | Ambiguous | Temporary | Reply

GOOGLE = "https://fcm.googleapis.com"
# the request was not written
_UNCONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)


class Channel:
    """Posts messages of a project over HTTP/2, each exactly once.

    FCM itself takes up to 10 s for one (A17), so `timeout_s` is more than that; `deadline_s` ends
    what trickles. A connection is there within `connect_s` or not at all.
    """

    def __init__(
        self,
        bearer: Bearer,
        *,
        project: str,
        url: str = "",
        tls: ssl.SSLContext | None = None,
        timeout_s: float = 12.0,
        deadline_s: float = 14.0,
        connect_s: float = 2.0,
    ) -> None:
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._url = url or GOOGLE
        self._app = firebase_admin.initialize_app(
            bearer.credential,
            {"projectId": project, "httpTimeout": timeout_s},
            name=f"ion-{uuid4()}",
        )
        self._client = Http2Client(tls or httpx.create_ssl_context(), bearer.sign)
        take_over(self._app, self._client, url=url)

    async def ready(self) -> Temporary | None:
        """Have a connection at hand; return what keeps it from us, None when there is one."""
        try:
            async with asyncio.timeout(self._connect_s):
                await self._client.connect(self._url)
        except (OSError, TimeoutError):
            return Temporary(reason="unconnected")
        return None

    async def post(self, wire: Wire) -> Answer:
        """Post one message and return what came of it; a refusal as it was worded."""
        try:
            async with asyncio.timeout(self._deadline_s):
                batch = await messaging.send_each_async([vendor_message(wire)], app=self._app)
        except TimeoutError:
            return Ambiguous(reason="timeout")
        except exceptions.FirebaseError as error:
            return _answer(error)
        sent = batch.responses[0]
        if sent.exception is not None:
            return _answer(sent.exception)
        if not isinstance(sent.message_id, str):
            return Ambiguous(reason="unreadable")
        return Accepted(message_id=sent.message_id)

    async def aclose(self) -> None:
        """Close connections; raises nothing."""
        await close_app(self._app, self._client)


def _answer(error: exceptions.FirebaseError) -> Answer:
    if (response := response_of(error)) is not None:
        return Reply(
            status=response.status_code,
            body=response.content,
            retry_after=response.headers.get("retry-after", ""),
        )
    if isinstance(error.cause, _UNCONNECTED):
        return Temporary(reason="unconnected")
    if isinstance(error.cause, httpx.TimeoutException):
        return Ambiguous(reason="timeout")
    if isinstance(error.cause, httpx.HTTPError):
        return Ambiguous(reason="dropped")
    return Ambiguous(reason="unreadable")
