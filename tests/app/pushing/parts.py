"""Parts of push as these tests need them, and documents of a process that dies."""

from random import Random
from typing import Any

from app.pushing.clearing import Clearing
from app.pushing.forgetting import PushForgetting
from push.devices import Devices
from push.documents import DeviceDocument
from push.doorbell import LocalDoorbell
from push.outbox import Outbox
from push.tally import Tally
from sessions.clock import Clock
from sessions.stores.documents import Documents
from sessions.tasks import Tasks
from tests.push.phones import Talk

__all__ = ["Dead", "FewWrites", "a_phone", "an_outbox", "forgetting"]


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


def forgetting(documents: Documents, clock: Clock) -> PushForgetting:
    """Return what forgets, where no phone can be reached."""
    devices, nobody = Devices(documents=documents, clock=clock), Talk()
    clearing = Clearing(
        devices=devices,
        conversations=nobody,
        senders={},
        clock=clock,
        tasks=Tasks(lambda _name, _error: None),
        random=Random(7),
    )
    return PushForgetting(
        documents=documents,
        clock=clock,
        devices=devices,
        outbox=an_outbox(documents, clock),
        clearing=clearing,
    )


async def a_phone(
    documents: Documents, clock: Clock, user_id: str = "u1", name: str = "i-1"
) -> DeviceDocument:
    """Register a phone and return it."""
    devices = Devices(documents=documents, clock=clock)
    return await devices.register(
        user_id, name, kind="fcm_token", address=f"token of {name}", platform="android"
    )
