"""Accounts that have ended, erased or merged: no token or key opens them, in any process."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, TypeVar

from sessions.clock import Clock
from sessions.merging.documents import MERGES, MergeDocument, merge_id
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Collection, Documents, Range

from .documents import ERASURES, ErasureDocument

__all__ = ["Ended", "Why"]

T = TypeVar("T", ErasureDocument, MergeDocument)
_PAGE = 500
_OVERLAP = timedelta(seconds=60)
_LATELY = timedelta(days=1)
# younger merges than this are among those that are known
_ASKED_AGAIN = timedelta(hours=1)
_MOST_ASKED = 1000
Why: TypeAlias = Literal["erased", "merged"]
Told: TypeAlias = Callable[[str, Why], None]


class Ended:
    """Knows ended accounts by their pseudonyms; `refresh` takes over what other processes ended.

    Those who `listen` are told the user id once, while it is known, and why. Visitors who were
    merged are known for a day, since their access tokens live for minutes; of keys, which live for
    up to a year, `was_merged` asks the documents.
    """

    def __init__(self, *, documents: Documents, names: Pseudonyms, clock: Clock) -> None:
        self._documents = documents
        self._names = names
        self._clock = clock
        self._erased: set[str] = set()
        self._merged: dict[str, datetime] = {}
        self._asked: dict[str, tuple[bool, datetime]] = {}
        self._upto: dict[Why, datetime] = {}
        self._listeners: list[Told] = []

    def listen(self, told: Told) -> None:
        """Call `told` with the id of each user whose account ends from now on."""
        self._listeners.append(told)

    def holds(self, user_id: str) -> bool:
        """Tell whether the account has ended."""
        return self.why(user_id) is not None

    def why(self, user_id: str) -> Why | None:
        """Return why the account has ended, None while it has not."""
        if not self._erased and not self._merged:
            return None
        name = self._names.user(user_id)
        if name in self._erased:
            return "erased"
        return "merged" if name in self._merged else None

    async def was_merged(self, user_id: str) -> bool:
        """Tell whether the account was ever merged, as long as a key to it may live.

        The documents are asked once an hour. Raises StoreUnavailable.
        """
        name, now = self._names.user(user_id), self._clock.now()
        known = self._asked.get(name)
        if known is None or known[1] <= now:
            while len(self._asked) >= _MOST_ASKED:
                del self._asked[next(iter(self._asked))]
            merged = await self._documents.get(MERGES, merge_id(name)) is not None
            known = self._asked[name] = (merged, now + _ASKED_AGAIN)
        return known[0] or name in self._merged

    def end(self, erasure: ErasureDocument) -> None:
        """Know of an account's erasure."""
        if not self._erased.issuperset(erasure.subject):
            self._erased.update(erasure.subject)
            self._tell(erasure.user_id, "erased")

    def end_merged(self, merge: MergeDocument) -> None:
        """Know of a visitor's merge."""
        if merge.subject not in self._merged:
            self._merged[merge.subject] = merge.asked_at
            self._tell(merge.visitor, "merged")

    def _tell(self, user_id: str, why: Why) -> None:
        if user_id:
            for told in self._listeners:
                told(user_id, why)

    async def refresh(self) -> None:
        """Read what is new since the last time, all of it at first; raises StoreUnavailable."""
        await self._read(ERASURES, "account", "erased", self.end)
        old = self._clock.now() - _LATELY
        self._upto["merged"] = max(old, self._upto.get("merged", old))
        await self._read(MERGES, "merge", "merged", self.end_merged)
        for subject, asked_at in list(self._merged.items()):
            if asked_at >= old - _OVERLAP:
                break
            del self._merged[subject]

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
