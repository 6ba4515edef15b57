"""A browser that subscribed: it has the keys, and opens what it is sent (RFC 8291)."""

import json
import os
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = ["Browser", "base64url"]


class Browser:
    """One subscription; `shown` are the payloads that its service worker got.

    While it is not `online` the service keeps what it is sent.
    """

    def __init__(
        self,
        endpoint: str,
        server_key: str,
        *,
        private_key: ec.EllipticCurvePrivateKey | None = None,
        secret: bytes | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.server_key = server_key
        self.online = True
        self.gone = False
        self.shown: list[dict[str, Any]] = []
        self._private = private_key or ec.generate_private_key(ec.SECP256R1())
        self._secret = secret or os.urandom(16)
        self._point = _point(self._private.public_key())

    def address(self, *, says_key: bool = False) -> str:
        """Return what the page sends us: the subscription as JSON."""
        subscription: dict[str, Any] = {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": base64url(self._point), "auth": base64url(self._secret)},
        }
        if says_key:
            subscription["applicationServerKey"] = self.server_key
        return json.dumps(subscription)

    def receive(self, body: bytes) -> None:
        """Open a message and show it; raises when it is not for this browser."""
        self.shown.append(json.loads(self.opened(body)))

    def opened(self, body: bytes) -> bytes:
        """Return what a body says; raises InvalidTag or AssertionError."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size, "it is one record"
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), key)
        context = b"WebPush: info\0" + self._point + sender
        secret = _derived(shared, salt=self._secret, info=context, length=32)
        aes = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
        nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
        plain, delimiter, padding = AESGCM(aes).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert delimiter, "it is the last record"
        assert not padding.strip(b"\0"), "padding is zeros"
        return plain


def base64url(raw: bytes) -> str:
    """Return bytes as browsers write them: base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
