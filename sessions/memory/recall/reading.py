"""Turns and facts as rows of an index."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sessions.embedding import Vector
from sessions.memory.documents import FactDocument

from .cues import given
from .dates import days_of
from .passages import Passage
from .rows import Part, Row
from .sealing import Sealer
from .vectors import packed
from .words import name_of, terms

__all__ = ["local", "row_of", "row_of_fact", "said_in"]


def row_of(
    row_id: str,
    number: int,
    said: Sequence[Passage],
    vectors: Sequence[Vector | None],
    *,
    sealer: Sealer,
    zone: str = "",
) -> Row:
    """Return the row of what was said in a turn; the vectors are of encoder number 0."""
    parts = (_part(each, vector, sealer, zone) for each, vector in zip(said, vectors, strict=True))
    return Row(id=row_id, number=number, parts=tuple(parts))


def row_of_fact(fact: FactDocument, vector: Vector | None, *, sealer: Sealer) -> Row:
    """Return a fact's row."""
    return row_of(fact.id, 0, [said_in(fact)], [vector], sealer=sealer)


def said_in(fact: FactDocument) -> Passage:
    """Return a fact as what was said."""
    return Passage(id=fact.id, text=fact.text, at=fact.valid_from, own=fact.kind != "promise")


def local(at: datetime, zone: str) -> datetime:
    """Return a moment in a time zone by its name, in UTC when there is no such."""
    return at.astimezone(_zone(zone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def _part(said: Passage, vector: Vector | None, sealer: Sealer, zone: str) -> Part:
    found = terms(said.text)
    hashes, counts = sealer.counted(found)
    days = days_of(said.text, local(said.at, zone).date())
    name = name_of(said.speaker)
    return Part(
        id=said.id,
        at=round(said.at.timestamp()),
        own=said.own,
        speaker=sealer.term(name) if name else 0,
        terms=hashes,
        counts=counts,
        size=len(found),
        cues=given(said.text, dated=bool(days)),
        days=tuple(edge for each in days for edge in each),
        vector=b"" if vector is None else packed(vector),
        encoder=-1 if vector is None else 0,
    )
