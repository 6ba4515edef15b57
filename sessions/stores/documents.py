"""The port to documents: all truth of the product, one Struct a document, indexes beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

__all__ = ["Collection", "Document", "Documents", "Index", "Range", "UniqueKey"]


class Document(Struct, frozen=True, kw_only=True):
    """A stored value; `version` starts at 1 and grows by 1 with every replace."""

    id: str
    version: int = 1


T = TypeVar("T", bound=Document)


class UniqueKey(Struct, frozen=True, kw_only=True):
    """Fields that together name at most one document.

    When the last field is a list, each of its elements counts by itself.
    """

    name: str
    fields: tuple[str, ...]


class Index(Struct, frozen=True, kw_only=True):
    """Fields a `find` or `claim` uses: those it equals first, then the one it orders by.

    `serves` says which query needs it.
    """

    name: str
    fields: tuple[str, ...]
    serves: str


class Collection(Struct, Generic[T], frozen=True, kw_only=True):
    """A named set of documents of one type.

    `expires` names a datetime field after which the store may remove a document; None keeps it.
    """

    name: str
    type: type[T]
    unique: tuple[UniqueKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    expires: str | None = None

    def index(self, name: str) -> Index:
        """Return the declared index `name`; raises KeyError."""
        for index in self.indexes:
            if index.name == name:
                return index
        raise KeyError(f"{self.name} declares no index {name}")


class Range(Struct, frozen=True, kw_only=True):
    """Bounds on the index's last field; None leaves a side open."""

    gt: Any = None
    gte: Any = None
    lt: Any = None
    lte: Any = None


class Documents(Protocol):
    """All truth of the product.

    Every write is durable when it returns; all methods raise StoreUnavailable.
    """

    async def insert(self, collection: Collection[T], document: T) -> None:
        """Store a new document; raises Duplicate when its id or a unique key is taken."""
        ...

    async def get(self, collection: Collection[T], document_id: str) -> T | None:
        """Return one document, or None."""
        ...

    async def find(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        bounds: Range | None = None,
        descending: bool = False,
        limit: int = 100,
    ) -> list[T]:
        """Return documents along a declared index, ordered by its last field and then by id.

        `equals` names values for the index's leading fields (an element, when the stored field
        is a list).
        Datetimes are compared as datetimes. To go on, bound the last field by the last value seen.
        """
        ...

    async def replace(self, collection: Collection[T], document: T) -> T:
        """Store `document` if its version is still the stored one; return it with the next one.

        Raises Conflict when it changed or is gone, Duplicate when a unique key is taken.
        """
        ...

    async def claim(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, Any],
        *,
        now: datetime,
        until: datetime,
        limit: int,
    ) -> list[T]:
        """Atomically lease documents due at `now` and return them.

        The index's last field (a datetime, due when at or before `now`) moves to `until`.

        No two callers get the same document before `until`; its version grows by 1.
        """
        ...

    async def delete(self, collection: Collection[T], document_id: str) -> bool:
        """Remove one document; tell whether it was there."""
        ...
