"""How a value is kept in L2: MessagePack under a seal that only these processes can make."""

from hashlib import blake2b
from hmac import compare_digest
from typing import Any, TypeVar

from msgspec import DecodeError, Raw, Struct, msgpack

from .port import Generations

__all__ = ["Poisoned", "Seal"]

T = TypeVar("T")
_SEAL_BYTES = 16


class Poisoned(Exception):
    """The bytes are none that were sealed under this key, or are not of the type asked for."""


class _Letter(Struct, frozen=True, array_like=True):
    generations: Generations
    value: Raw


class Seal:
    """Encodes values so that forged, damaged, misplaced and foreign bytes are told from them."""

    def __init__(self, secret: bytes) -> None:
        self._key = blake2b(secret, digest_size=32, person=b"ion cache").digest()
        self._letters = msgpack.Decoder(_Letter)
        self._decoders: dict[Any, msgpack.Decoder[Any]] = {}

    def close(self, key: str, generations: Generations, value: object) -> bytes:
        """Return the bytes of `value`; raises TypeError when msgspec can't encode it."""
        letter = msgpack.encode(_Letter(generations, Raw(msgpack.encode(value))))
        return self._stamp(key, letter) + letter

    def open(self, key: str, data: bytes, type_: type[T]) -> tuple[Generations, T]:
        """Return the generations a value was made under, and the value; raises Poisoned."""
        stamp, body = data[:_SEAL_BYTES], data[_SEAL_BYTES:]
        if not compare_digest(stamp, self._stamp(key, body)):
            raise Poisoned
        try:
            letter = self._letters.decode(body)
            return letter.generations, self._decoder(type_).decode(letter.value)
        except (DecodeError, UnicodeDecodeError) as error:
            raise Poisoned from error

    def _stamp(self, key: str, body: bytes) -> bytes:
        # keys have one length, so that key and body can't be divided in another way
        return blake2b(key.encode() + body, digest_size=_SEAL_BYTES, key=self._key).digest()

    def _decoder(self, type_: type[T]) -> "msgpack.Decoder[T]":
        if type_ not in self._decoders:
            self._decoders[type_] = msgpack.Decoder(type_)
        return self._decoders[type_]
