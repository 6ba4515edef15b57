"""Recommendations that a user asked for, kept to be looked up and rated."""

from collections.abc import Callable
from datetime import timedelta

from msgspec import structs

from schemas.resources import Rating
from sessions.archive import ADVICE, AdviceDocument
from sessions.clock import Clock
from sessions.errors import Conflict, NotFound
from sessions.ids import new_id
from sessions.profiles.documents import PROFILES
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.route import Route
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

__all__ = ["Advice"]

_USUAL_DAYS = 90
_PAGE = 200


class Advice:
    """Recommendations under the pseudonym of their user, for as long as the profile's retention.

    All methods raise StoreUnavailable.
    """

    def __init__(self, *, documents: Documents, clock: Clock, names: Pseudonyms) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names

    async def keep(self, user_id: str, route: Route) -> AdviceDocument:
        """Keep who was recommended, and none of the words that it was made from."""
        now, name = self._clock.now(), self._names.user(user_id)
        profile = await self._documents.get(PROFILES, name)
        days = profile.retention_days if profile else _USUAL_DAYS
        given = AdviceDocument(
            id=new_id("r", now),
            user=name,
            at=now,
            persona=route.persona,
            confidence=route.confidence,
            scores=route.scores,
            resonance_key=route.key,
            expires_at=now + timedelta(days=days),
        )
        await self._documents.insert(ADVICE, given)
        return given

    async def history(self, user_id: str, *, limit: int) -> list[AdviceDocument]:
        """Return the newest recommendations, the newest first."""
        return await self._documents.find(
            ADVICE, "by_user", self._of(user_id), descending=True, limit=limit
        )

    async def rate(self, user_id: str, advice_id: str, rating: Rating) -> Rating | None:
        """Keep what the user thinks of one, and return what they thought before.

        Raises NotFound when it is not theirs.
        """
        given = await self._documents.get(ADVICE, advice_id)
        if given is None or given.user != self._names.user(user_id):
            raise NotFound("there is no such recommendation")
        rated = await self._changed(given, lambda it: structs.replace(it, rating=rating))
        if rated is None:
            raise NotFound("there is no such recommendation")
        return given.rating

    async def retain(self, user_id: str, days: int) -> None:
        """Keep all of a user's recommendations for so many days from when they were made."""
        async for given in everything(self._documents, ADVICE, "by_user", self._of(user_id)):
            await self._changed(
                given, lambda it: structs.replace(it, expires_at=it.at + timedelta(days=days))
            )

    async def erase(self, user_id: str) -> None:
        """Delete all of a user's recommendations."""
        of_user = self._of(user_id)
        while found := await self._documents.find(ADVICE, "by_user", of_user, limit=_PAGE):
            for given in found:
                await self._documents.delete(ADVICE, given.id)

    def _of(self, user_id: str) -> dict[str, str]:
        return {"user": self._names.user(user_id)}

    async def _changed(
        self, given: AdviceDocument, change: Callable[[AdviceDocument], AdviceDocument]
    ) -> AdviceDocument | None:
        """Return what is stored after a change; None when it is gone."""
        stored: AdviceDocument | None = given
        while stored is not None:
            try:
                return await self._documents.replace(ADVICE, change(stored))
            except Conflict:
                stored = await self._documents.get(ADVICE, given.id)
        return None
