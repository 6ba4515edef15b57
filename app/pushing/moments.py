"""Whether it is the moment for a mentor to write first: allowed, in time, and not at night."""

from datetime import UTC, datetime
from typing import Protocol

from app.pushing.silence import Silence
from push.checkins import LATEST
from push.devices import Devices
from push.documents import CheckInDocument
from push.quiet import released_at
from push.settings import NotificationSettings, allows
from push.wall import zone_named
from sessions.clock import Clock

__all__ = ["Moments", "Risks"]


class Risks(Protocol):
    """Knows what sessions spoke of."""

    async def at_risk(self, session_id: str) -> bool:
        """Tell whether a session spoke of a risk."""
        ...


class Moments:
    """Asks all that has a say before a mentor writes; raises StoreUnavailable."""

    def __init__(
        self,
        *,
        settings: NotificationSettings,
        devices: Devices,
        silence: Silence,
        risks: Risks,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._devices = devices
        self._silence = silence
        self._risks = risks
        self._clock = clock

    async def of(self, check_in: CheckInDocument) -> datetime | None:
        """Return when to write what is due: now, when the night is over, or None for not at all.

        Nothing is written without consent, into a session that spoke of a risk, or long after its
        time. A check-in comes when it was agreed on; its notification waits by itself (G6).
        """
        return await self._of(check_in, self._clock.now())

    async def ahead(self, check_in: CheckInDocument) -> datetime | None:
        """Return when what is still to come would be written as all is now, None for not at all."""
        at = await self._of(check_in, max(check_in.due_at, self._clock.now()))
        return None if at is None or _is_over(check_in, at) else at

    async def _of(self, check_in: CheckInDocument, now: datetime) -> datetime | None:
        settings = await self._settings.get(check_in.user_id)
        if not allows(settings, check_in.kind) or _is_over(check_in, now):
            return None
        if await self._risks.at_risk(check_in.session_id):
            return None
        if check_in.kind == "check_in":
            return now
        if check_in.kind == "nudge" and not await self._silence.calls(check_in.user_id, settings):
            return None
        zone = await self._devices.zone_of(check_in.user_id)
        return released_at(now, settings, zone or check_in.timezone)


def _is_over(check_in: CheckInDocument, now: datetime) -> bool:
    if check_in.kind != "reminder":
        return now - check_in.next_at > LATEST
    zone = zone_named(check_in.timezone) or UTC
    return now.astimezone(zone).date().isoformat() > check_in.fact_day
