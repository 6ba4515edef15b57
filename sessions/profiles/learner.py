"""Learns from turns: one read before a turn, writes after it, and never in its way."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from msgspec import structs

from sessions.archive import SessionDocument, TurnDocument
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, StoreError
from sessions.stores.documents import Documents

from .documents import (
    CHOICES,
    PROFILES,
    ChoiceDocument,
    Chosen,
    Evidence,
    ProfileDocument,
)
from .evidence import of_rating, of_turn
from .insight import Insight
from .learning import NEVER, learned
from .policies import load_current
from .policy import STEADY, Policy
from .pseudonyms import Pseudonyms
from .signals import outcome

__all__ = ["Learner", "changed_profile", "new_profile"]

log = structlog.get_logger(__name__)
Change = Callable[[ProfileDocument], ProfileDocument]


class Learner:
    """Profiles as turns use them. What can't be read or kept costs no turn anything.

    A signal that comes again counts once, and writers in other processes lose nothing.
    """

    def __init__(self, *, documents: Documents, clock: Clock, names: Pseudonyms) -> None:
        self._documents = documents
        self._clock = clock
        self._names = names
        self._policy = STEADY

    async def known(self, user_id: str) -> Insight:
        """Return what is known of a user, by one read; nothing when the store can't be reached."""
        profile: ProfileDocument | None = None
        try:
            profile = await self._documents.get(PROFILES, self._names.user(user_id))
        except StoreError as error:
            log.warning("profile_not_read", code=str(error.code))
        return Insight(profile=profile, policy=self._policy, now=self._clock.now())

    async def take_policy(self) -> None:
        """Take over the promoted policy; raises StoreUnavailable."""
        try:
            self._policy = await load_current(self._documents)
        except ValueError as error:
            log.error("policy_not_taken", error=str(error))

    @property
    def policy(self) -> Policy:
        """Return the policy in force in this process."""
        return self._policy

    async def ended(
        self,
        turn: TurnDocument,
        session: SessionDocument,
        chosen: Chosen | None,
        *,
        known: ProfileDocument | None = None,
    ) -> None:
        """Learn from a turn that has ended; again changes nothing. Never raises StoreError.

        `chosen` is None when nothing was chosen: for a message with a risk, nothing is kept.
        `known` is the profile as it was read before the turn, which spares another read.
        """
        if chosen is None or turn.answer is None:
            return

        def change(profile: ProfileDocument) -> ProfileDocument:
            if not profile.learning:
                return profile
            news = of_turn(profile, turn, session, chosen, self._names)
            more = self._taken_in(profile, news)
            if more is profile:
                return profile
            zone = session.timezone or profile.seen_zone
            return structs.replace(more, seen_zone=zone, turns=profile.turns + 1)

        try:
            changed = await self._logged_first(turn, chosen, change, known)
            if changed is None:
                changed = await self._change(turn.user_id, change)
                if changed[0].learning:
                    await self._log(changed[0], turn, chosen)
            profile, before = changed
            if profile.learning:
                await self._note(_told(before, profile), but=self._names.turn(turn.id))
        except StoreError as error:
            log.warning("turn_not_learned", turn_id=turn.id, code=str(error.code))

    async def rated(self, turn: TurnDocument) -> None:
        """Learn from a turn's rating; again changes nothing. Never raises StoreError."""
        news = of_rating(turn, self._names)

        def change(profile: ProfileDocument) -> ProfileDocument:
            return self._taken_in(profile, news) if profile.learning else profile

        try:
            profile, before = await self._change(turn.user_id, change)
            await self._note(_told(before, profile))
        except StoreError as error:
            log.warning("rating_not_learned", turn_id=turn.id, code=str(error.code))

    def _taken_in(self, profile: ProfileDocument, news: Sequence[Evidence]) -> ProfileDocument:
        now = self._clock.now()
        more = learned(profile, news, now=now)
        return more if more is profile else structs.replace(more, updated_at=now)

    async def _change(
        self, user_id: str, change: Change
    ) -> tuple[ProfileDocument, ProfileDocument]:
        now = self._clock.now()
        fresh = new_profile(self._names.user(user_id), user_id, now)
        return await changed_profile(self._documents, fresh, change)

    async def _logged_first(
        self,
        turn: TurnDocument,
        chosen: Chosen,
        change: Change,
        known: ProfileDocument | None,
    ) -> tuple[ProfileDocument, ProfileDocument] | None:
        """Write the row, then the profile from an earlier reading; None when that was not enough.

        When the reading still stands, nobody erased or anonymised anything before the row was
        written, and whoever does so later finds it.
        """
        if known is None or not known.learning or (after := change(known)) == known:
            return None
        row = self._row(after, turn, chosen)
        try:
            await self._documents.insert(CHOICES, row)
        except Duplicate:
            return None
        try:
            return await self._documents.replace(PROFILES, after), known
        except Conflict:
            await self._documents.delete(CHOICES, row.id)
            return None

    def _row(self, profile: ProfileDocument, turn: TurnDocument, chosen: Chosen) -> ChoiceDocument:
        key = self._names.turn(turn.id)
        signals = _signals(profile, key, chosen.persona)
        return ChoiceDocument(
            id=key,
            user=profile.id,
            at=turn.created_at,
            expires_at=turn.created_at + timedelta(days=profile.retention_days),
            chosen=chosen,
            propensity=chosen.propensities[chosen.persona],
            user_id=profile.user_id,
            turn_id="" if profile.anonymous else turn.id,
            signals=signals,
            reward=_reward(signals),
        )

    async def _log(self, profile: ProfileDocument, turn: TurnDocument, chosen: Chosen) -> None:
        """Write a turn's row in the log of choices, once."""
        row = self._row(profile, turn, chosen)
        key, signals = row.id, row.signals
        try:
            await self._documents.insert(CHOICES, row)
        except Duplicate:
            await self._note([(key, chosen.persona, signals)])
            return
        # the user may have erased or anonymised everything while this was written
        now = await self._documents.get(PROFILES, profile.id)
        if now is None or now.anonymous != profile.anonymous:
            await self._documents.delete(CHOICES, key)

    async def _note(
        self, told: Sequence[tuple[str, str, dict[str, float]]], *, but: str = ""
    ) -> None:
        """Write what the profile now says of turns into their rows."""
        for key, persona, signals in told:
            while key != but:
                row = await self._documents.get(CHOICES, key)
                if row is None or row.chosen.persona != persona or row.signals == signals:
                    break
                row = structs.replace(row, signals=signals, reward=_reward(signals))
                with suppress(Conflict):
                    await self._documents.replace(CHOICES, row)
                    break


