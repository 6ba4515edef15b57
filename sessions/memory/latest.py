"""The day that a conversation told of last: what "it moved to Friday" speaks of."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from sessions.archive import TurnDocument

from .dates import as_due
from .documents import FactDocument, Source
from .extract import Moved
from .following import moved_to
from .making import fact_id
from .recall.passages import told_to
from .sources import sourced

__all__ = ["latest_day", "moved_fact", "slot_of"]

# "It" is nothing that was spoken of long ago, or elsewhere.
_LATELY = timedelta(hours=1)
_GONE_BY = timedelta(days=1)


def latest_day(known: Iterable[FactDocument], session_id: str, at: datetime) -> FactDocument | None:
    """Return the deadline that a session told last, within an hour of `at`; None for none."""
    told = [
        each
        for each in known
        if each.kind == "deadline"
        and session_id in each.session_ids
        and each.due is not None
        and each.due >= at - _GONE_BY
        and at - _LATELY <= each.valid_from < at
    ]
    return max(told, key=lambda each: each.valid_from, default=None)


def slot_of(fact: FactDocument) -> str:
    """Return the slot in which a moved day takes the place of the one that was told."""
    return fact.slot or f"event:{fact.id}"


def moved_fact(
    turn: TurnDocument,
    fact: FactDocument,
    moved: Moved,
    *,
    source: Source,
    at: datetime,
    zone: str,
    now: datetime,
) -> FactDocument:
    """Return a deadline, made `now`, as a turn moves it; it has the words of what it was."""
    new = moved_to(fact, as_due(moved.day, zone))
    told = structs.replace(
        new,
        slot=slot_of(fact),
        id=fact_id(turn, fact.kind, new.text),
        version=1,
        sources=(),
        confidence=0.85,
        valid_from=at,
        created_at=now,
        updated_at=now,
        persona=told_to(turn),
        edited=False,
        edited_at=None,
        due_told=None,
        words_of=fact.id,
    )
    return sourced(told, (source,))
