"""What users do with their profiles: see, set and erase them; and what time does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET, UnsetType, structs

from schemas.profiles import Profile, UpdateProfile
from sessions.advice import Advice
from sessions.clock import Clock
from sessions.errors import BadRequest, Conflict
from sessions.experiments.experiments import Experiments
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

from .documents import CHOICES, PROFILES, ChoiceDocument, ProfileDocument
from .learner import changed_profile, new_profile
from .learning import forgetting
from .pseudonyms import Pseudonyms
from .view import profile_view

__all__ = ["Profiles"]

_PAGE = 200


class Profiles:
    """Profiles as their users see them; all methods raise StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        clock: Clock,
        names: Pseudonyms,
        catalogue: Catalogue,
        advice: Advice,
        experiments: Experiments,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names
        self._catalogue = catalogue
        self._advice = advice
        self._experiments = experiments

    async def get(self, user_id: str) -> ProfileDocument:
        """Return a user's profile without what its retention has ended; an empty one at first."""
        stored = await self._documents.get(PROFILES, self._names.user(user_id))
        return forgetting(stored or self._fresh(user_id), now=self._clock.now())

    async def changed(
        self, user_id: str, since: datetime | None
    ) -> ProfileDocument | UnsetType | None:
        """Return the profile, UNSET when it has not changed `since`, None when there is none."""
        stored = await self._documents.get(PROFILES, self._names.user(user_id))
        if stored is None:
            return None
        if since is not None and stored.updated_at < since:
            return UNSET
        return forgetting(stored, now=self._clock.now())

    def view(self, profile: ProfileDocument, *, language: str) -> Profile:
        """Return a profile as its user sees it, in words."""
        now = self._clock.now()
        return profile_view(profile, self._catalogue, language=language, now=now)

    async def update(self, user_id: str, changes: UpdateProfile) -> ProfileDocument:
        """Set what the body names, also for rows in the log of choices; raises BadRequest."""
        self._check(changes)

        def change(profile: ProfileDocument) -> ProfileDocument:
            fields = {
                name: value for name, value in structs.asdict(changes).items() if value is not UNSET
            }
            now = self._clock.now()
            changed = structs.replace(profile, **{**fields, "updated_at": now})
            linked = "" if changed.anonymous else user_id
            return forgetting(structs.replace(changed, user_id=linked), now=now)

        profile, before = await changed_profile(self._documents, self._fresh(user_id), change)
        anonymised = profile.anonymous and not before.anonymous
        if anonymised or profile.retention_days != before.retention_days:
            await self._rewrite_rows(profile)
        if profile.retention_days != before.retention_days:
            await self._advice.retain(user_id, profile.retention_days)
        return profile

    async def erase(self, user_id: str) -> None:
        """Delete all that is kept of a user beside what they said.

        That is the profile, every row in the log of choices, the recommendations, and what came
        of experiments.
        """
        name = self._names.user(user_id)
        await self._documents.delete(PROFILES, name)
        while rows := await self._documents.find(CHOICES, "by_user", {"user": name}, limit=_PAGE):
            for row in rows:
                await self._documents.delete(CHOICES, row.id)
        await self._advice.erase(user_id)
        await self._experiments.forget(user_id)

    async def forget_stale(self) -> None:
        """Remove evidence whose retention is over; a profile without any and without settings goes.

        Rows in the log of choices expire by themselves.
        """
        now = self._clock.now()
        while stale := await self._documents.find(
            PROFILES, "stale", {}, bounds=Range(lte=now), limit=_PAGE
        ):
            for profile in stale:
                await self._forget(profile)

    async def _forget(self, profile: ProfileDocument) -> None:
        kept = forgetting(profile, now=self._clock.now())
        try:
            kept = await self._documents.replace(PROFILES, kept)
        except Conflict:
            return  # somebody just talked; the next sweep finds it
        if not kept.evidence and not kept.folded and not _has_settings(kept):
            await self._documents.delete(PROFILES, profile.id)

    async def _rewrite_rows(self, profile: ProfileDocument) -> None:
        """Give all rows the profile's retention, and take the user's name off when anonymous."""
        async for row in everything(self._documents, CHOICES, "by_user", {"user": profile.id}):
            await self._rewrite(row, profile)

    async def _rewrite(self, row: ChoiceDocument, profile: ProfileDocument) -> None:
        while True:
            changed = structs.replace(
                row,
                expires_at=row.at + timedelta(days=profile.retention_days),
                user_id="" if profile.anonymous else row.user_id,
                turn_id="" if profile.anonymous else row.turn_id,
            )
            try:
                await self._documents.replace(CHOICES, changed)
            except Conflict:
                newer = await self._documents.get(CHOICES, row.id)
                if newer is not None:
                    row = newer
                    continue
            return

    def _fresh(self, user_id: str) -> ProfileDocument:
        return new_profile(self._names.user(user_id), user_id, self._clock.now())

    def _check(self, changes: UpdateProfile) -> None:
        if changes.persona not in (UNSET, None) and changes.persona not in self._catalogue:
            known = ", ".join(self._catalogue.ids)
            raise BadRequest(f"persona: there is no such persona; known are {known}")
        if isinstance(changes.zone, str) and changes.zone:
            try:
                ZoneInfo(changes.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise BadRequest("zone: name an IANA zone, as Asia/Seoul") from None


def _has_settings(profile: ProfileDocument) -> bool:
    """Tell whether the user has set anything that must outlive what was learned."""
    fresh = new_profile(profile.id, profile.user_id, profile.created_at)
    names = ("learning", "anonymous", "retention_days", "persona", "zone")
    return any(
        getattr(profile, name) != getattr(fresh, name)
        for name in (*names, "length", "structure", "pace")
    )
