"""What is stored of merges, and of who users are elsewhere."""

from datetime import datetime

from sessions.erasure.documents import Removed
from sessions.stores.documents import Collection, Document, Index

__all__ = ["IDENTITIES", "MERGES", "IdentityDocument", "MergeDocument", "merge_id"]


class IdentityDocument(Document, frozen=True, kw_only=True):
    """That a user is known to a site or an issuer; the id is a keyed hash of it and its name."""

    user_id: str
    created_at: datetime


class MergeDocument(Document, frozen=True, kw_only=True):
    """That a visitor turned out to be a user: decided when it is stored, and the record of it.

    A visitor came to a site's page, or is the anonymous user of an app (`site` is the issuer then).
    The id is a keyed hash of the visitor, who can be merged once. It is carried on at `next_at`
    while `open`; `moved` counts what became the user's, `dropped` what ended with the visitor.
    `subject` is the visitor's pseudonym: no token opens their account from now on. There are no
    words in it. Of one into an account that was erased only id and subject stay, as kind "ended".
    """

    visitor: str
    user_id: str
    subject: str
    site: str
    origin: str
    asked_at: datetime
    next_at: datetime
    expires_at: datetime
    kind: str = "merge"
    open: bool = True
    moved: tuple[Removed, ...] = ()
    dropped: tuple[Removed, ...] = ()
    moved_at: datetime | None = None
    finished_at: datetime | None = None


def merge_id(subject: str) -> str:
    """Return the id of the merge of the visitor with this pseudonym."""
    return f"mg_{subject.removeprefix('pu_')}"


IDENTITIES = Collection(
    name="identities",
    type=IdentityDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user_id", "created_at"),
            serves="erasing who a user is elsewhere",
        ),
    ),
)
MERGES = Collection(
    name="merges",
    type=MergeDocument,
    indexes=(
        Index(name="due", fields=("open", "next_at"), serves="merges to go on with"),
        Index(
            name="by_kind",
            fields=("kind", "asked_at"),
            serves="visitors who have ended lately, and the record for operators",
        ),
        Index(
            name="by_user",
            fields=("user_id", "asked_at"),
            serves="merges into an account that is erased",
        ),
    ),
    expires="expires_at",
)
