"""Facts as turns use them."""

from sessions.conversation import Remembered

from .documents import FactDocument

__all__ = ["remembered_fact"]


def remembered_fact(fact: FactDocument, session_id: str) -> Remembered:
    """Return a fact as a turn of a session uses it; one that was corrected by hand says where."""
    here = (each.turn_id for each in fact.sources if each.session_id == session_id)
    return Remembered(
        id=fact.id,
        kind=fact.kind,
        text=fact.text,
        at=(fact.edited_at or fact.updated_at) if fact.edited else fact.valid_from,
        own=fact.kind != "promise",
        persona=fact.persona,
        due=fact.due,
        corrected=fact.edited,
        turns=tuple(dict.fromkeys(here)) if fact.edited else (),
    )
