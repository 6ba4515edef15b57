"""What is kept of users: who they are, how they stay signed in, what they have used."""

from datetime import datetime
from typing import Literal

from sessions.stores.documents import Collection, Document, Index

__all__ = [
    "REFRESH_TOKENS",
    "SPENDING",
    "USERS",
    "RefreshTokenDocument",
    "SpendingDocument",
    "UserDocument",
]


class UserDocument(Document, frozen=True, kw_only=True):
    """Someone who talks: anonymous, at a site's page a visitor, or whom somebody vouched for."""

    created_at: datetime
    kind: Literal["anonymous", "visitor", "known"] = "anonymous"


class RefreshTokenDocument(Document, frozen=True, kw_only=True):
    """A refresh token by its SHA-256 (the id).

    One that was rotated and is shown again ends its whole family, unless nobody made use of what
    it gave, whose `parent` it is; that is `withdrawn` then. One with a `site` is of use to that
    site's pages of its `origin` alone.
    """

    user_id: str
    family: str
    created_at: datetime
    expires_at: datetime
    parent: str = ""
    rotated_at: datetime | None = None
    withdrawn: bool = False
    site: str = ""
    origin: str = ""


class SpendingDocument(Document, frozen=True, kw_only=True):
    """The tokens a user took on one UTC day; `turns` are the last that were counted.

    An answer without a turn has an id of its own among them.
    """

    tokens: int
    turns: tuple[str, ...]
    expires_at: datetime


USERS = Collection(name="users", type=UserDocument)
REFRESH_TOKENS = Collection(
    name="refresh_tokens",
    type=RefreshTokenDocument,
    indexes=(
        Index(
            name="by_family",
            fields=("family", "created_at"),
            serves="ending a stolen token's family",
        ),
        Index(
            name="by_user",
            fields=("user_id", "created_at"),
            serves="ending all tokens of an account that is erased",
        ),
    ),
    expires="expires_at",
)
SPENDING = Collection(name="spending", type=SpendingDocument, expires="expires_at")
