"""Users with phones and unread answers, in the documents that a worker's process shares."""

from collections import defaultdict
from datetime import timedelta

from push.devices import Devices
from push.documents import PUSH_COLLECTIONS, NotificationDocument
from push.doorbell import LocalDoorbell
from push.outbox import Outbox
from push.settings import NotificationSettings
from push.tally import Tally
from sessions.archive import COLLECTIONS as SESSION_COLLECTIONS
from sessions.archive import SESSIONS, TURNS
from sessions.clock import Clock
from sessions.stores.documents import Documents
from tests.fakes.fcm.service import FakeFcm
from tests.sessions.turns import session, turn

__all__ = ["COLLECTIONS", "Estate", "installation_of"]

COLLECTIONS = (*SESSION_COLLECTIONS, *PUSH_COLLECTIONS)


def installation_of(address: str) -> str:
    """Return the installation that has an address."""
    return f"installation-{address}"


class Estate:
    """Puts what a worker is to tell, as the hand-over does; every session has one answer."""

    def __init__(self, documents: Documents, fcm: FakeFcm, clock: Clock) -> None:
        self._documents = documents
        self._fcm = fcm
        self._devices = Devices(documents=documents, clock=clock)
        self._settings = NotificationSettings(documents=documents, clock=clock)
        self._clock = clock
        self._phones: dict[str, list[str]] = defaultdict(list)
        self._outbox = Outbox(
            documents=documents, clock=clock, doorbell=LocalDoorbell(), tally=Tally()
        )

    async def user(self, name: str, *, phones: int = 1) -> None:
        """Have a user with phones, every other one Apple's, whom nothing keeps from being told."""
        await self._settings.update(name, quiet_from=0, quiet_to=0)
        for number in range(phones):
            address, is_apple = f"{name}-phone-{number}", number % 2 == 1
            self._fcm.phone(address, is_apple=is_apple)
            device = await self._devices.register(
                name,
                installation_of(address),
                kind="fcm_token",
                address=address,
                platform="ios" if is_apple else "android",
                timezone="UTC",
            )
            self._phones[name].append(device.id)

    def devices_of(self, name: str) -> list[str]:
        """Return the ids of a user's phones."""
        return self._phones[name]

    async def reply(self, user_id: str, name: str) -> NotificationDocument:
        """Have an answer that is to be told at once, and return its row."""
        now = self._clock.now()
        of_session = {"user_id": user_id, "id": f"s_{name}", "created_at": now, "updated_at": now}
        await self._documents.insert(SESSIONS, session(**of_session, unread=1))
        told = turn(1, id=f"t_{name}", session_id=f"s_{name}", user_id=user_id, created_at=now)
        await self._documents.insert(TURNS, told)
        return await self._outbox.enqueue(
            user_id,
            "reply_ready",
            told.id,
            session_id=told.session_id,
            numbers=(1,),
            persona="lua",
            created_at=now,
            due_at=now - timedelta(milliseconds=1),
        )
