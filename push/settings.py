"""What users want to be told, and when not; changed by themselves, at any time."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from push.documents import PUSH_SETTINGS, PushSettings
from push.kinds import KINDS, Kind
from push.wall import zone_named
from sessions.clock import Clock
from sessions.errors import BadRequest, Conflict, Duplicate
from sessions.stores.documents import Documents

__all__ = ["NotificationSettings", "allows"]

_DAY = 24 * 60


class NotificationSettings:
    """The settings of all users; raises StoreUnavailable."""

    def __init__(self, *, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def get(self, user_id: str) -> PushSettings:
        """Return a user's settings, those of the house when they never changed any."""
        stored = await self._documents.get(PUSH_SETTINGS, user_id)
        return stored or PushSettings(id=user_id)

    async def update(
        self,
        user_id: str,
        *,
        muted: Sequence[Kind] | None = None,
        quiet_from: int | None = None,
        quiet_to: int | None = None,
        timezone: str | None = None,
        preview: bool | None = None,
        check_ins: bool | None = None,
        reminders: bool | None = None,
        nudges: bool | None = None,
        replies_at_once: bool | None = None,
    ) -> PushSettings:
        """Change what is not None, and return all; raises BadRequest for what makes no sense.

        Minutes are of the local day, 0 up to 1439; a timezone is an IANA name, or "" for the
        device's.
        """
        changes: dict[str, Any] = {
            "muted": None if muted is None else tuple(dict.fromkeys(muted)),
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
            "timezone": timezone,
            "preview": preview,
            "check_ins": check_ins,
            "reminders": reminders,
            "nudges": nudges,
            "replies_at_once": replies_at_once,
        }
        changes = {name: value for name, value in changes.items() if value is not None}
        _check(changes)
        while True:
            changes["updated_at"] = self._clock.now()
            stored = await self._documents.get(PUSH_SETTINGS, user_id)
            changed = structs.replace(stored or PushSettings(id=user_id), **changes)
            try:
                if stored is not None:
                    return await self._documents.replace(PUSH_SETTINGS, changed)
                await self._documents.insert(PUSH_SETTINGS, changed)
            except (Conflict, Duplicate):
                continue
            return changed


def allows(settings: PushSettings, kind: Kind) -> bool:
    """Tell whether a user has consented to a kind, where it needs consent (G9)."""
    consents: dict[Kind, bool] = {
        "check_in": settings.check_ins,
        "reminder": settings.reminders,
        "nudge": settings.nudges,
    }
    return consents.get(kind, True)


def _check(changes: dict[str, Any]) -> None:
    for name in ("quiet_from", "quiet_to"):
        if not 0 <= changes.get(name, 0) < _DAY:
            raise BadRequest(f"{name} is a minute of the day, 0 up to {_DAY - 1}")
    if unknown := set(changes.get("muted", ())) - set(KINDS):
        raise BadRequest(f"there are no kinds {sorted(unknown)}")
    zone = changes.get("timezone", "")
    if zone and zone_named(zone) is None:
        raise BadRequest("the timezone is not in the IANA database")
