"""Parts of push as these tests need them, and documents of a process that dies."""

from typing import Any

from push.devices import Devices
from push.documents import DeviceDocument
from push.doorbell import LocalDoorbell
from push.outbox import Outbox
from push.tally import Tally
from sessions.clock import Clock
from sessions.stores.documents import Documents

__all__ = ["Dead", "FewWrites", "a_phone", "an_outbox"]


class Dead(Exception):
    """The process was killed."""


class FewWrites:
    """Documents of a process that is killed at its write number `lives`, before or after it."""

    def __init__(self, documents: Documents, lives: int, *, done: bool) -> None:
        self._documents = documents
        self._lives = lives
        self._done = done

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._documents, name)
        return self._counted(method) if name in ("insert", "replace", "claim") else method

    def _counted(self, method: Any) -> Any:
        async def write(*args: Any, **options: Any) -> Any:
            self._lives -= 1
            if self._lives < 0 or (self._lives == 0 and not self._done):
                raise Dead
            result = await method(*args, **options)
            if self._lives == 0:
                raise Dead
            return result

        return write


def an_outbox(documents: Documents, clock: Clock) -> Outbox:
    """Return an outbox that nobody listens to."""
    return Outbox(documents=documents, clock=clock, doorbell=LocalDoorbell(), tally=Tally())


async def a_phone(
    documents: Documents, clock: Clock, user_id: str = "u1", name: str = "i-1"
) -> DeviceDocument:
    """Register a phone and return it."""
    devices = Devices(documents=documents, clock=clock)
    return await devices.register(
        user_id, name, kind="fcm_token", address=f"token of {name}", platform="android"
    )
