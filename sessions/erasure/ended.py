"""Accounts that were erased: no token or key opens them again, in any process."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents, Range

from .documents import ERASURES, ErasureDocument

__all__ = ["Ended"]

_PAGE = 500
_OVERLAP = timedelta(seconds=60)


class Ended:
    """Knows ended accounts by their pseudonyms; `refresh` takes over what other processes ended.

    Those who `listen` are told the user id once, while it is known.
    """

    def __init__(self, *, documents: Documents, names: Pseudonyms) -> None:
        self._documents = documents
        self._names = names
        self._ended: set[str] = set()
        self._upto: datetime | None = None
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, told: Callable[[str], None]) -> None:
        """Call `told` with the id of each user whose account ends from now on."""
        self._listeners.append(told)

    def holds(self, user_id: str) -> bool:
        """Tell whether the account has ended."""
        return bool(self._ended) and self._names.user(user_id) in self._ended

    def end(self, erasure: ErasureDocument) -> None:
        """Know of an account's erasure."""
        if self._ended.issuperset(erasure.subject):
            return
        self._ended.update(erasure.subject)
        if erasure.user_id:
            for told in self._listeners:
                told(erasure.user_id)

    async def refresh(self) -> None:
        """Read what is new since the last time, all of it at first; raises StoreUnavailable."""
        limit = _PAGE
        while True:
            # another process's clock may be behind
            after = self._upto - _OVERLAP if self._upto else None
            found = await self._documents.find(
                ERASURES, "by_kind", {"kind": "account"}, bounds=Range(gte=after), limit=limit
            )
            for erasure in found:
                self.end(erasure)
            before, self._upto = self._upto, found[-1].asked_at if found else self._upto
            if len(found) < limit:
                return
            # those of one moment may be more than a page
            limit = _PAGE if self._upto != before else 2 * limit
