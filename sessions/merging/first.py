"""Which session a first message makes, or made when its sender was a visitor yet."""

from sessions.archive import SESSIONS, TOMBSTONES
from sessions.errors import Overloaded
from sessions.ids import session_id_of
from sessions.stores.documents import Documents

from .documents import MERGES

__all__ = ["first_session_id"]

_MOST_MERGES = 20
_MOVED_IN_MS = 1_000


async def first_session_id(documents: Documents, user_id: str, client_msg_id: str) -> str:
    """Return the id of the session of a first message, the same at every resend.

    Who signs in while an ack is on its way resends as somebody else. Raises Overloaded while
    that session is still to become theirs, and StoreUnavailable.
    """
    for merge in await documents.find(
        MERGES, "by_user", {"user_id": user_id}, descending=True, limit=_MOST_MERGES
    ):
        before = session_id_of(merge.visitor, client_msg_id)
        made = await documents.get(SESSIONS, before) or await documents.get(TOMBSTONES, before)
        if made is None:
            continue
        if made.user_id == user_id:
            return before
        if merge.open and made.user_id == merge.visitor:
            raise Overloaded("its session is about to be yours", retry_after_ms=_MOVED_IN_MS)
    return session_id_of(user_id, client_msg_id)
