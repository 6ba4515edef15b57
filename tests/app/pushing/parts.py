"""Parts of push as these tests need them, and documents of a process that dies."""

from typing import Any

from app.pushing.forgetting import PushForgetting
from push.clearing import Clearing
from push.devices import Devices
from push.documents import DeviceDocument
from push.doorbell import LocalDoorbell
from push.outbox import Outbox
from push.tally import Tally
from sessions.clock import Clock
from sessions.stores.documents import Documents

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
        is_write = name in ("insert", "replace", "claim", "delete")
        return self._counted(method) if is_write else method

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


def forgetting(
    documents: Documents, clock: Clock, *, tally: Tally | None = None, is_on: bool = True
) -> PushForgetting:
    """Return what forgets, where nobody listens; with `is_on` phones are to be told."""
    parts: dict[str, Any] = {
        "documents": documents,
        "clock": clock,
        "doorbell": LocalDoorbell(),
        "tally": tally or Tally(),
    }
    return PushForgetting(
        documents=documents,
        clock=clock,
        devices=Devices(documents=documents, clock=clock),
        outbox=Outbox(**parts),
        clearing=Clearing(**parts, is_on=is_on),
    )


async def a_phone(
    documents: Documents, clock: Clock, user_id: str = "u1", name: str = "i-1"
) -> DeviceDocument:
    """Register a phone and return it."""
    devices = Devices(documents=documents, clock=clock)
    return await devices.register(
        user_id, name, kind="fcm_token", address=f"token of {name}", platform="android"
    )
