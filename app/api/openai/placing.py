"""Which session a request belongs to, and whether it was made before."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_hex

from msgspec import Struct

from schemas.frames import Regenerate, Send
from sessions.bookmarks import Bookmarks
from sessions.exchanges import Conversed
from sessions.ids import session_id_of
from sessions.threads import Place, Threads

__all__ = ["Attempt", "Placing", "attempt_of"]

_KEEP = timedelta(days=1)


class Attempt(Struct, frozen=True, kw_only=True):
    """What tells a request that is made again from a new one that looks the same.

    `mark` None: nothing does. `again` says that the client made it before.
    """

    mark: str | None
    again: bool


def attempt_of(key: str | None, retries: str | None, body: bytes) -> Attempt:
    """Return what the headers Idempotency-Key and X-Stainless-Retry-Count say of a request.

    OpenAI's SDKs send no key of their own, but count their retries.
    """
    if key:
        return Attempt(mark=f"key {key}", again=True)
    if retries is None:
        return Attempt(mark=None, again=False)
    return Attempt(mark=f"body {sha256(body).hexdigest()}", again=retries.strip() != "0")


class Placing:
    """Finds the session of a request and what to do in it; raises StoreUnavailable."""

    def __init__(self, threads: Threads, bookmarks: Bookmarks) -> None:
        self._threads = threads
        self._bookmarks = bookmarks

    async def place(
        self,
        user_id: str,
        said: Conversed,
        *,
        name: str | None,
        persona: str | None,
        attempt: Attempt,
    ) -> Send | Regenerate:
        """Return what to say where, or which turn to make again for the words it answers.

        In a session with a name only the user's last message is new: the rest is known there.
        Raises NotFound when `name` is no session of the user's.
        """
        text = said.unanswered[-1] if name else said.text
        client_msg_id, place = await self._before(user_id, attempt)
        if place is None:
            place = await self._place(user_id, said, name, client_msg_id, text)
        session_id = place.session_id if place else None
        if attempt.mark is not None:
            await self._bookmarks.put(
                user_id,
                "request",
                attempt.mark,
                session_id=session_id or session_id_of(user_id, client_msg_id),
                client_msg_id=client_msg_id,
                keep=_KEEP,
            )
        if place is not None and place.again is not None:
            return Regenerate(
                session_id=place.session_id,
                turn_id=place.again,
                client_msg_id=client_msg_id,
                persona=persona,
            )
        return Send(
            client_msg_id=client_msg_id,
            text=text,
            session_id=session_id,
            persona=persona,
            policy="queue",
        )

    async def _before(self, user_id: str, attempt: Attempt) -> tuple[str, Place | None]:
        """Return the client_msg_id, and where this request went when it was made before.

        A turn that has failed is made again, unless somebody waits for another answer.
        """
        fresh = f"o-{token_hex(12)}"
        if attempt.mark is None or not attempt.again:
            return fresh, None
        found = await self._bookmarks.find(user_id, "request", attempt.mark)
        if found is None:
            return fresh, None
        turn = await self._threads.turn_of(found.session_id, found.client_msg_id)
        if turn is None:
            return found.client_msg_id, None
        if turn.failure is None:
            return found.client_msg_id, Place(session_id=found.session_id)
        waits = await self._threads.waits(found.session_id)
        return fresh, Place(session_id=found.session_id, again=None if waits else turn.id)

    async def _place(
        self, user_id: str, said: Conversed, name: str | None, client_msg_id: str, text: str
    ) -> Place | None:
        """Return the session a request belongs to, None for one that its `send` makes."""
        exchanges = said.exchanges
        if not name and not exchanges:
            return None
        if not name:
            found = await self._threads.continued(user_id, exchanges, text)
            begun = self._threads.begun
            return found or Place(session_id=await begun(user_id, client_msg_id, exchanges))
        session_id = await self._threads.named(user_id, name, text=text)
        place = (
            await self._threads.place(user_id, session_id, exchanges, text) if exchanges else None
        )
        return place or Place(session_id=session_id)
