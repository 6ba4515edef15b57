"""How many tokens a user's turns may take on one UTC day."""

from datetime import UTC, datetime, time, timedelta

import structlog
from msgspec import structs

from schemas.resources import Usage
from sessions.archive import SPENDING, SpendingDocument, TurnDocument
from sessions.clock import Clock
from sessions.errors import BudgetSpent, Conflict, Duplicate, StoreError
from sessions.ids import new_id
from sessions.stores.documents import Documents
from sessions.urgency import is_urgent

__all__ = ["Budget"]

log = structlog.get_logger(__name__)
_DAY = timedelta(days=1)
_REMEMBERED_TURNS = 64


class Budget:
    """Tokens by user and UTC day, kept with the documents; `tokens_a_day` 0 means no budget.

    A turn's size is not known before it ends, so the last turns of a day may exceed it.
    """

    def __init__(self, *, documents: Documents, clock: Clock, tokens_a_day: int) -> None:
        self._documents = documents
        self._clock = clock
        self._tokens_a_day = tokens_a_day

    @property
    def limited(self) -> bool:
        """Tell whether there is a budget."""
        return self._tokens_a_day > 0

    async def check(self, user_id: str, text: str) -> None:
        """Raise BudgetSpent when the day's tokens are used up; also StoreUnavailable.

        Whoever speaks of a crisis is always heard: that answer takes no tokens.
        """
        if not self._tokens_a_day:
            return
        now = self._clock.now()
        spending = await self._documents.get(SPENDING, _id(user_id, now))
        if spending is None or spending.tokens < self._tokens_a_day:
            return
        if await is_urgent(text):
            return
        raise BudgetSpent(
            f"today's {self._tokens_a_day} tokens are used up; they renew at midnight UTC",
            retry_after_ms=-((now - _midnight_after(now)) // timedelta(milliseconds=1)),
        )

    async def charge(self, turn: TurnDocument) -> None:
        """Count a turn that has ended; again changes nothing. Never raises StoreError."""
        await self._charge(turn.user_id, turn.id, _tokens(turn))

    async def charge_answer(self, user_id: str, usage: Usage) -> None:
        """Count an answer without a turn. Never raises StoreError."""
        await self._charge(user_id, new_id("q", self._clock.now()), _sum(usage))

    async def _charge(self, user_id: str, key: str, tokens: int) -> None:
        if not self._tokens_a_day or tokens == 0:
            return
        try:
            while not await self._counted(user_id, key, tokens):
                continue
        except StoreError as error:
            log.warning("tokens_not_counted", turn_id=key, tokens=tokens, code=str(error.code))

    async def _counted(self, user_id: str, key: str, tokens: int) -> bool:
        """Count, and return False when somebody else wrote meanwhile."""
        now = self._clock.now()
        document_id = _id(user_id, now)
        stored = await self._documents.get(SPENDING, document_id)
        try:
            if stored is None:
                await self._documents.insert(
                    SPENDING,
                    SpendingDocument(
                        id=document_id,
                        tokens=tokens,
                        turns=(key,),
                        expires_at=_midnight_after(now) + _DAY,
                    ),
                )
            elif key not in stored.turns:
                turns = (*stored.turns, key)[-_REMEMBERED_TURNS:]
                more = structs.replace(stored, tokens=stored.tokens + tokens, turns=turns)
                await self._documents.replace(SPENDING, more)
        except (Conflict, Duplicate):
            return False
        return True


def _tokens(turn: TurnDocument) -> int:
    answer = turn.answer
    if answer is None or answer.finish_reason == "safety":
        return 0
    return _sum(answer.usage)


def _sum(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens


def _id(user_id: str, now: datetime) -> str:
    return f"{user_id}:{now.astimezone(UTC).date().isoformat()}"


def _midnight_after(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(tzinfo=UTC)) + _DAY