async def changed_profile(
    documents: Documents, fresh: ProfileDocument, change: Change
) -> tuple[ProfileDocument, ProfileDocument]:
    """Change the profile with `fresh`'s id, or `fresh` when there is none; return it and before.

    The change is made again when another writer came first. Raises StoreUnavailable.
    """
    while True:
        stored = await documents.get(PROFILES, fresh.id)
        before = stored or fresh
        after = change(before)
        try:
            if stored is None:
                await documents.insert(PROFILES, after)
                return after, before
            if after == before:
                return before, before
            return await documents.replace(PROFILES, after), before
        except (Conflict, Duplicate):
            continue


def new_profile(profile_id: str, user_id: str, now: datetime) -> ProfileDocument:
    """Return a profile in which nothing is known.

    Its version begins at the time in ms, so that what was read before an erasure matches no
    profile that was made since.
    """
    return ProfileDocument(
        id=profile_id,
        version=int(now.timestamp() * 1000),
        user_id=user_id,
        created_at=now,
        updated_at=now,
        stale_at=NEVER,
    )


def _told(
    before: ProfileDocument, after: ProfileDocument
) -> list[tuple[str, str, dict[str, float]]]:
    """Return the key, persona and signals of all evidence that changed."""
    old = {(each.key, each.persona): each.signals for each in before.evidence}
    return [
        (each.key, each.persona, each.signals)
        for each in after.evidence
        if each.session and old.get((each.key, each.persona)) != each.signals
    ]


def _signals(profile: ProfileDocument, key: str, persona: str) -> dict[str, float]:
    found = (e.signals for e in profile.evidence if (e.key, e.persona) == (key, persona))
    return next(found, {})


def _reward(signals: dict[str, float]) -> float | None:
    known = outcome(signals)
    return known.reward if known else None
