"""What a push service asks of a request: RFC 8030, 8188 and 8292, and Apple's names of errors."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["Refused", "check_message", "check_signature"]

_MOST_BODY = 4096
_OVERHEAD = 16 + 4 + 1 + 65 + 16 + 1
_MOST_LIFE_S = 24 * 3600
_AUTHORIZATION = re.compile(r"vapid t=([\w.-]+), ?k=([\w-]+)", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SUBJECT = re.compile(r"mailto:[^@\s]+@[\w-]+(\.[\w-]+)+|https://[\w-]+(\.[\w-]+)+")


class Refused(Exception):
    """The service's answer is `status`, for `reason`."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def check_message(headers: Mapping[str, str], body: bytes) -> int:
    """Return for how many seconds a message is kept; raises Refused."""
    ttl = headers.get("ttl", "")
    if not ttl.isdecimal():
        raise Refused(400, "BadTtl")
    if headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high"):
        raise Refused(400, "BadUrgency")
    if "topic" in headers and not _TOPIC.fullmatch(headers["topic"]):
        raise Refused(400, "BadWebPushTopic")
    if headers.get("content-encoding") != "aes128gcm" or len(body) <= _OVERHEAD:
        raise Refused(400, "BadEncryption")
    if len(body) > _MOST_BODY:
        raise Refused(413, "PayloadTooLarge")
    return int(ttl)


def check_signature(headers: Mapping[str, str], *, origin: str, now: datetime) -> str:
    """Return the key that a request is signed with; raises Refused."""
    parts = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if parts is None:
        raise Refused(401, "MissingAuthorization")
    claims = _claims(parts[1], parts[2])
    left = claims.get("exp", 0) - now.timestamp()
    if claims.get("aud") != origin or not 0 < left <= _MOST_LIFE_S:
        raise Refused(403, "BadJwtToken")
    if not _SUBJECT.fullmatch(claims.get("sub", "")):
        raise Refused(403, "BadJwtToken")
    return parts[2]


def _claims(token: str, key: str) -> dict[str, Any]:
    point = urlsafe_b64decode(key + "=" * (-len(key) % 4))
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        # the time is that of the fake's clock, looked at above
        return jwt.decode(
            token,
            public,
            algorithms=["ES256"],
            options={"verify_exp": False, "verify_aud": False},
        )
    except (ValueError, jwt.InvalidTokenError):
        raise Refused(403, "BadJwtToken") from None
