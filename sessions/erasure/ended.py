"""Accounts that have ended, erased or merged: no token or key opens them, in any process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, TypeVar

from sessions.merging.documents import MERGES, MergeDocument
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Collection, Documents, Range

from .documents import ERASURES, ErasureDocument

__all__ = ["Ended", "Why"]

T = TypeVar("T", ErasureDocument, MergeDocument)
_PAGE = 500
_OVERLAP = timedelta(seconds=60)
Why: TypeAlias = Literal["erased", "merged"]
Told: TypeAlias = Callable[[str, Why], None]


class Ended:
    """Knows ended accounts by their pseudonyms; `refresh` takes over what other processes ended.

    Those who `listen` are told the user id once, while it is known, and why.
    """

    def __init__(self, *, documents: Documents, names: Pseudonyms) -> None:
        self._documents = documents
        self._names = names
        self._ended: set[str] = set()
        self._upto: dict[Why, datetime] = {}
        self._listeners: list[Told] = []

    def listen(self, told: Told) -> None:
        """Call `told` with the id of each user whose account ends from now on."""
        self._listeners.append(told)

    def holds(self, user_id: str) -> bool:
        """Tell whether the account has ended."""
        return bool(self._ended) and self._names.user(user_id) in self._ended

    def end(self, erasure: ErasureDocument) -> None:
        """Know of an account's erasure."""
        self._end(erasure.subject, erasure.user_id, "erased")

    def end_merged(self, merge: MergeDocument) -> None:
        """Know of a visitor's merge."""
        self._end(merge.subject, merge.visitor, "merged")

    def _end(self, subject: tuple[str, ...], user_id: str, why: Why) -> None:
        if self._ended.issuperset(subject):
            return
        self._ended.update(subject)
        if user_id:
            for told in self._listeners:
                told(user_id, why)

    async def refresh(self) -> None:
        """Read what is new since the last time, all of it at first; raises StoreUnavailable."""
        await self._read(ERASURES, "account", "erased", self.end)
        await self._read(MERGES, "merge", "merged", self.end_merged)

    async def _read(
        self, collection: Collection[T], kind: str, why: Why, know: Callable[[T], None]
    ) -> None:
        limit = _PAGE
        while True:
            before = self._upto.get(why)
            # another process's clock may be behind
            after = before - _OVERLAP if before else None
            found = await self._documents.find(
                collection, "by_kind", {"kind": kind}, bounds=Range(gte=after), limit=limit
            )
            for each in found:
                know(each)
            if found:
                self._upto[why] = found[-1].asked_at
            if len(found) < limit:
                return
            # those of one moment may be more than a page
            limit = _PAGE if self._upto.get(why) != before else 2 * limit
