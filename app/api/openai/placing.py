"""Which session a request belongs to, and whether it was made before."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_hex

from msgspec import Struct

from schemas.frames import Send
from sessions.bookmarks import Bookmarks
from sessions.exchanges import Conversed
from sessions.ids import session_id_of
from sessions.threads import Threads

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
    """Makes the `send` of a request; its methods raise StoreUnavailable."""

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
    ) -> Send:
        """Return what to send where; raises NotFound when `name` is no session of the user's.

        In a session with a name only the user's last message is new: the rest is known here.
        """
        text = said.unanswered[-1] if name else said.text
        session_id, client_msg_id = await self._before(user_id, attempt)
        if session_id is None:
            session_id = await self._session(user_id, said, name, client_msg_id)
        if attempt.mark is not None:
            await self._bookmarks.put(
                user_id,
                "request",
                attempt.mark,
                session_id=session_id or session_id_of(user_id, client_msg_id),
                client_msg_id=client_msg_id,
                keep=_KEEP,
            )
        return Send(
            client_msg_id=client_msg_id,
            text=text,
            session_id=session_id,
            persona=persona,
            policy="queue",
        )

    async def _before(self, user_id: str, attempt: Attempt) -> tuple[str | None, str]:
        """Return where this request went when it was made before, and its client_msg_id.

        A message that could not be answered is sent once more, under another id.
        """
        fresh = f"o-{token_hex(12)}"
        if attempt.mark is None or not attempt.again:
            return None, fresh
        found = await self._bookmarks.find(user_id, "request", attempt.mark)
        if found is None:
            return None, fresh
        turn = await self._threads.turn_of(found.session_id, found.client_msg_id)
        if turn is None:
            return None, found.client_msg_id
        return found.session_id, found.client_msg_id if turn.failure is None else fresh

    async def _session(
        self, user_id: str, said: Conversed, name: str | None, client_msg_id: str
    ) -> str | None:
        """Return the session a request belongs to, None for one that its `send` makes."""
        if name:
            return await self._threads.named(user_id, name, text=said.unanswered[-1])
        if not said.exchanges:
            return None
        session_id = await self._threads.continued(user_id, said.exchanges)
        return session_id or await self._threads.begun(user_id, client_msg_id, said.exchanges)
