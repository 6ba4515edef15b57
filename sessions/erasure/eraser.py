"""The steps of an erasure; each may be repeated, and then finds what was left."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from sessions.archive import SESSIONS, TOMBSTONES, SessionDocument
from sessions.deletions import Deletions
from sessions.errors import LogUnavailable, NotFound
from sessions.experiments.experiments import Experiments
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore
from sessions.stores.paging import everything

from .cascade import Cascade
from .counts import Counts, of_documents
from .documents import ErasureDocument
from .emptying import Emptying
from .ports import CacheForgets, MemoryForgets

__all__ = ["Eraser", "made_again"]

_LOG, _CACHE = "log", "cache"


class Eraser:
    """Removes what an erasure names from documents, live log and cache.

    `quiet_s` is how long it waits for the owner of a deleted session to leave its log.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        deletions: Deletions,
        cascade: Cascade,
        emptying: Emptying,
        experiments: Experiments,
        cache: CacheForgets,
        memory: MemoryForgets | None = None,
        quiet_s: float = 10.0,
    ) -> None:
        self._documents = documents
        self._store = store
        self._deletions = deletions
        self._cascade = cascade
        self._emptying = emptying
        self._experiments = experiments
        self._cache = cache
        self._memory = memory
        self._quiet_s = quiet_s

    def steps(self, erasure: ErasureDocument) -> AsyncIterator[Counts]:
        """Do one step after the other and yield what it removed; raises StoreError."""
        match erasure.kind:
            case "account":
                return self._account(erasure)
            case "session":
                return self._session(erasure)
            case "message":
                return self._message(erasure)
            case "memory":
                return self._fact(erasure)

    async def _account(self, erasure: ErasureDocument) -> AsyncIterator[Counts]:
        user_id = erasure.user_id
        by_user = {"user_id": user_id}
        # no device is told of an account that ends (C6)
        yield await self._cascade.devices(user_id)
        async for session in everything(self._documents, SESSIONS, "by_user", by_user):
            yield await self._deleted(user_id, session.id)
        orphans, session_ids = await self._cascade.orphans(user_id)
        yield orphans
        async for tombstone in everything(self._documents, TOMBSTONES, "by_user", by_user):
            session_ids |= set() if tombstone.finished else {tombstone.id}
        for session_id in session_ids:
            # a cut may have left what is found by the session alone
            yield await self._cascade.session(user_id, session_id)
        await self._silence(session_ids)
        if erasure.erased_at is None:
            yield Counter({(_LOG, "sessions"): len(session_ids)})
        yield await self._cascade.user(user_id)
        yield await self._cascade.preferences(user_id)
        yield of_documents({"exposures": await self._experiments.forget(user_id)})
        yield Counter({(_CACHE, "answers"): await self._cache.forget(user_id)})
        if erasure.erased_at is not None:
            # nothing is on its way any more
            await self._cascade.tombstones(user_id)

    async def _session(self, erasure: ErasureDocument) -> AsyncIterator[Counts]:
        user_id, session_id = erasure.user_id, erasure.session_id
        if (session := await made_again(self._documents, erasure)) is not None:
            # what is said in it now was not there to be erased
            yield await self._emptying.empty_before(session, erasure.asked_at)
            return
        yield await self._deleted(user_id, session_id)
        await self._silence({session_id})
        if erasure.erased_at is None:
            yield Counter({(_LOG, "sessions"): 1})

    async def _message(self, erasure: ErasureDocument) -> AsyncIterator[Counts]:
        yield await self._emptying.empty(erasure.user_id, erasure.session_id, erasure.target)

    async def _fact(self, erasure: ErasureDocument) -> AsyncIterator[Counts]:
        if self._memory is not None:
            # their logs tell the fact too, and after it nobody knows which they were
            told_in = await self._memory.told_in(erasure.user_id, erasure.target)
            await self._emptying.renew(erasure.user_id, told_in)
            with suppress(NotFound):
                gone = await self._memory.forget_fact(
                    erasure.user_id, erasure.target, refuse=erasure.refuse
                )
                yield of_documents(gone)

    async def _deleted(self, user_id: str, session_id: str) -> Counts:
        with suppress(NotFound):
            return await self._deletions.delete(user_id, session_id)
        # it is gone, and something on its way may have come since
        return await self._cascade.session(user_id, session_id)

    async def _silence(self, session_ids: Iterable[str]) -> None:
        """Empty the logs of deleted sessions once nobody writes them; raises LogUnavailable."""
        left = set(session_ids)
        try:
            async with asyncio.timeout(self._quiet_s):
                while left:
                    quiet = set(await self._store.orphans(sorted(left)))
                    for session_id in quiet:
                        await self._store.forget(session_id)
                    left -= quiet
                    await asyncio.sleep(0.02 if left else 0)
        except TimeoutError:
            raise LogUnavailable("a deleted session is still being written") from None


async def made_again(documents: Documents, erasure: ErasureDocument) -> SessionDocument | None:
    """Return what is in the place of a deleted session: those that have a name are made again.

    Raises StoreUnavailable.
    """
    deleted = any(each.what == SESSIONS.name and each.count for each in erasure.removed)
    if not deleted and erasure.erased_at is None:
        return None
    session = await documents.get(SESSIONS, erasure.session_id)
    if session is None or session.user_id != erasure.user_id:
        return None
    buried = await documents.get(TOMBSTONES, session.id) is not None
    return None if buried else session
