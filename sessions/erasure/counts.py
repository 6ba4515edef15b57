"""Counting what was removed, by store and kind of thing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from .documents import Removed

__all__ = ["DOCUMENTS", "Counts", "added", "of_documents"]

Counts: TypeAlias = Counter[tuple[str, str]]
DOCUMENTS = "documents"


def of_documents(counts: Mapping[str, int]) -> Counts:
    """Return counts by collection as counts of the document store."""
    return Counter({(DOCUMENTS, name): count for name, count in counts.items() if count})


def added(removed: Iterable[Removed], counts: Counts) -> tuple[Removed, ...]:
    """Return what was removed so far with `counts` added, in order."""
    total = Counter({(each.store, each.what): each.count for each in removed}) + counts
    return tuple(
        Removed(store=store, what=what, count=count)
        for (store, what), count in sorted(total.items())
    )
