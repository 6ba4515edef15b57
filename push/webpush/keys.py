"""The key pair by which push services know us (VAPID, RFC 8292)."""

import os
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from push.webpush.subscription import decoded

__all__ = ["BadVapidKey", "VapidKey", "kept_key", "read_keys"]

_PRIVATE_BYTES = 32


class BadVapidKey(ValueError):
    """It is no private key; the message never repeats it."""


class VapidKey:
    """A private key on P-256; `public` is what a page subscribes with (base64url)."""

    def __init__(self, vapid: Vapid02) -> None:
        self._vapid = vapid
        point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = _encoded(point)

    @classmethod
    def made(cls) -> "VapidKey":
        """Return a new key."""
        vapid = Vapid02()
        vapid.generate_keys()
        return cls(vapid)

    @classmethod
    def read(cls, text: str) -> "VapidKey":
        """Return a key from the base64url of its 32 bytes; raises BadVapidKey."""
        try:
            raw = decoded(text.strip())
            if len(raw) != _PRIVATE_BYTES:
                raise ValueError
            return cls(Vapid02.from_raw(_encoded(raw).encode()))
        except ValueError:
            raise BadVapidKey("it is no private VAPID key: 32 bytes in base64url") from None

    @property
    def private(self) -> str:
        """The secret itself, as `read` takes it."""
        number = self._vapid.private_key.private_numbers().private_value
        return _encoded(number.to_bytes(_PRIVATE_BYTES, "big"))

    def authorization(self, *, audience: str, subject: str, expires: int) -> str:
        """Return a header that speaks for us at an origin until `expires` (seconds since 1970)."""
        # a dictionary of its own: libraries have written into it
        claims = {"aud": audience, "sub": subject, "exp": expires}
        header: str = self._vapid.sign(claims)["Authorization"]
        return header


def read_keys(text: str) -> tuple[VapidKey, ...]:
    """Return keys separated by commas: the one to subscribe with, then former ones (F13).

    Raises BadVapidKey.
    """
    return tuple(VapidKey.read(part) for part in text.split(","))


def kept_key(path: Path) -> VapidKey:
    """Return the key that a file keeps, made once, readable by its owner alone.

    Of processes that make it at the same time one is first, and all get its key. Raises
    BadVapidKey when the file holds none.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, VapidKey.made().private)
    return VapidKey.read(path.read_text())


def _write(path: Path, text: str) -> None:
    """Put a file under its name only when it is whole, and only when there is none."""
    whole = path.with_name(f"{path.name}.{token_hex(4)}")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(whole)
    whole.unlink()


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
