"""Deleting sessions for good, whatever cuts it off: first a tombstone, then all that they held."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from msgspec import structs

from sessions.archive import SESSIONS, TOMBSTONES, TombstoneDocument
from sessions.clock import Clock
from sessions.command import Command
from sessions.erasure.cascade import Cascade
from sessions.erasure.counts import Counts, of_documents
from sessions.errors import Conflict, Duplicate, NotFound
from sessions.life import Life
from sessions.owners import Owners
from sessions.stores.documents import Documents, Range
from sessions.sync import TOMBSTONE_DAYS
from sessions.tasks import Tasks

__all__ = ["Deletions"]

_FINISH_AFTER_S = 60
_FINISH_AT_ONCE = 100


class Deletions:
    """Deletes sessions, and finishes what a cut left of a deletion.

    Every method raises StoreUnavailable when the documents can't be reached.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        owners: Owners,
        cascade: Cascade,
        clock: Clock,
        tasks: Tasks,
        life: Life = Life(),  # noqa: B008 - a frozen value
    ) -> None:
        self._documents = documents
        self._owners = owners
        self._cascade = cascade
        self._clock = clock
        self._tasks = tasks
        self._life = life

    async def delete(self, user_id: str, session_id: str) -> Counts:
        """Delete a session, all that was said in it and what was learned from that; count it.

        Raises NotFound when this user has none, and none whose deletion was cut off.
        """
        old = await self._documents.get(TOMBSTONES, session_id)
        if old is None or old.user_id != user_id or old.finished:
            session = await self._documents.get(SESSIONS, session_id)
            if session is None or session.user_id != user_id:
                raise NotFound("there is no such session")
        return await self.erase(user_id, session_id)

    async def erase(self, user_id: str, session_id: str) -> Counts:
        """Delete a session of this user; once it is gone, `finish` does what a cut leaves over."""
        await self._bury(user_id, session_id)
        gone = await self._documents.delete(SESSIONS, session_id)
        counts = of_documents({SESSIONS.name: int(gone)})
        counts += await self._cascade.session(user_id, session_id)
        telling = self._owners.insist(session_id, Command(kind="deleted"))
        self._tasks.start(telling, name="tell deleted")
        return counts

    async def finish(self) -> list[TombstoneDocument]:
        """Delete what a cut or a message on its way left of deleted sessions; return which.

        They are found again until `finished`: the files may still hold what went. Raises
        LogUnavailable; it goes on at the next time.
        """
        if self._owners.draining:
            return []
        cleared: list[TombstoneDocument] = []
        cut = self._clock.now() - timedelta(seconds=_FINISH_AFTER_S)
        for tombstone in await self._documents.find(
            TOMBSTONES,
            "unfinished",
            {"finished": False},
            bounds=Range(lte=cut),
            limit=_FINISH_AT_ONCE,
        ):
            if await self._documents.get(TOMBSTONES, tombstone.id) is None:
                continue  # the session was made again
            await self._documents.delete(SESSIONS, tombstone.id)
            await self._cascade.session(tombstone.user_id, tombstone.id)
            await self._owners.tell(tombstone.id, Command(kind="deleted"))
            with suppress(Conflict):  # another process is at it too, or it was deleted again
                cleared.append(await self._documents.replace(TOMBSTONES, tombstone))
        return cleared

    async def finished(self, cleared: Sequence[TombstoneDocument]) -> None:
        """Note that nothing is left of these deletions, unless one was made again meanwhile."""
        for tombstone in cleared:
            newest: TombstoneDocument | None = tombstone
            while newest is not None and newest.deleted_at == tombstone.deleted_at:
                with suppress(Conflict):
                    done = structs.replace(newest, finished=True)
                    await self._documents.replace(TOMBSTONES, done)
                    break
                newest = await self._documents.get(TOMBSTONES, tombstone.id)

    async def forget_private(self) -> None:
        """Delete private sessions that have closed of themselves, some at a time."""
        if self._owners.draining or not self._life.ttl:
            return
        now = self._clock.now()
        for session in await self._documents.find(
            SESSIONS,
            "private",
            {"private": True},
            bounds=Range(lte=now - self._life.ttl),
            limit=_FINISH_AT_ONCE,
        ):
            if self._life.gone(session, now):
                await self.erase(session.user_id, session.id)

    async def _bury(self, user_id: str, session_id: str) -> None:
        """Write the session's tombstone, anew when a deletion was cut off."""
        now = self._clock.now()
        tombstone = TombstoneDocument(
            id=session_id,
            user_id=user_id,
            deleted_at=now,
            expires_at=now + timedelta(days=TOMBSTONE_DAYS),
        )
        try:
            await self._documents.insert(TOMBSTONES, tombstone)
        except Duplicate:
            old = await self._documents.get(TOMBSTONES, session_id)
            version = old.version if old else 1
            with suppress(Conflict):  # somebody else just did
                await self._documents.replace(
                    TOMBSTONES, structs.replace(tombstone, version=version)
                )
