"""A browser's subscription, read with suspicion: a user sends it, and we make a request to it."""

import re
from base64 import urlsafe_b64decode

import msgspec
from msgspec import Struct

__all__ = [
    "PUSH_SERVICES",
    "BadSubscription",
    "Subscription",
    "decoded",
    "endpoint_of",
    "read_subscription",
]

# whom browsers subscribe at: Chrome and its kin, Firefox, Safari, Edge (F11)
PUSH_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)

# what each makes its endpoints of: the same hosts serve other things, which refuse our signature
_TARGETS = {
    "fcm.googleapis.com": re.compile(r"/(?:fcm/send|wp)/.+"),
    "updates.push.services.mozilla.com": re.compile(r"/wpush/.+"),
    "*.push.apple.com": re.compile(r"/[^/?]+"),
    "*.notify.windows.com": re.compile(r"/w/.+"),
}
_ANY = re.compile(r".*")
# what may lead out of a path, for whoever takes dots and slashes out of it
_UNCLEAR = re.compile(r"/[./]|%(?:2e|2f|5c)", re.IGNORECASE)

_ENDPOINT = re.compile(
    r"https://(?P<host>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>/[!$-\[\]-~]*)"
)
_MOST_CHARS = 4096
_MOST_ENDPOINT_CHARS = 2048
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_POINT_BYTES = 65
_SECRET_BYTES = 16


class BadSubscription(ValueError):
    """It is no subscription that we send to; the message names the part, never what it holds."""


class Subscription(Struct, frozen=True, kw_only=True):
    """Where and how to reach one browser.

    `target` is the endpoint's path and query, `service` the entry of the allow-list that it passed
    by. `key` is the browser's public key on P-256, uncompressed, `secret` its 16 bytes (F10).
    `server_key` is the key of ours that it was made with, where the page said so (F13).
    """

    endpoint: str
    origin: str
    host: str
    port: int
    target: str
    service: str
    key: bytes
    secret: bytes
    server_key: str = ""


class _Keys(Struct, frozen=True):
    p256dh: str
    auth: str


class _Endpoint(Struct, frozen=True):
    endpoint: str


class _Wire(Struct, frozen=True, rename="camel"):
    endpoint: str
    keys: _Keys
    application_server_key: str | None = None


def read_subscription(address: str, services: tuple[str, ...] = PUSH_SERVICES) -> Subscription:
    """Return what `PushSubscription.toJSON()` holds, when its service is one of `services`.

    An entry is a host, `*.` before one for those below it, with `:` and a port where that is not
    443. The page may add `applicationServerKey`. Raises BadSubscription.
    """
    if len(address) > _MOST_CHARS:
        raise BadSubscription("it is too long")
    try:
        wire = msgspec.json.decode(address, type=_Wire)
    except (msgspec.DecodeError, UnicodeError):
        raise BadSubscription("it is no subscription") from None
    parts = _ENDPOINT.fullmatch(wire.endpoint)
    if parts is None or len(wire.endpoint) > _MOST_ENDPOINT_CHARS:
        raise BadSubscription("its endpoint is no https address")
    host = parts["host"]
    port = f":{parts['port']}" if parts["port"] not in (None, "443") else ""
    service = next((entry for entry in services if _is_of(f"{host}{port}", entry)), None)
    if service is None:
        raise BadSubscription("its endpoint is at no push service that we know")
    if not _is_target(parts["target"], service):
        raise BadSubscription("its endpoint is none that the push service makes")
    return Subscription(
        endpoint=wire.endpoint,
        origin=f"https://{host}{port}",
        host=host,
        port=int(parts["port"] or 443),
        target=parts["target"],
        service=service,
        key=_key(wire.keys.p256dh),
        secret=_bytes(wire.keys.auth, _SECRET_BYTES, "auth"),
        server_key=(wire.application_server_key or "").rstrip("="),
    )


def endpoint_of(address: str) -> str:
    """Return what tells one browser from all others: the endpoint, as it is mostly spelled.

    Of what is no subscription that is the whole address.
    """
    try:
        endpoint = msgspec.json.decode(address, type=_Endpoint).endpoint
    except (msgspec.DecodeError, UnicodeError):
        return address
    parts = _ENDPOINT.fullmatch(endpoint)
    if parts is None or parts["port"] != "443":
        return endpoint
    return f"https://{parts['host']}{parts['target']}"


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, padded or not; raises ValueError."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("it is no base64url")
    bare = text.rstrip("=")
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def _is_of(place: str, entry: str) -> bool:
    return place.endswith(entry[1:]) if entry.startswith("*.") else place == entry


def _is_target(target: str, service: str) -> bool:
    path = target.partition("?")[0]
    return bool(_TARGETS.get(service, _ANY).fullmatch(target)) and not _UNCLEAR.search(path)


def _key(text: str) -> bytes:
    key = _bytes(text, _POINT_BYTES, "p256dh")
    if key[0] != 4:
        raise BadSubscription("its p256dh is no uncompressed point")
    return key


def _bytes(text: str, length: int, name: str) -> bytes:
    try:
        value = decoded(text)
    except ValueError:
        raise BadSubscription(f"its {name} is no base64url") from None
    if len(value) != length:
        raise BadSubscription(f"its {name} is not {length} bytes")
    return value
