"""The rows of an index, and segments of them packed and opened."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

import msgspec
from msgspec import Struct, structs

from .documents import Segment

__all__ = ["Damaged", "Part", "Row", "Stretch", "opened", "packed_rows"]

_HASH_BYTES = 4


class Damaged(Exception):
    """A segment does not hold what was once put into it."""


class Part(Struct, frozen=True, kw_only=True, array_like=True):
    """One message (or one fact) in the index.

    `terms` are 32-bit keyed hashes of its words, `counts` how often each occurs (one byte each),
    `size` how many words that are; `speaker` is the hash of who said it, 0 when nobody knows.
    `vector` is its meaning in signed bytes, from the segment's encoder number `encoder` (-1: none).
    `at` is in seconds since 1970, `days` are pairs of first and last days that it speaks of,
    `cues` the bits of cues.py.
    """

    id: str
    at: int
    own: bool
    speaker: int
    terms: bytes
    counts: bytes
    size: int
    cues: int = 0
    days: tuple[int, ...] = ()
    vector: bytes = b""
    encoder: int = -1


class Row(Struct, frozen=True, kw_only=True, array_like=True):
    """A turn, or a fact, and its parts in the order of the conversation."""

    id: str
    number: int
    parts: tuple[Part, ...]


class Stretch(Struct, frozen=True, kw_only=True):
    """A segment with its rows."""

    id: str
    session_id: str
    version: int
    updated_at: datetime
    encoders: tuple[str, ...]
    rows: tuple[Row, ...]

    def encoder_of(self, part: Part) -> str:
        """Return the id of the encoder that made a part's vector, empty when it has none."""
        return self.encoders[part.encoder] if part.vector else ""


def packed_rows(segment: Segment, rows: Iterable[Row]) -> Segment:
    """Return the segment with these rows in it."""
    data = msgspec.msgpack.encode(tuple(rows))
    return structs.replace(segment, data=data, check=crc32(data))


def opened(segment: Segment) -> Stretch:
    """Return what a segment holds; raises Damaged."""
    if segment.check != crc32(segment.data):
        raise Damaged(segment.id)
    try:
        rows = _decoder.decode(segment.data) if segment.data else ()
    except msgspec.MsgspecError:
        raise Damaged(segment.id) from None
    stretch = Stretch(
        id=segment.id,
        session_id=segment.session_id,
        version=segment.version,
        updated_at=segment.updated_at,
        encoders=segment.encoders,
        rows=rows,
    )
    if not all(_sound(stretch, part) for row in rows for part in row.parts):
        raise Damaged(segment.id)
    return stretch


_decoder = msgspec.msgpack.Decoder(tuple[Row, ...])


def _sound(stretch: Stretch, part: Part) -> bool:
    known = part.encoder < len(stretch.encoders) and (part.encoder >= 0 or not part.vector)
    return known and len(part.terms) == _HASH_BYTES * len(part.counts)
