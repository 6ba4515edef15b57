"""The facts that an answer is made with, whatever it is about."""

import asyncio
from collections.abc import Mapping

from sessions.stores.documents import Documents

from .documents import FACTS, FactDocument

__all__ = ["load_standing"]


async def load_standing(
    documents: Documents, user_id: str, most: Mapping[str, int], *, newest: int
) -> list[FactDocument]:
    """Return facts that hold: `most` of each kind among its `newest`, and the pinned ones.

    Raises StoreUnavailable.
    """
    mine = {"user_id": user_id}
    changed, pinned = await asyncio.gather(
        documents.find(FACTS, "by_user", mine, descending=True, limit=newest),
        documents.find(FACTS, "by_pinned", {**mine, "pinned": True}, descending=True, limit=newest),
    )
    if len(changed) == newest:
        # there are more: each kind is looked for by itself
        by_kind = await asyncio.gather(
            *(
                documents.find(
                    FACTS, "by_kind", {**mine, "kind": kind}, descending=True, limit=newest
                )
                for kind in most
            )
        )
        changed = [fact for facts in by_kind for fact in facts]
    left = dict(most)
    found = list(pinned)
    for fact in changed:
        if fact.current and left.get(fact.kind, 0) > 0:
            left[fact.kind] -= 1
            found.append(fact)
    return list({each.id: each for each in found if each.current}.values())
