"""What changed for a user since a token: for an app that wakes up after a week."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TypeVar

from msgspec import Struct

from schemas.resources import SyncedSession, SyncPage
from sessions.archive import (
    SESSIONS,
    TOMBSTONES,
    TURNS,
    SessionDocument,
    TombstoneDocument,
    TurnDocument,
)
from sessions.branches import load_forks, load_shown, siblings
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.life import Life
from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.shown import ShownMemory
from sessions.stores.documents import Collection, Document, Documents, Range
from sessions.stores.keys import from_micros, to_micros
from sessions.tally import load_uncounted, tallied
from sessions.views import message_views, session_view

__all__ = ["TOMBSTONE_DAYS", "Sync", "read_token", "token_of"]

TOMBSTONE_DAYS = 90
T = TypeVar("T", bound=Document)
R = TypeVar("R")
_LIMIT = 200
_SHOWN = 50
_REPLACED = 20
_PAGE_BYTES = 1024 * 1024
_AT_ONCE = 8
_PREFIX = "1-"


class _Change(Struct, frozen=True, kw_only=True):
    """A session, a turn, a fact or a tombstone, by the time it changed."""

    at: datetime
    session_id: str = ""
    turn: TurnDocument | None = None
    fact: FactDocument | None = None
    deleted: bool = False
    forgotten: str = ""


class _Found(Struct, frozen=True, kw_only=True):
    """Changes, oldest first, up to `end` where more may follow; the sessions they are about.

    `busy` are those that are being answered, since whenever.
    """

    changes: list[_Change]
    sessions: dict[str, SessionDocument]
    busy: frozenset[str]
    end: datetime | None


class _Page(Struct, kw_only=True):
    """What goes into an answer: sessions by id, and their turns; facts, and ids of gone ones."""

    sessions: dict[str, SessionDocument] = {}
    turns: dict[str, list[TurnDocument]] = {}
    deleted: list[str] = []
    facts: list[FactDocument] = []
    forgotten: list[str] = []
    replaced: int = 0
    size: int = 0

    def add(self, session: SessionDocument, turns: Iterable[TurnDocument]) -> None:
        """Take turns of a session."""
        self.sessions[session.id] = session
        fresh = list(turns)
        self.turns.setdefault(session.id, []).extend(fresh)
        self.size += sum(map(_size, fresh))


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
    become visible late: what changed just now comes twice rather than never. A page ends at
    `page_bytes` of text, but for the last session that was taken whole.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        life: Life = Life(),  # noqa: B008 - a frozen value
        overlap_s: float = 10,
        limit: int = _LIMIT,
        page_bytes: int = _PAGE_BYTES,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._life = life
        self._overlap = timedelta(seconds=overlap_s)
        self._limit = limit
        self._page_bytes = page_bytes
        self._memory = ShownMemory(documents)

    async def page(self, user_id: str, since: str | None) -> SyncPage:
        """Return changes from a token on (None: everything), oldest first, a page at a time.

        Raises BadRequest, StoreUnavailable.
        """
        now = self._clock.now()
        position = read_token(since) if since else None
        reset = position is not None and position < now - timedelta(days=TOMBSTONE_DAYS - 1)
        position = None if reset else position
        found = await self._read(user_id, position)
        page, end = await self._filled(found)
        return SyncPage(
            sessions=tuple(await _for_each(page.sessions, partial(self._synced, page, found.busy))),
            deleted=tuple(page.deleted),
            next=token_of(self._next(end, position, now - self._overlap)),
            more=end is not None,
            reset=reset,
            memory=await self._memory.views(page.facts),
            memory_deleted=tuple(page.forgotten),
        )

    @staticmethod
    def _next(end: datetime | None, position: datetime | None, caught_up: datetime) -> datetime:
        start = position or datetime(1970, 1, 1, tzinfo=UTC)
        if end is None:
            return max(start, caught_up)
        return max(end, start + timedelta(microseconds=1))

    async def _read(self, user_id: str, position: datetime | None) -> _Found:
        user = {"user_id": user_id}
        sessions, ended, running, tombstones, facts, still = await asyncio.gather(
            self._since(SESSIONS, "changed", user, position),
            self._since(TURNS, "open_of_user", user | {"open": False}, position),
            self._since(TURNS, "open_of_user", user | {"open": True}, position),
            self._since(TOMBSTONES, "by_user", user, position),
            self._since(FACTS, "by_user", user, position),
            self._documents.find(TURNS, "open_of_user", user | {"open": True}),
        )
        lists = (
            [_Change(at=each.changed_at, session_id=each.id) for each in sessions],
            [_turn_change(each) for each in ended],
            [_turn_change(each) for each in running],
            [_tombstone_change(each) for each in tombstones],
            [_Change(at=each.updated_at, fact=each) for each in facts],
        )
        end = min((each[-1].at for each in lists if len(each) >= self._limit), default=None)
        changes = [change for each in lists for change in each if end is None or change.at <= end]
        known = {session.id: session for session in sessions}
        others = {each.session_id for each in changes if each.turn} - known.keys()
        found = await _for_each(sorted(others), partial(self._documents.get, SESSIONS))
        known |= {session.id: session for session in found if session is not None}
        busy = frozenset(each.session_id for each in still)
        return _Found(changes=sorted(changes, key=_at), sessions=known, busy=busy, end=end)

    async def _filled(self, found: _Found) -> tuple[_Page, datetime | None]:
        """Take changes until the page is full; return it, and from when on there are more."""
        page = _Page()
        for at, changes in groupby(found.changes, key=_at):
            # what happened at one moment stays together: a token is a moment
            if page.replaced >= _REPLACED or page.size >= self._page_bytes:
                return page, at
            for change in changes:
                await self._add(page, change, found.sessions.get(change.session_id))
        return page, found.end

    async def _add(self, page: _Page, change: _Change, session: SessionDocument | None) -> None:
        if change.deleted:
            page.deleted.append(change.session_id)
        elif change.forgotten:
            page.forgotten.append(change.forgotten)
        elif change.fact is not None:
            page.facts.append(change.fact)
        elif session is None or self._life.gone(session, self._clock.now()):
            return
        elif session.branched_at is None:
            page.add(session, [change.turn] if change.turn else [])
        elif session.id not in page.sessions:
            page.add(session, await load_shown(self._documents, session, limit=_SHOWN))
            page.replaced += 1

    async def _since(
        self,
        collection: Collection[T],
        index: str,
        equals: Mapping[str, object],
        position: datetime | None,
    ) -> list[T]:
        """Return the first changes, and more than the limit when one moment has more."""
        last = collection.index(index).fields[-1]
        limit = self._limit
        while True:
            found = await self._documents.find(
                collection, index, equals, bounds=Range(gte=position), limit=limit
            )
            if len(found) < limit or getattr(found[0], last) != getattr(found[-1], last):
                return found
            limit *= 2

    async def _synced(self, page: _Page, busy: frozenset[str], session_id: str) -> SyncedSession:
        session = page.sessions[session_id]
        turns = sorted(page.turns[session_id], key=lambda turn: turn.number)
        forks = await load_forks(self._documents, session, turns)
        counted = tallied(session, await load_uncounted(self._documents, session))
        return SyncedSession(
            session=session_view(
                counted,
                running=session_id in busy,
                life=self._life,
                now=self._clock.now(),
            ),
            messages=message_views(turns, siblings=siblings(turns, forks)),
            replaces=session.branched_at is not None,
        )


def _turn_change(turn: TurnDocument) -> _Change:
    return _Change(at=turn.updated_at, session_id=turn.session_id, turn=turn)


def _tombstone_change(each: TombstoneDocument) -> _Change:
    if each.kind == "fact":
        return _Change(at=each.deleted_at, forgotten=each.id)
    return _Change(at=each.deleted_at, session_id=each.id, deleted=True)


def _at(change: _Change) -> datetime:
    return change.at


def _size(turn: TurnDocument) -> int:
    """Return the bytes of what was said."""
    answered = turn.answer.text if turn.answer else ""
    return sum(len(each.text.encode()) for each in turn.messages) + len(answered.encode())


async def _for_each(session_ids: Iterable[str], read: Callable[[str], Awaitable[R]]) -> list[R]:
    """Return what is read for all, in order, a few at a time."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(session_id: str) -> R:
        async with room:
            return await read(session_id)

    return await asyncio.gather(*map(one, session_ids))
