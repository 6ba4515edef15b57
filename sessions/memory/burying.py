"""Telling devices of facts that are gone."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sessions.archive import TOMBSTONES, TombstoneDocument
from sessions.errors import Duplicate
from sessions.stores.documents import Documents
from sessions.sync import TOMBSTONE_DAYS

__all__ = ["bury"]


async def bury(documents: Documents, user_id: str, fact_ids: Iterable[str], now: datetime) -> None:
    """Leave tombstones of facts, for GET /sync; raises StoreUnavailable."""

    async def leave(fact_id: str) -> None:
        tombstone = TombstoneDocument(
            id=fact_id,
            user_id=user_id,
            deleted_at=now,
            expires_at=now + timedelta(days=TOMBSTONE_DAYS),
            finished=True,
            kind="fact",
        )
        with suppress(Duplicate):
            await documents.insert(TOMBSTONES, tombstone)

    await asyncio.gather(*map(leave, fact_ids))
