"""What changed for a user since a token: for an app that wakes up after a week."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from schemas.resources import SyncedSession, SyncPage
from sessions.archive import SESSIONS, TOMBSTONES, TURNS, SessionDocument, TurnDocument
from sessions.branches import load_forks, load_shown, siblings
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.stores.documents import Collection, Document, Documents, Range
from sessions.stores.keys import from_micros, to_micros
from sessions.tally import load_uncounted, tallied
from sessions.views import message_views, session_view

__all__ = ["TOMBSTONE_DAYS", "Sync", "read_token", "token_of"]

TOMBSTONE_DAYS = 90
T = TypeVar("T", bound=Document)
_LIMIT = 200
_SHOWN = 50
_PREFIX = "1-"


class _Page(Struct, frozen=True, kw_only=True):
    sessions: list[SessionDocument]
    turns: list[TurnDocument]
    deleted: list[str]
    ends: list[datetime]


def token_of(moment: datetime) -> str:
    """Return the token that asks for what changed from `moment` on."""
    return f"{_PREFIX}{to_micros(moment):x}"


def read_token(token: str) -> datetime:
    """Return the moment a token stands for; raises BadRequest."""
    prefix, digits = token[: len(_PREFIX)], token[len(_PREFIX) :]
    try:
        if prefix != _PREFIX or not digits.isascii() or not digits.isalnum() or len(digits) > 16:
            raise ValueError(token)
        return from_micros(int(digits, 16))
    except (ValueError, OverflowError):
        raise BadRequest("since: this is no token of ours") from None


class Sync:
    """Reads changes by the time they were made.

    A token lies `overlap_s` back, because another process's clock may be behind and a write may
    become visible late: what changed just now comes twice rather than never.
    """

    def __init__(
        self, *, documents: Documents, clock: Clock, overlap_s: float = 10, limit: int = _LIMIT
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._overlap = timedelta(seconds=overlap_s)
        self._limit = limit

    async def page(self, user_id: str, since: str | None) -> SyncPage:
        """Return changes from a token on (None: everything), oldest first, a page at a time.

        Raises BadRequest, StoreUnavailable.
        """
        now = self._clock.now()
        position = read_token(since) if since else None
        reset = position is not None and position < now - timedelta(days=TOMBSTONE_DAYS - 1)
        position = None if reset else position
        page = await self._read(user_id, position)
        return SyncPage(
            sessions=tuple(await self._synced(page)),
            deleted=tuple(page.deleted),
            next=token_of(self._next(page.ends, position, now - self._overlap)),
            more=bool(page.ends),
            reset=reset,
        )

    @staticmethod
    def _next(ends: Sequence[datetime], position: datetime | None, caught_up: datetime) -> datetime:
        start = position or datetime(1970, 1, 1, tzinfo=UTC)
        if not ends:
            return max(start, caught_up)
        return max(min(ends), start + timedelta(microseconds=1))

    async def _read(self, user_id: str, position: datetime | None) -> _Page:
        user = {"user_id": user_id}
        sessions, ended, running, tombstones = await asyncio.gather(
            self._since(SESSIONS, "changed", user, position),
            self._since(TURNS, "open_of_user", user | {"open": False}, position),
            self._since(TURNS, "open_of_user", user | {"open": True}, position),
            self._since(TOMBSTONES, "by_user", user, position),
        )
        lasts = (
            (sessions, [each.changed_at for each in sessions]),
            (ended, [each.updated_at for each in ended]),
            (running, [each.updated_at for each in running]),
            (tombstones, [each.deleted_at for each in tombstones]),
        )
        return _Page(
            sessions=sessions,
            turns=ended + running,
            deleted=[each.id for each in tombstones],
            ends=[times[-1] for found, times in lasts if len(found) == self._limit],
        )

    async def _since(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, object],
        position: datetime | None,
    ) -> list[T]:
        return await self._documents.find(
            collection, index, equals, bounds=Range(gte=position), limit=self._limit
        )

    async def _synced(self, page: _Page) -> Iterable[SyncedSession]:
        turns: defaultdict[str, list[TurnDocument]] = defaultdict(list)
        for turn in page.turns:
            turns[turn.session_id].append(turn)
        known = {session.id: session for session in page.sessions}
        others = [session_id for session_id in turns if session_id not in known]
        found = await asyncio.gather(
            *(self._documents.get(SESSIONS, session_id) for session_id in others)
        )
        sessions = [*known.values(), *(session for session in found if session is not None)]
        return await asyncio.gather(*(self._session(each, turns[each.id]) for each in sessions))

    async def _session(
        self, session: SessionDocument, changed: list[TurnDocument]
    ) -> SyncedSession:
        replaces = session.branched_at is not None
        if replaces:
            changed = await load_shown(self._documents, session, limit=_SHOWN)
        forks = await load_forks(self._documents, session)
        changed.sort(key=lambda turn: turn.number)
        counted = tallied(session, await load_uncounted(self._documents, session))
        return SyncedSession(
            session=session_view(counted, running=any(turn.open for turn in changed)),
            messages=message_views(changed, siblings=siblings(changed, forks)),
            replaces=replaces,
        )
