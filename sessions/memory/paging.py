"""Reading all that an index finds, page by page."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from msgspec import structs

from sessions.stores.documents import Collection, Document, Documents, Range

__all__ = ["everything"]

T = TypeVar("T", bound=Document)
_PAGE = 500


async def everything(
    documents: Documents,
    collection: Collection[T],
    index: str,
    equals: Mapping[str, Any],
    *,
    within: Range | None = None,
    page: int = _PAGE,
) -> AsyncIterator[T]:
    """Yield all documents along an index, `within` bounds, each once; raises StoreUnavailable.

    More than `page` that are equal in the index's last field are read in one go.
    """
    last = collection.index(index).fields[-1]
    bounds = within
    seen: set[str] = set()
    limit = page
    while True:
        found = await documents.find(collection, index, equals, bounds=bounds, limit=limit)
        fresh = [each for each in found if each.id not in seen]
        for each in fresh:
            yield each
        if len(found) < limit:
            return
        limit = page if fresh else 2 * limit
        seen = {each.id for each in found} | (set() if fresh else seen)
        bounds = structs.replace(within or Range(), gt=None, gte=getattr(found[-1], last))
