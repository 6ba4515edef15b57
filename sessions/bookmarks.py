"""Where clients that know no session ids left off: found by what such a client does know."""

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import structs

from sessions.archive import BOOKMARKS, BookmarkDocument
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents

__all__ = ["CLOSED", "Bookmarks", "bookmark_id"]

# the kind of one that says that a session takes no more turns; it goes with its session
CLOSED = "closed"


class Bookmarks:
    """Sessions by a hash of the user and what a client says of them; raises StoreUnavailable.

    A bookmark holds nobody's words and ends by itself. What it names may have been deleted.
    """

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def find(self, user_id: str, kind: str, mark: str) -> BookmarkDocument | None:
        """Return the user's bookmark for a mark, unless it has ended."""
        found = await self._documents.get(BOOKMARKS, bookmark_id(user_id, kind, mark))
        return found if found is not None and found.expires_at > self._clock.now() else None

    async def put(
        self,
        user_id: str,
        kind: str,
        mark: str,
        *,
        session_id: str,
        client_msg_id: str = "",
        digest: str = "",
        keep: timedelta,
        over: bool = True,
        again: bool = False,
        since: datetime | None = None,
    ) -> BookmarkDocument:
        """Set a bookmark for `keep`, over one of the same mark; return the one there is now.

        Of several that are set at once with `over` false, one stays and all are told of it; so does
        one that was set with `again` after `since`.
        """
        now = self._clock.now()
        bookmark = BookmarkDocument(
            id=bookmark_id(user_id, kind, mark),
            session_id=session_id,
            client_msg_id=client_msg_id,
            digest=digest,
            expires_at=now + keep,
            again=again,
        )
        while True:
            stored = await self._documents.get(BOOKMARKS, bookmark.id)
            if stored is not None and stored.expires_at > now:
                overtook = since is not None and stored.again and stored.expires_at - keep >= since
                if overtook or not over:
                    return stored
            try:
                if stored is None:
                    await self._documents.insert(BOOKMARKS, bookmark)
                    return bookmark
                newer = structs.replace(bookmark, version=stored.version)
                return await self._documents.replace(BOOKMARKS, newer)
            except (Conflict, Duplicate):
                continue

    async def drop(self, user_id: str, kind: str, mark: str) -> None:
        """Remove the user's bookmark for a mark, if there is one."""
        if await self.find(user_id, kind, mark) is not None:
            await self._documents.delete(BOOKMARKS, bookmark_id(user_id, kind, mark))


def bookmark_id(user_id: str, kind: str, mark: str) -> str:
    """Return the id of the user's bookmark for a mark."""
    return sha256("\0".join((user_id, kind, mark)).encode()).hexdigest()
