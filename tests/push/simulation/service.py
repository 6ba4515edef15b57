"""A push service that shows what it accepts, fails as it likes, and knows dead addresses."""

import asyncio
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from push.documents import DeviceDocument
from push.message import PushMessage
from push.outcomes import (
    Accepted,
    Ambiguous,
    Configuration,
    Held,
    Outcome,
    Permanent,
    Temporary,
)
from push.ports import Unasked
from push.requests import Simple

from .process import Process

__all__ = ["SenderOf", "Service", "Shown"]


class Shown(Struct, frozen=True):
    """A request that was accepted: the phone shows it."""

    at: datetime
    phone: str
    message: PushMessage


class Service:
    """What phones show; `fails` is how often a request does not simply succeed.

    With `answers` the reason is always told.
    """

    def __init__(self, random: Random, *, answers: bool) -> None:
        self._random = random
        self.answers = answers
        self.fails = 0.0
        self.phones: dict[str, str] = {}
        self.shown: list[Shown] = []
        self.requests = 0

    def take(self, address: str, message: PushMessage, at: datetime) -> Outcome:
        """Show a message unless the address is dead, or it does not please."""
        self.requests += 1
        if self._random.random() < self.fails:
            if self.answers or self._random.random() < 0.6:
                return self._failure()
            # it was shown, and nobody is told
            self._show(address, message, at)
            return Ambiguous(reason="dropped")
        if address not in self.phones:
            return Permanent(reason="UNREGISTERED", address="gone")
        self._show(address, message, at)
        return Accepted(message_id=str(self.requests))

    def _show(self, address: str, message: PushMessage, at: datetime) -> None:
        if address in self.phones:
            self.shown.append(Shown(at, self.phones[address], message))

    def _failure(self) -> Outcome:
        failures: list[Outcome] = [
            Temporary(reason="INTERNAL"),
            Temporary(reason="QUOTA", retry_after=timedelta(seconds=30), quota=True),
            Configuration(reason="denied", scope="project", lane="p"),
        ]
        if not self.answers:
            failures.append(Ambiguous(reason="timeout"))
        return self._random.choice(failures)


class SenderOf:
    """Passes the contract of push.ports.Sender for one process."""

    def __init__(self, service: Service, process: Process, random: Random) -> None:
        self._service = service
        self._process = process
        self._random = random

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Unasked:
        """Wait for room, mostly with success."""
        await self._process.hop()
        if self._random.random() < self._service.fails / 4:
            wait = timedelta(seconds=self._random.randint(1, 20))
            return Held(reason="full", retry_after=wait, scope="project", lane="p")
        return Simple(lambda: self._ask(device, message))

    async def aclose(self) -> None:
        """Close nothing."""

    async def _ask(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        """Make a request, and wait for an answer, for long or in vain."""
        await self._process.hop()
        at = self._process.now() - self._process.skew
        outcome = self._service.take(device.address, message, at)
        await self._process.hop()
        if not self._service.answers and self._random.random() < self._service.fails / 4:
            await asyncio.sleep(30)
        return outcome
