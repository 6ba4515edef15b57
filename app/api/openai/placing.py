"""Which session a request belongs to, and whether it was made before."""

from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex

import msgspec
from msgspec import Struct

from schemas.frames import Regenerate, Send
from sessions.archive import BookmarkDocument, TurnDocument
from sessions.bookmarks import Bookmarks
from sessions.errors import KeyReused, StoreUnavailable
from sessions.exchanges import Conversed
from sessions.ids import session_id_of
from sessions.threads import Place, Threads

__all__ = ["Attempt", "Placing", "attempt_of"]

_KEEP = timedelta(days=1)
# OpenAI's SDKs try three times, ten minutes each
_KEEP_UNKEYED = timedelta(minutes=35)


class Attempt(Struct, frozen=True, kw_only=True):
    """What tells a request that is made again from a new one that looks the same.

    `mark` None: nothing does. `again` says that the client made it before. `digest` is what an
    Idempotency-Key was used for, empty without one. It came at `came`: its retry may overtake it.
    """

    mark: str | None
    again: bool
    digest: str = ""
    came: datetime | None = None

    @property
    def keep(self) -> timedelta:
        """Return how long it is known as made: without a key other requests may look the same."""
        return _KEEP if self.digest else _KEEP_UNKEYED

    def check(self, kept: BookmarkDocument) -> None:
        """Raise KeyReused when the key was used for another request."""
        if self.digest and kept.digest and kept.digest != self.digest:
            raise KeyReused


def attempt_of(
    key: str | None,
    retries: str | None,
    body: bytes,
    *,
    asked: object = None,
    came: datetime | None = None,
) -> Attempt:
    """Return what the headers Idempotency-Key and X-Stainless-Retry-Count say of a request.

    `asked` is all that shapes the turn; how the answer is sent may differ from try to try.
    OpenAI's SDKs send no key of their own, but count their retries.
    """
    digest = sha256(msgspec.json.encode(asked))
    if key:
        return Attempt(mark=f"key {key}", again=True, digest=digest.hexdigest())
    if retries is None:
        return Attempt(mark=None, again=False)
    # which session it is for may stand in a header alone
    digest.update(body)
    mark = f"body {digest.hexdigest()}"
    return Attempt(mark=mark, again=retries.strip() != "0", came=came)


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
        Raises NotFound when `name` is no session of the user's, KeyReused.
        """
        text = said.unanswered[-1] if name else said.text
        before = await self._before(user_id, attempt)
        client_msg_id, place = before or await self._begin(user_id, said, name, text, attempt)
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
            session_id=place.session_id if place else None,
            persona=persona,
            policy="queue",
        )

    async def refused(self, user_id: str, attempt: Attempt) -> None:
        """Know that a request was not taken in: its retry is none of an older one that looks alike.

        One that is still answered may be made again, too, and stays known. Does nothing while the
        documents are away.
        """
        if attempt.mark is None or attempt.again:
            return
        with suppress(StoreUnavailable):
            found = await self._bookmarks.find(user_id, "request", attempt.mark)
            if found is None:
                return
            turn = await self._threads.turn_of(found.session_id, found.client_msg_id)
            if turn is None or not turn.open:
                await self._bookmarks.drop(user_id, "request", attempt.mark)

    async def _before(self, user_id: str, attempt: Attempt) -> tuple[str, Place] | None:
        """Return the client_msg_id and the session of a request that was made before.

        A turn that has failed is made again, unless somebody waits for another answer; its next
        try is known by a client_msg_id of its own, the same to all who make the request again.
        """
        if attempt.mark is None or not attempt.again:
            return None
        found = await self._bookmarks.find(user_id, "request", attempt.mark)
        if found is None:
            return None
        attempt.check(found)
        session_id, client_msg_id = found.session_id, found.client_msg_id
        failed: TurnDocument | None = None
        while turn := await self._threads.turn_of(session_id, client_msg_id):
            if turn.failure is None:
                return client_msg_id, Place(session_id=session_id)
            failed, client_msg_id = turn, _next_try(client_msg_id)
        if failed is None:
            return None
        waits = await self._threads.waits(session_id)
        return client_msg_id, Place(session_id=session_id, again=None if waits else failed.id)

    async def _begin(
        self, user_id: str, said: Conversed, name: str | None, text: str, attempt: Attempt
    ) -> tuple[str, Place | None]:
        """Return the client_msg_id and the place of a request; None: its `send` makes a session.

        Of the same request at once, the bookmark that came first decides both for all.
        """
        place = await self._look(user_id, said, name, text)
        client_msg_id, session_id = await self._marked(user_id, attempt, place)
        if session_id != session_id_of(user_id, client_msg_id):
            same = place is not None and place.session_id == session_id
            return client_msg_id, place if same else Place(session_id=session_id)
        if name or not said.exchanges:
            return client_msg_id, None
        begun = await self._threads.begun(user_id, client_msg_id, said.exchanges)
        return client_msg_id, Place(session_id=begun)

    async def _marked(self, user_id: str, attempt: Attempt, place: Place | None) -> tuple[str, str]:
        """Return the client_msg_id and the session's id, remembered for when it is made again."""
        client_msg_id = f"o-{token_hex(12)}"
        session_id = place.session_id if place else session_id_of(user_id, client_msg_id)
        if attempt.mark is None:
            return client_msg_id, session_id
        kept = await self._bookmarks.put(
            user_id,
            "request",
            attempt.mark,
            session_id=session_id,
            client_msg_id=client_msg_id,
            digest=attempt.digest,
            keep=attempt.keep,
            over=not attempt.again,
            again=attempt.again,
            since=attempt.came,
        )
        attempt.check(kept)
        return kept.client_msg_id, kept.session_id

    async def _look(
        self, user_id: str, said: Conversed, name: str | None, text: str
    ) -> Place | None:
        """Return where a request goes on, None when it needs a session of its own."""
        exchanges = said.exchanges
        if not name:
            return await self._threads.continued(user_id, exchanges, text) if exchanges else None
        session_id = await self._threads.named(user_id, name, text=text)
        place = (
            await self._threads.place(user_id, session_id, exchanges, text) if exchanges else None
        )
        return place or Place(session_id=session_id)


def _next_try(client_msg_id: str) -> str:
    return f"o-{sha256(client_msg_id.encode()).hexdigest()[:24]}"
