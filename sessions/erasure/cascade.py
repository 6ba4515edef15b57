"""What goes with a turn, a session and a user, wherever it is kept in the documents."""

import asyncio
from collections import Counter
from collections.abc import Collection as Many
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any, TypeVar

from msgspec import structs

from sessions.archive import (
    ADVICE,
    BOOKMARKS,
    REFRESH_TOKENS,
    SPENDING,
    TOMBSTONES,
    TURNS,
    USERS,
    TurnDocument,
)
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.merging.documents import IDENTITIES, MERGES, MergeDocument
from sessions.profiles.documents import CHOICES, PROFILES
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Collection, Document, Documents
from sessions.stores.paging import everything

from .counts import Counts, of_documents
from .ports import MemoryForgets, PushForgets

__all__ = ["Cascade"]

T = TypeVar("T", bound=Document)
_PAGE = 200


class Cascade:
    """Deletes what belongs to something that is deleted; again it finds nothing.

    Turns go before what was learned from them: who remembers or indexes a turn looks, after
    writing, whether it is still there. All methods raise StoreUnavailable.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        names: Pseudonyms,
        memory: MemoryForgets | None = None,
        push: PushForgets | None = None,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names
        self._memory = memory
        self._push = push

    async def session(self, user_id: str, session_id: str) -> Counts:
        """Delete all that was said in a session and what came of it."""
        counts: Counts = Counter()
        while turns := await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, limit=_PAGE
        ):
            counts += await self.turns(user_id, turns)
        if self._memory is not None:
            counts += of_documents(await self._memory.forget_session(user_id, session_id))
        if self._push is not None:
            counts += of_documents(await self._push.forget_session(user_id, session_id))
        bookmarks = await self._all(BOOKMARKS, "by_session", {"session_id": session_id})
        return counts + bookmarks

    async def turns(self, user_id: str, turns: Sequence[TurnDocument]) -> Counts:
        """Delete turns and how their personas were chosen."""
        ids = [turn.id for turn in turns]
        # once before, because a cut after the turns leaves nobody who knows their ids
        counts = await self._choices(user_id, ids)
        counts += await self._each(TURNS, ids)
        return counts + await self._choices(user_id, ids)

    async def learned(
        self, user_id: str, turn_ids: Sequence[str], *, staying: Many[str] = ()
    ) -> Counts:
        """Delete what was learned from turns: choices, evidence, facts, places in the index.

        Facts from messages with ids in `staying` remain.
        """
        counts = await self._choices(user_id, turn_ids)
        if self._memory is not None:
            gone = await self._memory.forget_turns(user_id, turn_ids, staying=staying)
            counts += of_documents(gone)
        return counts

    async def read_again(self, turns: Sequence[TurnDocument]) -> None:
        """Have turns indexed anew that were read together with what is gone."""
        if self._memory is not None:
            await self._memory.read_again(turns)

    async def take_back(self, user_id: str, session_id: str, numbers: Set[int]) -> None:
        """Have devices tell no more of what these turns said."""
        if self._push is not None:
            await self._push.take_back(user_id, session_id, numbers)

    async def _choices(self, user_id: str, turn_ids: Sequence[str]) -> Counts:
        keys = {self._names.turn(each) for each in turn_ids}
        counts = await self._each(CHOICES, keys)
        return counts + await self._evidence(user_id, keys)

    async def orphans(self, user_id: str) -> tuple[Counts, set[str]]:
        """Delete turns of a user whose session is gone; return the ids of their sessions too."""
        counts: Counts = Counter()
        sessions: set[str] = set()
        for is_open in (True, False):
            while turns := await self._documents.find(
                TURNS, "open_of_user", {"user_id": user_id, "open": is_open}, limit=_PAGE
            ):
                sessions |= {turn.session_id for turn in turns}
                counts += await self.turns(user_id, turns)
        return counts, sessions

    async def devices(self, user_id: str) -> Counts:
        """Delete where a user is told of things, and all that is or was to be told."""
        if self._push is None:
            return Counter()
        return of_documents(await self._push.forget_user(user_id))

    async def user(self, user_id: str) -> Counts:
        """Delete what is kept of a user beside sessions, preferences and tombstones."""
        counts: Counts = Counter()
        if self._memory is not None:
            counts += of_documents(await self._memory.forget_user(user_id))
        # what was registered or written since it went first
        counts += await self.devices(user_id)
        today = self._clock.now().astimezone(UTC).date()
        days = [(today + timedelta(days=each)).isoformat() for each in (-1, 0, 1)]
        counts += await self._each(SPENDING, [f"{user_id}:{day}" for day in days])
        counts += await self._all(REFRESH_TOKENS, "by_user", {"user_id": user_id})
        counts += await self._all(IDENTITIES, "by_user", {"user_id": user_id})
        merges = everything(self._documents, MERGES, "by_user", {"user_id": user_id})
        # one that is open still has to find what is left of its visitor
        counts += await self._unname([each async for each in merges if not each.open])
        return counts + await self._each(USERS, [user_id])

    async def _unname(self, merges: Iterable[MergeDocument]) -> Counts:
        """Leave of merges that a key to the visitor opens nothing, and not whose it became."""
        count = 0
        for each in merges:
            bare = structs.replace(
                each, kind="ended", visitor="", user_id="", site="", origin="", moved=(), dropped=()
            )
            with suppress(Conflict):  # the second look finds it again
                await self._documents.replace(MERGES, bare)
                count += 1
        return of_documents({MERGES.name: count})

    async def preferences(self, user_id: str) -> Counts:
        """Delete what was learned of a user's preferences; the profile goes first of it."""
        name = self._names.user(user_id)
        counts = await self._each(PROFILES, [name])
        counts += await self._all(CHOICES, "by_user", {"user": name})
        return counts + await self._all(ADVICE, "by_user", {"user": name})

    async def tombstones(self, user_id: str) -> Counts:
        """Delete the tombstones of a user whom no device belongs to any more."""
        return await self._all(TOMBSTONES, "by_user", {"user_id": user_id})

    async def _evidence(self, user_id: str, keys: Many[str]) -> Counts:
        while (
            profile := await self._documents.get(PROFILES, self._names.user(user_id))
        ) is not None:
            kept = tuple(each for each in profile.evidence if each.key not in keys)
            if gone := len(profile.evidence) - len(kept):
                try:
                    await self._documents.replace(PROFILES, structs.replace(profile, evidence=kept))
                except Conflict:
                    continue
            return of_documents({"evidence": gone})
        return Counter()

    async def _each(self, collection: Collection[T], ids: Iterable[str]) -> Counts:
        """Delete documents together, so that they share a sync of the store."""
        gone = await asyncio.gather(*(self._documents.delete(collection, each) for each in ids))
        return of_documents({collection.name: sum(gone)})

    async def _all(
        self, collection: Collection[T], index: str, equals: Mapping[str, Any]
    ) -> Counts:
        counts: Counts = Counter()
        while found := await self._documents.find(collection, index, equals, limit=_PAGE):
            counts += await self._each(collection, [each.id for each in found])
        return counts
