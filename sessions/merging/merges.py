"""Merges: decided by one write, carried on by any process until nothing is left, and recorded."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from msgspec import structs

from sessions.archive import SESSIONS, USERS
from sessions.clock import Clock
from sessions.erasure.cascade import Cascade
from sessions.erasure.counts import Counts, added, of_documents
from sessions.erasure.ended import Ended
from sessions.erasure.erasures import Erasures
from sessions.erasure.ports import CacheForgets
from sessions.errors import Conflict, Duplicate, StoreError
from sessions.experiments.experiments import Experiments
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.cursors import Cursor
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import newest_page
from sessions.tasks import Tasks

from .documents import MERGES, MergeDocument, merge_id
from .moving import Moving
from .ports import MergeNews

__all__ = ["Merges"]

log = structlog.get_logger(__name__)
# no key of an account lives longer
_KEPT = timedelta(days=366)
_AT_ONCE = 8
_NONE: Counts = Counter()


class Merges:
    """Makes visitors' data that of users. All methods raise StoreUnavailable.

    Whoever carries a merge on holds it for `lease_s`. It ends with a look that finds nothing,
    `settle_s` or later after it was decided: by then every process knows that the visitor's tokens
    are dead, and what was on its way has been written.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        moving: Moving,
        cascade: Cascade,
        experiments: Experiments,
        cache: CacheForgets,
        erasures: Erasures,
        ended: Ended,
        names: Pseudonyms,
        clock: Clock,
        tasks: Tasks,
        news: MergeNews | None = None,
        settle_s: float = 5,
        lease_s: float = 15,
    ) -> None:
        self._documents = documents
        self._moving = moving
        self._cascade = cascade
        self._experiments = experiments
        self._cache = cache
        self._erasures = erasures
        self._ended = ended
        self._names = names
        self._clock = clock
        self._tasks = tasks
        self._news = news
        self._settle = timedelta(seconds=settle_s)
        self._lease = timedelta(seconds=lease_s)

    async def merge(
        self, visitor: str, user_id: str, *, site: str, origin: str, wait_s: float = 0
    ) -> MergeDocument | None:
        """Make all of a visitor's a user's, and wait up to `wait_s` for what is at hand.

        Asked again it is the same merge. None when there is nothing to merge: the visitor is
        known by a name already, was merged into somebody else, or is nobody.
        """
        merge, fresh = await self._begun(visitor, user_id, site=site, origin=origin)
        if merge is None:
            return None
        self._ended.end_merged(merge)
        if fresh:
            attempt = self._tasks.start(self._attempt(merge), name="merge visitor")
            await asyncio.wait({attempt}, timeout=wait_s)
        return await self._documents.get(MERGES, merge.id) or merge

    async def newest(
        self, *, before: Cursor | None, limit: int
    ) -> tuple[list[MergeDocument], Cursor | None]:
        """Return merges from before a cursor, the newest first, and where the list goes on."""
        return await newest_page(
            self._documents, MERGES, "by_kind", {"kind": "merge"}, before=before, limit=limit
        )

    async def resume(self) -> None:
        """Carry on what somebody left, and look again where it is time."""
        now = self._clock.now()
        due = {"open": True}
        if await self._documents.find(MERGES, "due", due, bounds=Range(lte=now), limit=1):
            claimed = await self._documents.claim(
                MERGES, "due", due, now=now, until=now + self._lease, limit=_AT_ONCE
            )
            await asyncio.gather(*map(self._attempt, claimed))

    async def _begun(
        self, visitor: str, user_id: str, *, site: str, origin: str
    ) -> tuple[MergeDocument | None, bool]:
        """Return the merge, and whether it was decided now."""
        now, subject = self._clock.now(), self._names.user(visitor)
        merge = MergeDocument(
            id=merge_id(subject),
            visitor=visitor,
            user_id=user_id,
            subject=subject,
            site=site,
            origin=origin,
            asked_at=now,
            next_at=now + self._lease,
            expires_at=now + _KEPT,
        )
        known = await self._documents.get(MERGES, merge.id)
        if known is None:
            account = await self._documents.get(USERS, visitor)
            not_theirs = account is None or account.kind == "known" or visitor == user_id
            if not_theirs or self._ended.holds(visitor):
                return None, False
            try:
                await self._documents.insert(MERGES, merge)
            except Duplicate:
                known = await self._documents.get(MERGES, merge.id)
            else:
                return merge, True
        return (known if known and known.user_id == user_id else None), False

    async def _attempt(self, merge: MergeDocument) -> None:
        """Go on; what fails is tried again when the lease is over."""
        try:
            await self._go_on(merge)
        except StoreError as error:
            log.warning("merge_not_finished", merge_id=merge.id, code=str(error.code))

    async def _go_on(self, merge: MergeDocument) -> None:
        if self._ended.holds(merge.user_id):
            # whoever it went to is gone: so goes what is left
            await self._erasures.account(merge.visitor)
            await self._documents.delete(MERGES, merge.id)
            return
        began = self._clock.now()
        answered = await self._moving.is_answered(merge.visitor)
        found = 0
        async for counts in self._moving.steps(merge.visitor, merge.user_id):
            found += sum(counts.values())
            merge = await self._noted(merge, moved=counts)
        settled = answered and not found and began - merge.asked_at >= self._settle
        if settled:
            await self._moving.settle(merge.user_id)
            merge = await self._noted(merge, dropped=await self._rest(merge.visitor))
            if self._news is not None and any(each.what == SESSIONS.name for each in merge.moved):
                await self._news.merged(merge.user_id, merge.id)
            now = self._clock.now()
            await self._change(merge, open=False, finished_at=now)
            log.info("visitor_merged", merge_id=merge.id)
            return
        later = self._clock.now() + min(self._settle, timedelta(seconds=1))
        await self._change(merge, moved_at=merge.moved_at or self._clock.now(), next_at=later)

    async def _rest(self, visitor: str) -> Counts:
        """End what is not moved: tokens, what was still to be told, counters, the account."""
        counts = await self._cascade.user(visitor)
        counts += await self._cascade.preferences(visitor)
        counts += of_documents({"exposures": await self._experiments.forget(visitor)})
        return counts + Counter({("cache", "answers"): await self._cache.forget(visitor)})

    async def _noted(
        self, merge: MergeDocument, *, moved: Counts = _NONE, dropped: Counts = _NONE
    ) -> MergeDocument:
        """Keep what a step did, and hold the merge on."""
        newest = await self._documents.get(MERGES, merge.id) or merge
        return await self._change(
            newest,
            moved=added(newest.moved, moved),
            dropped=added(newest.dropped, dropped),
            next_at=self._clock.now() + self._lease,
        )

    async def _change(self, merge: MergeDocument, **fields: Any) -> MergeDocument:
        """Write fields, also over what another process wrote that went on with the same."""
        while True:
            with suppress(Conflict):
                return await self._documents.replace(MERGES, structs.replace(merge, **fields))
            newest = await self._documents.get(MERGES, merge.id)
            if newest is None:
                raise Conflict
            merge = newest
