"""A fact made from what was found in a message."""

from datetime import date, datetime
from hashlib import sha256

from sessions.archive import TurnDocument

from .dates import as_due
from .documents import FactDocument, Source
from .extract import Found
from .likeness import fold
from .recall.passages import told_to
from .sensitivity import sensitivity_of, sharing_of
from .sources import sourced

__all__ = ["fact_id", "fact_of"]

_BY_ITSELF = ("name", "role", "deadline")


def fact_of(
    turn: TurnDocument,
    found: Found,
    *,
    slot: str,
    source: Source,
    at: datetime,
    zone: str,
    now: datetime,
) -> FactDocument:
    """Return the fact that a turn tells, made `now` and holding from `at` in the user's zone."""
    # who says their name may go on to say what is sensitive: that is another fact
    words = found.text if found.kind in _BY_ITSELF else f"{found.text} {found.quote}"
    sensitivity = sensitivity_of(found.kind, words)
    fact = FactDocument(
        id=fact_id(turn, found.kind, found.text),
        user_id=turn.user_id,
        kind=found.kind,
        text=_dated(found.text, found.due),
        language=found.language,
        sources=(),
        session_ids=(),
        turn_ids=(),
        confidence=found.confidence,
        valid_from=at,
        created_at=now,
        updated_at=now,
        slot=slot,
        sensitivity=sensitivity,
        sharing=sharing_of(found.kind, sensitivity),
        persona=told_to(turn),
        due=as_due(found.due, zone) if found.due else None,
    )
    return sourced(fact, (source,))


def _dated(text: str, due: date | None) -> str:
    stamp = due.isoformat() if due else ""
    return text if not stamp or stamp in text else f"{text} ({stamp})"


def fact_id(turn: TurnDocument, kind: str, text: str) -> str:
    """Return the id of a fact, the same whenever it is found in its turn."""
    said = "\0".join((turn.user_id, turn.id, kind, fold(text)))
    return f"f_{sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
