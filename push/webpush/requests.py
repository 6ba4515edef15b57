"""Requests to push services, whole but for being sent."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from push.kinds import KINDS, Kind
from push.message import PushMessage
from push.outcomes import Permanent
from push.webpush.encryption import sealed
from push.webpush.keys import VapidKey
from push.webpush.payload import TooBig, payload_of
from push.webpush.subscription import BadSubscription, Subscription
from push.webpush.vapid import VapidHeader, VapidHeaders

__all__ = ["Requests", "WebPushRequest"]

_MOST_TTL = timedelta(weeks=4)
_TOPIC_CHARS = 32
# kinds whose newest says it all; replies are never merged by a service, which counts that (B5)
_MERGED: frozenset[Kind] = frozenset({"check_in", "nudge"})


class WebPushRequest(Struct, frozen=True, kw_only=True):
    """A POST to a browser's endpoint, and the signature that it carries."""

    subscription: Subscription
    headers: Mapping[str, str]
    body: bytes
    signature: VapidHeader

    @property
    def merges(self) -> bool:
        """Tell whether it takes the place of one that waits at the service."""
        return "topic" in self.headers


class Requests:
    """Encrypts and signs; `keys` are the one that pages subscribe with, then former ones (F13)."""

    def __init__(self, keys: Sequence[VapidKey], signatures: VapidHeaders) -> None:
        self._keys = {key.public: key for key in keys}
        self._key = keys[0]
        self._signatures = signatures

    def build(
        self, subscription: Subscription, message: PushMessage, now: datetime
    ) -> WebPushRequest | Permanent:
        """Return the request that shows a message in a browser, or why there can be none."""
        if message.clear:
            # a push that shows nothing costs the page its permission (F12)
            return Permanent(reason="silent")
        if (left := message.created_at + message.ttl - now) <= timedelta():
            return Permanent(reason="expired")
        key = self._keys.get(subscription.server_key or self._key.public)
        if key is None:
            return Permanent(reason="other_vapid_key", address="wrong")
        try:
            body = sealed(payload_of(message), subscription)
        except BadSubscription:
            return Permanent(reason="bad_subscription", address="wrong")
        except TooBig:
            return Permanent(reason="too_big")
        signature = self._signatures.header(key, subscription.origin)
        return WebPushRequest(
            subscription=subscription,
            headers=_headers(message, signature, min(left, _MOST_TTL)),
            body=body,
            signature=signature,
        )


def _headers(message: PushMessage, signature: VapidHeader, ttl: timedelta) -> dict[str, str]:
    headers = {
        "authorization": signature.text,
        "content-type": "application/octet-stream",
        "content-encoding": "aes128gcm",
        # without it the message is dropped when the browser is not there now (F1)
        "ttl": str(max(1, int(ttl.total_seconds()))),
        "urgency": KINDS[message.kind].urgency,
    }
    if message.kind in _MERGED:
        headers["topic"] = _topic(message.tag)
    return headers


def _topic(tag: str) -> str:
    """Return a name of 32 characters of base64url, as the protocol wants it (F3)."""
    return urlsafe_b64encode(sha256(tag.encode()).digest()).decode()[:_TOPIC_CHARS]
