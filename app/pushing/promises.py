"""Promises that mentors made for a day become check-ins of that day, where users agreed."""

from contextlib import suppress
from datetime import UTC, timedelta

from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CheckInDocument
from push.schedule import Plan
from push.settings import NotificationSettings, allows
from push.wall import zone_named
from sessions.archive import SESSIONS
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.memory.documents import FACTS, FactDocument
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

__all__ = ["EVENING", "Promises", "day_of", "holds", "is_on"]

# late enough for most days to have told how they went, and before most nights
EVENING = 18 * 60
_BEFORE = timedelta(hours=24)
_AFTER = timedelta(hours=12)


class Promises:
    """Looks for promises whose day comes within a day; again finds the same check-ins."""

    def __init__(
        self,
        *,
        documents: Documents,
        check_ins: CheckIns,
        settings: NotificationSettings,
        devices: Devices,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._check_ins = check_ins
        self._settings = settings
        self._devices = devices
        self._clock = clock

    async def run_once(self) -> None:
        """Make the check-ins of promises whose day is near; raises StoreUnavailable."""
        now = self._clock.now()
        near = Range(gte=now - _AFTER, lte=now + _BEFORE)
        async for fact in everything(
            self._documents, FACTS, "promised", {"kind": "promise"}, within=near
        ):
            await self._agree(fact)

    async def draft(self, fact: FactDocument) -> CheckInDocument | None:
        """Return the check-in that keeps a promise on its day, None where there is to be none."""
        if not holds(fact) or not fact.sources:
            return None
        settings = await self._settings.get(fact.user_id)
        session = await self._documents.get(SESSIONS, fact.sources[-1].session_id)
        if not allows(settings, "check_in") or session is None or session.private:
            return None
        zone = settings.timezone or await self._devices.zone_of(fact.user_id) or session.timezone
        plan = Plan(
            user_id=fact.user_id,
            timezone=zone or "UTC",
            minute=EVENING,
            date=day_of(fact, session.timezone),
            exact=False,
        )
        with suppress(BadRequest):  # its evening is over
            return self._check_ins.draft(
                plan, session_id=session.id, persona=fact.persona, fact_id=fact.id
            )
        return None

    async def is_free(self, draft: CheckInDocument) -> bool:
        """Tell whether a draft can be made: its evening is not taken by a promise that holds."""
        stored = await self._check_ins.get(draft.id)
        return stored is None or await self._is_off(stored, draft)

    async def _agree(self, fact: FactDocument) -> None:
        if (draft := await self.draft(fact)) is None:
            return
        stored = await self._check_ins.get(draft.id)
        if stored is not None and await self._is_off(stored, draft):
            await self._check_ins.renew(stored, draft)
            return
        with suppress(BadRequest):  # there are enough
            await self._check_ins.keep(draft)

    async def _is_off(self, stored: CheckInDocument, draft: CheckInDocument) -> bool:
        """Tell whether what was made for the evening of a draft is of a promise gone elsewhere."""
        if not stored.active or stored.fact_id == draft.fact_id or stored.kind != draft.kind:
            return False
        fact = await self._documents.get(FACTS, stored.fact_id)
        session = await self._documents.get(SESSIONS, stored.session_id)
        return fact is None or session is None or not is_on(stored, fact, session.timezone)


def day_of(fact: FactDocument, zone: str) -> str:
    """Return the local day (YYYY-MM-DD) that a fact is for, which is noted as its noon."""
    return fact.due.astimezone(zone_named(zone) or UTC).date().isoformat() if fact.due else ""


def is_on(check_in: CheckInDocument, fact: FactDocument, zone: str) -> bool:
    """Tell whether the fact still holds that a check-in was made of, for the same day."""
    return holds(fact) and day_of(fact, zone) == (check_in.fact_day or check_in.date)


def holds(fact: FactDocument) -> bool:
    """Tell whether a fact may be come back to unasked: what is sensitive waits to be spoken of."""
    return fact.current and fact.sharing != "user" and fact.sensitivity != "sensitive"
