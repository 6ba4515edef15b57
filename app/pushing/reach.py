"""Sessions' side of push: who can be reached, who is looking, and what has been read."""

import asyncio

import structlog

from app.pushing.presence import Presence
from app.telemetry.logs import described
from push.devices import device_id_of
from push.documents import DEVICES
from push.outbox import Outbox
from push.settings import NotificationSettings, allows
from sessions.errors import StoreUnavailable
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

__all__ = ["PushReach"]

_MOST_DEVICES = 100
# while the store is away
_PAUSES_S = (1, 4, 15, 60, 240)
log = structlog.get_logger(__name__)


class PushReach:
    """Passes the contract of sessions.reach.Reach."""

    def __init__(
        self,
        *,
        documents: Documents,
        settings: NotificationSettings,
        presence: Presence,
        outbox: Outbox,
        tasks: Tasks,
    ) -> None:
        self._documents = documents
        self._settings = settings
        self._presence = presence
        self._outbox = outbox
        self._tasks = tasks
        self._read_upto: dict[str, int] = {}

    async def reachable(self, user_id: str) -> bool:
        """Tell whether a user has an active device; raises StoreUnavailable."""
        devices = await self._documents.find(
            DEVICES, "by_user", {"user_id": user_id}, descending=True, limit=_MOST_DEVICES
        )
        return any(each.state == "active" for each in devices)

    async def writes_first(self, user_id: str) -> bool:
        """Tell whether a user has consented to check-ins; raises StoreUnavailable."""
        return allows(await self._settings.get(user_id), "check_in")

    def active(self, user_id: str, session_id: str) -> None:
        """Mark that a user is looking at a session."""
        self._presence.note(user_id, session_id)

    def read(self, user_id: str, session_id: str, number: int, installation_id: str = "") -> None:
        """Take back what tells of answers that were read, in the background (G3)."""
        work = self._take_back(user_id, session_id, number, installation_id)
        self._tasks.start(work, name="take back notifications")

    async def _take_back(
        self, user_id: str, session_id: str, number: int, installation_id: str
    ) -> None:
        device_id = device_id_of(installation_id) if installation_id else ""
        self._read_upto[session_id] = max(number, self._read_upto.get(session_id, 0))
        try:
            for pause_s in (0, *_PAUSES_S):
                await asyncio.sleep(pause_s)
                # who has read further since takes back all of it
                if self._read_upto.get(session_id, 0) > number:
                    return
                try:
                    await self._outbox.read(user_id, session_id, number, device_id=device_id)
                except StoreUnavailable as error:
                    # what waits is looked at again when it is sent; what is shown would stay
                    if pause_s in (0, _PAUSES_S[-1]):
                        log.warning("notifications_not_taken_back", **described(error))
                else:
                    return
        finally:
            if self._read_upto.get(session_id) == number:
                del self._read_upto[session_id]
