"""Days that users named become reminders, where they agreed: the evening or the morning before."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from app.pushing.promises import EVENING, day_of, holds
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CheckInDocument
from push.schedule import Plan, next_occurrence
from push.settings import NotificationSettings, allows
from sessions.archive import SESSIONS
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.documents import Kind as FactKind
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

__all__ = ["DATED", "LEAD", "MORNING", "Reminders"]

MORNING = 9 * 60
# who has just said it needs no reminder of it
LEAD = timedelta(hours=6)
DATED: tuple[FactKind, ...] = ("deadline", "commitment")
_BEFORE = timedelta(hours=36)
_AFTER = timedelta(hours=12)


class Reminders:
    """Looks for deadlines and commitments whose day is near; again finds the same reminders.

    Only the next one is worked out, and whether the fact still holds is asked when it is due.
    Raises StoreUnavailable.
    """

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
        """Make the reminders of days that are near."""
        now = self._clock.now()
        near = Range(gte=now - _AFTER, lte=now + _BEFORE)
        for kind in DATED:
            async for fact in everything(
                self._documents, FACTS, "promised", {"kind": kind}, within=near
            ):
                await self._remind(fact)

    async def draft(self, fact: FactDocument) -> CheckInDocument | None:
        """Return the reminder of a fact's day, None where there is to be none."""
        if not holds(fact) or not fact.sources or fact.due is None:
            return None
        settings = await self._settings.get(fact.user_id)
        session = await self._documents.get(SESSIONS, fact.sources[-1].session_id)
        if not allows(settings, "reminder") or session is None or session.private:
            return None
        day = day_of(fact, session.timezone)
        zone = settings.timezone or await self._devices.zone_of(fact.user_id) or session.timezone
        plan = self._plan(fact, day, zone)
        if plan is None:
            return None
        with suppress(BadRequest):  # nobody knows the zone
            return self._check_ins.draft(
                plan,
                session_id=session.id,
                persona=fact.persona,
                fact_id=fact.id,
                fact_day=day,
                kind="reminder",
            )
        return None

    async def _remind(self, fact: FactDocument) -> None:
        if (draft := await self.draft(fact)) is not None:
            with suppress(BadRequest):  # there are enough
                await self._check_ins.keep(draft)

    def _plan(self, fact: FactDocument, day: str, zone: str) -> Plan | None:
        """Return the first time that is still to come, and not too soon after it was told."""
        told = fact.edited_at or fact.created_at
        for plan in _plans(fact, date.fromisoformat(day), zone):
            found = next_occurrence(plan, self._clock.now())
            if found is not None and found.at >= told + LEAD:
                return plan
        return None


def _plans(fact: FactDocument, day: date, zone: str) -> Iterator[Plan]:
    """Yield when to remind: of a deadline while there is an evening left, else that morning."""
    eve = day - timedelta(days=1)
    for on, minute in ((eve, EVENING), (day, MORNING)):
        if on == day or fact.kind == "deadline":
            yield Plan(
                user_id=fact.user_id,
                timezone=zone,
                minute=minute,
                date=on.isoformat(),
                exact=False,
            )
