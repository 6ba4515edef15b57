"""Taking a message out of a session, and having the session forget it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from sessions.archive import BOOKMARKS, SESSIONS, TURNS, SessionDocument, TurnDocument
from sessions.bookmarks import CLOSED, bookmark_id
from sessions.branches import load_shown
from sessions.clock import Clock
from sessions.command import Command
from sessions.context import RECENT_TURNS, past_turn
from sessions.conversation import Summary
from sessions.errors import Conflict, LogUnavailable, NotFound
from sessions.ids import answer_id
from sessions.memory.retelling import Told, retell, told_anew
from sessions.owners import Owners
from sessions.stores.documents import Documents, Range
from sessions.stores.log import LogStore
from sessions.stores.paging import everything
from sessions.titling import titled_anew

from .cascade import Cascade
from .counts import Counts, of_documents
from .emptied import (
    Gone,
    counted,
    edits_away,
    emptied,
    last_words,
    said_in,
    uncounted,
    unread,
)

__all__ = ["Emptying"]

_PAGE = 200


class Emptying:
    """Empties turns in place, so that numbers, branches and acks stay as they are.

    All methods raise StoreUnavailable. `quiet_s` is how long the log may take to be emptied.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        owners: Owners,
        cascade: Cascade,
        clock: Clock,
        quiet_s: float = 10.0,
    ) -> None:
        self._documents = documents
        self._store = store
        self._owners = owners
        self._cascade = cascade
        self._clock = clock
        self._quiet_s = quiet_s

    async def find(self, user_id: str, session_id: str, message_id: str) -> None:
        """Raise NotFound when there is no such message in a session of the user's."""
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            raise NotFound("there is no such session")
        if not await self._turns(session_id, message_id):
            raise NotFound("there is no such message")

    async def empty(self, user_id: str, session_id: str, message_id: str) -> Counts:
        """Take a message out of all turns that hold it, and have its session forget it; count it.

        Raises LogUnavailable.
        """
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            return Counter()
        turns = await self._turns(session_id, message_id)
        away = edits_away(message_id, turns)
        words = set(away)
        # the message itself goes last: after a cut, the others are only found from it, edit by edit
        turns.sort(key=lambda turn: _nearest(turn, away), reverse=True)
        left = [emptied(each, words, message_id) for each in turns]
        # once before, because a cut after the turns leaves nobody who knows their ids
        counts = await self._cascade.learned(
            user_id, [each.id for each in turns], staying=said_in(left)
        )
        told = {each.number for each, after in zip(turns, left, strict=True) if after != each}
        await self._cascade.take_back(user_id, session_id, told)
        gone = [await self._without(turn, words, message_id) for turn in turns]
        changed = [each for each in gone if each.before != each.after]
        counts += counted(changed)
        counts += await self._cascade.learned(
            user_id,
            [each.after.id for each in changed],
            staying=said_in(each.after for each in changed),
        )
        await self._cascade.take_back(user_id, session_id, {each.after.number for each in changed})
        await self._cascade.read_again(await self._beside(session_id, changed))
        counts += await self._unmarked(user_id, session_id)
        await self._forget(session, changed)
        await self._show(session_id, changed)
        return counts

    async def empty_before(self, session: SessionDocument, asked_at: datetime) -> Counts:
        """Take out of a session what was said in one of its id, whose deletion was asked for.

        Count it; raises LogUnavailable.
        """
        user_id, session_id = session.user_id, session.id
        said = everything(self._documents, TURNS, "by_session", {"session_id": session_id})
        # by both times: one process's clock may be ahead, or have gone back
        old = [
            turn
            async for turn in said
            if turn.created_at <= asked_at and turn.created_at < session.created_at
        ]
        gone = [
            await self._without(turn, {each.id for each in turn.messages}, answer_id(turn.id))
            for turn in old
        ]
        changed = [each for each in gone if each.before != each.after]
        counts = await self._cascade.learned(user_id, [each.id for each in old])
        if changed:
            await self._forget(session, changed)
        await self._show(session_id, changed)
        return counts + counted(changed)

    async def _turns(self, session_id: str, message_id: str) -> list[TurnDocument]:
        """Return the turns that hold a message or may hold what it was edited from or to."""
        if message_id.startswith("a"):
            turn = await self._documents.get(TURNS, "t" + message_id[1:])
            held = turn is not None and turn.session_id == session_id and turn.answer is not None
            return [turn] if turn is not None and held else []
        found = await self._holder(session_id, message_id)
        if found is None:
            return []
        origin = found.origin or found.number
        first = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, bounds=Range(gte=origin), limit=1
        )
        forks = await self._documents.find(
            TURNS,
            "siblings",
            {"session_id": session_id},
            bounds=Range(gte=origin, lte=origin),
            limit=10_000,
        )
        return [*(each for each in first if each.number == origin), *forks]

    async def _holder(self, session_id: str, message_id: str) -> TurnDocument | None:
        before: int | None = None
        while turns := await self._documents.find(
            TURNS,
            "by_session",
            {"session_id": session_id},
            bounds=Range(lt=before),
            descending=True,
            limit=_PAGE,
        ):
            for turn in turns:
                if any(message.id == message_id for message in turn.messages):
                    return turn
            before = turns[-1].number
        return None

    async def _without(self, turn: TurnDocument, words: set[str], message_id: str) -> Gone:
        stored: TurnDocument | None = turn
        while stored is not None:
            after = emptied(stored, words, message_id)
            if after == stored:
                return Gone(before=stored, after=stored)
            try:
                stamped = structs.replace(after, updated_at=self._clock.now())
                return Gone(before=stored, after=await self._documents.replace(TURNS, stamped))
            except Conflict:
                stored = await self._documents.get(TURNS, turn.id)
        return Gone(before=turn, after=turn)

    async def _beside(self, session_id: str, gone: Sequence[Gone]) -> list[TurnDocument]:
        """Return the turns that still say something of those that were emptied, and next to them.

        What is said is read with what came before it.
        """
        numbers = {each.after.number + step for each in gone for step in (0, 1)}
        found = {each.after.number: each.after for each in gone}
        for number in numbers - found.keys():
            turns = await self._documents.find(
                TURNS, "by_session", {"session_id": session_id}, bounds=Range(gte=number), limit=1
            )
            found |= {each.number: each for each in turns if each.number == number}
        return [each for each in found.values() if each.messages and not each.open]

    async def _unmarked(self, user_id: str, session_id: str) -> Counts:
        """Delete fingerprints of what was said; that a session is closed stays."""
        closed = bookmark_id(user_id, CLOSED, session_id)
        found = await self._documents.find(
            BOOKMARKS, "by_session", {"session_id": session_id}, limit=10_000
        )
        gone = [
            await self._documents.delete(BOOKMARKS, each.id) for each in found if each.id != closed
        ]
        return of_documents({BOOKMARKS.name: sum(gone)})

    async def _forget(self, session: SessionDocument, gone: Sequence[Gone]) -> None:
        """Write the session anew from the turns that are left."""
        stored: SessionDocument | None = session
        while stored is not None:
            try:
                await self._documents.replace(SESSIONS, await self._refolded(stored, gone))
            except Conflict:
                stored = await self._documents.get(SESSIONS, session.id)
            else:
                return

    async def _refolded(self, session: SessionDocument, gone: Sequence[Gone]) -> SessionDocument:
        now = self._clock.now()
        shown = await load_shown(self._documents, session, limit=RECENT_TURNS)
        told = await told_anew(self._documents, session)
        return structs.replace(
            session,
            summary=told.talk.summary,
            earlier=Summary(),
            title=await asyncio.to_thread(_title, session, told, gone),
            last_text=last_words(shown),
            message_count=max(0, session.message_count - uncounted(session, gone)),
            unread=max(0, session.unread - unread(session, gone)),
            changed_at=now,
            branched_at=now,
            emptied=session.emptied + 1,
        )

    async def _show(self, session_id: str, gone: Sequence[Gone]) -> None:
        """Have all readers take a snapshot, and wait until the log has nothing of it any more."""
        epoch = (await self._store.heads([session_id]))[session_id].epoch
        for each in gone:
            if each.before.open:
                await self._owners.tell(session_id, Command(kind="stop", turn_id=each.after.id))
        await self._owners.tell(session_id, Command(kind="branched"))
        await self._until_emptied(session_id, epoch, [each.after.id.encode() for each in gone])

    async def renew(self, user_id: str, told_in: Mapping[str, Collection[str]]) -> None:
        """Have the logs of a user's sessions begin anew, without any frame of before.

        What a session has of these corrected facts is taken out of it. Raises LogUnavailable.
        """
        await asyncio.gather(*(self._renew(user_id, *each) for each in told_in.items()))

    async def _renew(self, user_id: str, session_id: str, without: Collection[str]) -> None:
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            return
        if without:
            await retell(self._documents, user_id, session_id, clock=self._clock, without=without)
        await self._show(session_id, ())

    async def _until_emptied(self, session_id: str, epoch: str, ids: Sequence[bytes]) -> None:
        try:
            async with asyncio.timeout(self._quiet_s):
                # what another process writes is read again and again, as its bell is not ours
                while not await self._emptied(session_id, epoch, ids):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise LogUnavailable("the session's log was not emptied yet") from None

    async def _emptied(self, session_id: str, epoch: str, turn_ids: Iterable[bytes]) -> bool:
        log = await self._store.read(session_id, after=0)
        if log.head.epoch == epoch:
            return False
        return not any(turn_id in frame for turn_id in turn_ids for _, frame in log.frames)


def _nearest(turn: TurnDocument, away: Mapping[str, int]) -> int:
    """Return how many edits lie between a message and those that this turn holds."""
    return min((away[each.id] for each in turn.messages if each.id in away), default=0)


def _title(session: SessionDocument, told: Told, gone: Sequence[Gone]) -> str:
    # after a cut nobody knows what was lost, nor ever what a language model made a title of
    known = gone and session.titled_by != "provider"
    lost = [past_turn(each.before) for each in gone] if known else None
    return titled_anew(session, told.talk.recent, lost=lost, whole=told.whole)
