"""Goals that nobody has come back to for some days become a nudge, where users agreed."""

from contextlib import suppress
from datetime import UTC, timedelta

from app.pushing.moments import Risks
from app.pushing.promises import EVENING
from app.pushing.silence import QUIET, Silence, open_goal
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import PushSettings
from push.schedule import Plan, next_occurrence
from push.settings import NotificationSettings
from push.wall import zone_named
from sessions.archive import SESSIONS, SessionDocument
from sessions.clock import Clock
from sessions.errors import BadRequest
from sessions.stores.documents import Documents, Range
from sessions.stores.paging import everything

__all__ = ["Nudges"]

# so long nobody may have looked for a session without its nudge being lost
_MISSED = timedelta(hours=2)


class Nudges:
    """Looks for sessions that have just become quiet; again finds the same nudges.

    Where a mentor is about to write anyway, there is none. Raises StoreUnavailable.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        check_ins: CheckIns,
        settings: NotificationSettings,
        devices: Devices,
        silence: Silence,
        risks: Risks,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._check_ins = check_ins
        self._settings = settings
        self._devices = devices
        self._silence = silence
        self._risks = risks
        self._clock = clock

    async def run_once(self) -> None:
        """Make the nudges of sessions in which nobody spoke for three days."""
        since = self._clock.now() - QUIET
        async for session in everything(
            self._documents,
            SESSIONS,
            "private",
            {"private": False},
            within=Range(gte=since - _MISSED, lte=since),
        ):
            if session.closed_at is None and open_goal(session.summary):
                await self._nudge(session)

    async def _nudge(self, session: SessionDocument) -> None:
        settings = await self._settings.get(session.user_id)
        if not await self._silence.calls(session.user_id, settings):
            return
        if await self._risks.at_risk(session.id):
            return
        if await self._check_ins.of_user(session.user_id, kind=None):
            return
        # one that was called off, or is over, was for this silence
        if await self._check_ins.nudged_since(session.user_id, session.updated_at):
            return
        plan = await self._evening(session, settings)
        with suppress(BadRequest):  # nobody knows the zone
            await self._check_ins.create(plan, session_id=session.id, kind="nudge")

    async def _evening(self, session: SessionDocument, settings: PushSettings) -> Plan:
        """Return the next evening where the user is."""
        now = self._clock.now()
        zone = settings.timezone or await self._devices.zone_of(session.user_id) or session.timezone
        today = now.astimezone(zone_named(zone) or UTC).date()
        plan, tomorrow = (
            Plan(
                user_id=session.user_id,
                timezone=zone,
                minute=EVENING,
                date=(today + timedelta(days=ahead)).isoformat(),
                exact=False,
            )
            for ahead in (0, 1)
        )
        return plan if next_occurrence(plan, now) is not None else tomorrow
