"""Where clients that know no session ids left off."""

from datetime import datetime

from sessions.stores.documents import Collection, Document, Index

__all__ = [
    "BOOKMARKS",
    "BookmarkDocument",
]


class BookmarkDocument(Document, frozen=True, kw_only=True):
    """Where a client that knows no session ids left off; the id is a hash of what it does know.

    `digest` tells one request from another that came with the same key, `again` says that a retry
    set it.
    """

    session_id: str
    client_msg_id: str
    expires_at: datetime
    digest: str = ""
    again: bool = False


BOOKMARKS = Collection(
    name="bookmarks",
    type=BookmarkDocument,
    indexes=(
        Index(
            name="by_session",
            fields=("session_id", "expires_at"),
            serves="bookmarks that go with a session",
        ),
    ),
    expires="expires_at",
)
