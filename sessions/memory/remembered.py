"""Facts as turns use them."""

from collections.abc import Collection

from sessions.archive import SessionDocument
from sessions.conversation import Remembered
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

from .documents import FACTS, FactDocument

__all__ = ["corrections", "remembered_fact"]


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


async def corrections(
    documents: Documents, session: SessionDocument, *, without: Collection[str] = ()
) -> tuple[Remembered, ...]:
    """Return what was told in a session and put in other words by hand, oldest correction first.

    Facts `without` are left out. Raises StoreUnavailable.
    """
    equals = {"user_id": session.user_id, "session_ids": session.id}
    found = [
        remembered_fact(fact, session.id)
        async for fact in everything(documents, FACTS, "by_session", equals)
        if fact.edited and fact.id not in without and _was_right(fact)
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def _was_right(fact: FactDocument) -> bool:
    """Tell whether a fact held when it was corrected: one put right later says nothing new."""
    at = fact.edited_at or fact.updated_at
    return fact.shown and (fact.valid_to is None or at <= fact.valid_to)
