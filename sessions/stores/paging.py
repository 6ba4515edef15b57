"""Reading along an index beyond one `find`: all that is there, or a page from a cursor on."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from msgspec import structs

from .cursors import Cursor
from .documents import Collection, Document, Documents, Range

__all__ = ["everything", "newest_page"]

T = TypeVar("T", bound=Document)
_PAGE = 500


async def everything(
    documents: Documents,
    collection: Collection[T],
    index: str,
    equals: Mapping[str, Any],
    *,
    within: Range | None = None,
    descending: bool = False,
    after: Cursor | None = None,
    page: int = _PAGE,
) -> AsyncGenerator[T, None]:
    """Yield all documents along an index, `within` bounds, each once; raises StoreUnavailable.

    With a cursor, only those that come after it. More than `page` that are equal in the index's
    last field are read in one go.
    """
    last = collection.index(index).fields[-1]
    bounds = _from(within, after.at, descending=descending) if after else within
    seen: set[str] = set()
    limit = page
    while True:
        found = await documents.find(
            collection, index, equals, bounds=bounds, descending=descending, limit=limit
        )
        fresh = [each for each in found if each.id not in seen]
        for each in fresh:
            if after is None or _comes_after(each, last, after, descending=descending):
                yield each
        if len(found) < limit:
            return
        limit = page if fresh else 2 * limit
        seen = {each.id for each in found} | (set() if fresh else seen)
        bounds = _from(within, getattr(found[-1], last), descending=descending)


async def newest_page(
    documents: Documents,
    collection: Collection[T],
    index: str,
    equals: Mapping[str, Any],
    *,
    before: Cursor | None,
    limit: int,
) -> tuple[list[T], Cursor | None]:
    """Return up to `limit` documents from before a cursor, the newest first, and where it goes on.

    That is None when there are no more. The index is ordered by a time. Raises StoreUnavailable.
    """
    found: list[T] = []
    # the cursor's own document comes again, and one more says whether the list goes on
    read = everything(
        documents, collection, index, equals, descending=True, after=before, page=limit + 2
    )
    async with aclosing(read):
        async for each in read:
            found.append(each)
            if len(found) > limit:
                break
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    at = getattr(end, collection.index(index).fields[-1])
    return found[:limit], Cursor(at=at, id=end.id)


def _from(within: Range | None, value: Any, *, descending: bool) -> Range:
    if descending:
        return structs.replace(within or Range(), lt=None, lte=value)
    return structs.replace(within or Range(), gt=None, gte=value)


def _comes_after(document: Document, field: str, cursor: Cursor, *, descending: bool) -> bool:
    place, end = (getattr(document, field), document.id), (cursor.at, cursor.id)
    return place < end if descending else place > end
