"""Answers nobody read go to the outbox, once; the turn itself says which still have to."""

import asyncio
from datetime import timedelta

from msgspec import structs

from push.kinds import Kind
from push.outbox import Outbox
from sessions.archive import SESSIONS, TURNS, TurnDocument
from sessions.asking import SAFETY
from sessions.clock import Clock
from sessions.errors import Conflict
from sessions.stores.documents import Documents, Range
from sessions.tally import answered

__all__ = ["Handover"]

_LEASE = timedelta(seconds=10)
_AT_ONCE = 100


class Handover:
    """Looks after turns whose answer may have to be told; killed anywhere, it goes on later."""

    def __init__(self, *, documents: Documents, outbox: Outbox, clock: Clock) -> None:
        self._documents = documents
        self._outbox = outbox
        self._clock = clock

    async def run_once(self) -> None:
        """Hand over what is due, some at a time; raises StoreUnavailable."""
        while await self._some():
            pass

    async def _some(self) -> bool:
        """Hand over a page of turns; tell whether there may be more."""
        now, pending = self._clock.now(), {"push": "pending"}
        # a look costs less than a claim, and mostly there is nothing
        if not await self._documents.find(
            TURNS, "to_hand_over", pending, bounds=Range(lte=now), limit=1
        ):
            return False
        turns = await self._documents.claim(
            TURNS, "to_hand_over", pending, now=now, until=now + _LEASE, limit=_AT_ONCE
        )
        # beside each other, so that they share syncs of the store
        ends = await asyncio.gather(*map(self._hand_over, turns), return_exceptions=True)
        for failed in ends:
            if failed is not None:
                raise failed
        return len(turns) == _AT_ONCE

    async def _hand_over(self, turn: TurnDocument) -> None:
        if await self._unread(turn):
            # its turn names the row: put again, it is there
            await self._outbox.enqueue(
                turn.user_id,
                _kind_of(turn),
                turn.id,
                session_id=turn.session_id,
                numbers=(turn.number,),
                persona=turn.answer.persona if turn.answer else "",
                created_at=turn.answer.created_at if turn.answer else turn.updated_at,
            )
        stored: TurnDocument | None = turn
        while stored is not None and stored.push == "pending":
            handed = structs.replace(stored, push="handed", push_at=None)
            try:
                await self._documents.replace(TURNS, handed)
            except Conflict:
                stored = await self._documents.get(TURNS, turn.id)
            else:
                return

    async def _unread(self, turn: TurnDocument) -> bool:
        session = await self._documents.get(SESSIONS, turn.session_id)
        return session is not None and answered(turn) and session.read_upto < turn.number


def _kind_of(turn: TurnDocument) -> Kind:
    """Return what the answer is told as: help in a crisis does not wait for the morning."""
    if turn.opening is not None:
        return turn.opening.kind
    answer = turn.answer
    # a language model that filters its own answer ends it for "safety", too
    in_crisis = answer is not None and answer.finish_reason == answer.model == SAFETY
    return "safety" if in_crisis else "reply_ready"
