"""A payload sealed for one browser: aes128gcm, with a salt and a key of its own (RFC 8291)."""

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from push.webpush.payload import BODY_BYTES
from push.webpush.subscription import BadSubscription, Subscription

__all__ = ["sealed"]


def sealed(plain: bytes, subscription: Subscription) -> bytes:
    """Return the body of a request, one record that the browser alone can open (F10).

    Raises BadSubscription when the browser's key is no point on the curve.
    """
    try:
        browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), subscription.key)
    except ValueError:
        raise BadSubscription("its p256dh is no point on P-256") from None
    body: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=browser,
        auth_secret=subscription.secret,
        rs=BODY_BYTES,
        version="aes128gcm",
    )
    return body
