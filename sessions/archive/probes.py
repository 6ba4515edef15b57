"""What is written to learn whether anything can be."""

from datetime import datetime

from sessions.stores.documents import Collection, Document

__all__ = [
    "PROBES",
    "ProbeDocument",
]


class ProbeDocument(Document, frozen=True, kw_only=True):
    """Written to learn whether the documents can be written."""

    at: datetime


PROBES = Collection(name="probes", type=ProbeDocument)
