"""What was learned of a visitor's preferences, taken into a user's profile."""

from collections.abc import Mapping
from contextlib import suppress

from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.profiles.documents import CHOICES, PROFILES, ChoiceDocument, ProfileDocument
from sessions.profiles.learner import changed_profile, new_profile
from sessions.profiles.learning import learned
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents
from sessions.stores.paging import everything

__all__ = ["Leanings"]


class Leanings:
    """Profiles and the log of choices; all methods raise StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock, names: Pseudonyms) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names

    async def move(self, visitor: str, user_id: str) -> Mapping[str, int]:
        """Take in evidence and choices; count them by collection.

        A user without a profile gets the visitor's as it is. Of another one, what the user has set
        stays, and nothing is taken in by one that does not learn.
        """
        profile = await self._documents.get(PROFILES, self._names.user(visitor))
        moved = 0
        if profile is not None:
            kept = await self._taken_in(profile, user_id)
            await self._documents.delete(PROFILES, profile.id)
            moved = int(kept)
        return {PROFILES.name: moved, CHOICES.name: await self._choices(visitor, user_id)}

    async def _taken_in(self, profile: ProfileDocument, user_id: str) -> bool:
        now, name = self._clock.now(), self._names.user(user_id)
        if await self._documents.get(PROFILES, name) is None:
            linked = "" if profile.anonymous else user_id
            with suppress(Duplicate):
                await self._documents.insert(
                    PROFILES, structs.replace(profile, id=name, user_id=linked, updated_at=now)
                )
                return True

        def change(known: ProfileDocument) -> ProfileDocument:
            return learned(known, profile.evidence, now=now) if known.learning else known

        await changed_profile(self._documents, new_profile(name, user_id, now), change)
        return True

    async def _choices(self, visitor: str, user_id: str) -> int:
        before, after = self._names.user(visitor), self._names.user(user_id)
        profile = await self._documents.get(PROFILES, after)
        hidden = profile is not None and profile.anonymous
        moved = 0
        async for each in everything(self._documents, CHOICES, "by_user", {"user": before}):
            choice: ChoiceDocument | None = each
            while choice is not None and choice.user == before:
                linked = user_id if choice.user_id and not hidden else ""
                changed = structs.replace(
                    choice, user=after, user_id=linked, turn_id=choice.turn_id if linked else ""
                )
                try:
                    choice = await self._documents.replace(CHOICES, changed)
                    moved += 1
                except Conflict:
                    choice = await self._documents.get(CHOICES, each.id)
        return moved
