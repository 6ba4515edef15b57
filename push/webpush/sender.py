"""Sends to browsers through their push services."""

import ssl
from collections.abc import Sequence
from datetime import timedelta

import structlog

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import Accepted, Ambiguous, Configuration, Held, Outcome, Permanent, Temporary
from push.ports import Request, Unasked
from push.requests import Placed
from push.webpush.answers import Answer, Asked, outcome_of
from push.webpush.connection import Connection, NoAnswer, NotReached
from push.webpush.connections import Connections, NoRoom
from push.webpush.keys import VapidKey
from push.webpush.refusals import Refusals
from push.webpush.requests import Requests, WebPushRequest
from push.webpush.subscription import (
    PUSH_SERVICES,
    BadSubscription,
    read_subscription,
)
from push.webpush.vapid import VapidHeaders
from sessions.clock import Clock

__all__ = ["WebPushSender"]

log = structlog.get_logger(__name__)

_FULL = timedelta(seconds=5)
_KNOWN_FOR = timedelta(minutes=10)


class WebPushSender:
    """Encrypts, signs and posts each message once, and reads the answer.

    `keys` are the one that pages subscribe with, then former ones (F13); `subject` is where a push
    service reaches us. Requests go to `services` alone, at most `concurrency` to each at a time,
    over TLS and no redirect (F11). One has room within `room_s` or is held, and is given up after
    `timeout_s`, less than a worker gives it. A signature that is refused stops the device, and the
    host only where `Refusals` knows that it is our fault. Raises ValueError when the subject is
    nobody's.
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
        room_s: float = 2.0,
        timeout_s: float = 12.0,
    ) -> None:
        self._requests = Requests(keys, VapidHeaders(subject=subject, clock=clock))
        self._clock = clock
        self._services = services
        self._timeout_s = timeout_s
        self._refusals = Refusals()
        self._connections = Connections(
            tls or ssl.create_default_context(), most=concurrency, room_s=room_s
        )

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Request | Unasked:
        """Read the subscription, and wait for room at its service and a connection."""
        try:
            subscription = read_subscription(device.address, self._services)
        except BadSubscription:
            return Permanent(reason="bad_subscription", address="wrong")
        try:
            place = await self._connections.place(subscription)
        except NoRoom:
            host = subscription.host
            return Held(reason="full", retry_after=_FULL, scope="host", lane=host)
        except NotReached:
            return Temporary(reason="unreachable")
        # encrypted when it is its turn, so that a burst does not keep the loop
        request = self._requests.build(subscription, message, self._clock.now())
        if isinstance(request, Permanent):
            place.leave()
            return request
        return Placed(lambda: self._ask(place.connection, request, device, message), place.leave)

    async def aclose(self) -> None:
        """Close connections."""
        self._connections.close()

    async def _ask(
        self,
        connection: Connection,
        request: WebPushRequest,
        device: DeviceDocument,
        message: PushMessage,
    ) -> Outcome:
        try:
            answer = await connection.post(
                request.subscription, request.headers, request.body, timeout_s=self._timeout_s
            )
        except NoAnswer:
            return Ambiguous(reason="no_answer")
        outcome = self._judged(answer, request, device)
        if isinstance(outcome, Configuration):
            return self._scoped(outcome, device, message)
        return outcome

    def _judged(self, answer: Answer, request: WebPushRequest, device: DeviceDocument) -> Outcome:
        now, signature = self._clock.now(), request.signature
        asked = Asked(
            host=request.subscription.host,
            device_id=device.id,
            merges=request.merges,
            is_known=signature.was_taken(now, within=_KNOWN_FOR),
        )
        outcome = outcome_of(answer, asked, now)
        match outcome:
            case Accepted():
                signature.taken_at = now
                self._refusals.taken(asked.host, device.print)
            case Configuration():
                signature.renew_at = now
                log.error("web_push_refused", host=outcome.lane, reason=outcome.reason)
        return outcome

    def _scoped(
        self, refused: Configuration, device: DeviceDocument, message: PushMessage
    ) -> Configuration:
        """Return what stops the device alone, unless it is known to be all of the host's."""
        if not message.is_trial and self._refusals.add(refused.lane, device.user_id, device.print):
            return refused
        return Configuration(reason=refused.reason, scope="device", lane=device.id)
