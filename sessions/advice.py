"""Recommendations that a user asked for, kept to be looked up and rated."""

from datetime import timedelta

from msgspec import structs

from schemas.resources import Rating
from sessions.archive import ADVICE, AdviceDocument
from sessions.clock import Clock
from sessions.errors import Conflict, NotFound
from sessions.ids import new_id
from sessions.route import Route
from sessions.stores.documents import Documents

__all__ = ["Advice"]

_KEEP = timedelta(days=90)


class Advice:
    """A user's recommendations of the last 90 days; all methods raise StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def keep(self, user_id: str, route: Route) -> AdviceDocument:
        """Keep who was recommended, and none of the words that it was made from."""
        now = self._clock.now()
        given = AdviceDocument(
            id=new_id("r", now),
            user_id=user_id,
            at=now,
            persona=route.persona,
            confidence=route.confidence,
            scores=route.scores,
            resonance_key=route.key,
            expires_at=now + _KEEP,
        )
        await self._documents.insert(ADVICE, given)
        return given

    async def history(self, user_id: str, *, limit: int) -> list[AdviceDocument]:
        """Return the newest recommendations, the newest first."""
        return await self._documents.find(
            ADVICE, "by_user", {"user_id": user_id}, descending=True, limit=limit
        )

    async def rate(self, user_id: str, advice_id: str, rating: Rating) -> AdviceDocument:
        """Keep what the user thinks of one; raises NotFound when it is not theirs."""
        while True:
            given = await self._documents.get(ADVICE, advice_id)
            if given is None or given.user_id != user_id:
                raise NotFound("there is no such recommendation")
            try:
                rated = structs.replace(given, rating=rating)
                return await self._documents.replace(ADVICE, rated)
            except Conflict:
                continue
