"""What may be cached, for how long, and under which key."""

from enum import StrEnum
from hashlib import blake2b

from msgspec import msgpack

__all__ = ["Kind", "cache_key"]

_ENCODER = msgpack.Encoder(order="sorted")


class Kind(StrEnum):
    """What may be cached; a reply within a conversation is no kind, and so is never cached."""

    ROUTING = "routing"
    ANSWERS = "answers"

    @property
    def ttl_s(self) -> int:
        """Return how long L2 keeps it, in seconds."""
        return 600 if self is Kind.ANSWERS else 3600


def cache_key(kind: Kind, **parts: object) -> str:
    """Return the hash (BLAKE2b, 256 bits, hexadecimal) of all that shapes a value.

    Parts are what msgspec can encode. MessagePack states the type and length of each, so that no
    two lists of parts are the same bytes. Raises TypeError for others, and UnicodeEncodeError for
    text that is no Unicode.
    """
    encoded = _ENCODER.encode((kind, parts))
    return blake2b(encoded, digest_size=32).hexdigest()
