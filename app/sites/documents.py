"""What is stored of sites."""

from datetime import datetime

from sessions.stores.documents import Collection, Document, Index

__all__ = ["SITES", "SiteDocument"]


class SiteDocument(Document, frozen=True, kw_only=True):
    """A site under its public key, with patterns of the origins its pages have.

    `salt` makes its secret, which is stored nowhere.
    """

    name: str
    origins: tuple[str, ...]
    created_at: datetime
    salt: str = ""
    kind: str = "site"


SITES = Collection(
    name="sites",
    type=SiteDocument,
    indexes=(Index(name="by_age", fields=("kind", "created_at"), serves="listing all sites"),),
)
