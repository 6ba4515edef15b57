"""Phones and conversations for tests of the outbox, and all parts of push put together."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Any

from msgspec import Struct

from push.budgets import Budgets
from push.devices import Devices
from push.documents import DeviceDocument, NotificationDocument
from push.doorbell import LocalDoorbell
from push.ledger import Ledger
from push.message import PushMessage
from push.outbox import Outbox
from push.outcomes import Accepted, Held, Outcome
from push.ports import Conversations, Replies, Sender, Unasked, Unread
from push.requests import Simple
from push.settings import NotificationSettings
from push.tally import Tally
from push.worker import Worker
from sessions.clock import Clock
from sessions.stores.documents import Documents
from sessions.tasks import Tasks

__all__ = ["Office", "Phones", "Request", "Talk"]


class Talk:
    """Passes the contract of push.ports.Conversations; replies are numbers of a session."""

    def __init__(self) -> None:
        self.replies_of: dict[str, list[int]] = defaultdict(list)
        self.read_upto: dict[str, int] = defaultdict(int)
        self.here: set[tuple[str, str]] = set()
        self.risky: set[str] = set()
        self.wrote_at: dict[str, datetime] = {}

    async def replies(self, user_id: str, session_id: str, numbers: Sequence[int]) -> Replies:
        """Return what of these turns' replies is unread."""
        unread = [each for each in self._unread(session_id) if each in numbers]
        return Replies(
            count=len(unread),
            text=f"reply {max(unread, default=0)}",
            persona="nova",
            at_risk=session_id in self.risky,
        )

    async def is_here(self, user_id: str, session_id: str) -> bool:
        """Tell whether the user is looking at the session now."""
        return (user_id, session_id) in self.here

    async def unread(self, user_id: str) -> Unread:
        """Return what is unread."""
        left = {each: found for each in self.replies_of if (found := len(self._unread(each)))}
        return Unread(count=sum(left.values()), sessions=tuple(left))

    async def at_risk(self, session_id: str) -> bool:
        """Tell whether a session spoke of a risk."""
        return session_id in self.risky

    async def wrote_since(self, user_id: str, since: datetime) -> bool:
        """Tell whether a user wrote after a time."""
        return user_id in self.wrote_at and self.wrote_at[user_id] > since

    def _unread(self, session_id: str) -> list[int]:
        read = self.read_upto[session_id]
        return [number for number in self.replies_of[session_id] if number > read]


class Request(Struct, frozen=True):
    """A request that a push service saw."""

    device_id: str
    address: str
    message: PushMessage


class Phones:
    """Passes the contract of push.ports.Sender; outcomes are scripted, or all is taken."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.outcomes: list[Outcome] = []
        self.refuses: dict[str, Outcome] = {}
        self.meanwhile: Callable[[], Any] | None = None

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Unasked:
        """Return a request, unless what is scripted is known without one."""
        if self.outcomes and isinstance(self.outcomes[0], Held):
            held = await self._take(device, message)
            assert isinstance(held, Held)
            return held
        return Simple(lambda: self._take(device, message))

    async def aclose(self) -> None:
        """Close nothing."""

    async def _take(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        self.requests.append(Request(device.id, device.address, message))
        if self.meanwhile is not None:
            await self.meanwhile()
        if device.address in self.refuses:
            return self.refuses[device.address]
        return self.outcomes.pop(0) if self.outcomes else Accepted(message_id="m")

    @property
    def shown(self) -> list[str]:
        """Return what bodies were sent, in order."""
        return [request.message.body for request in self.requests]


class Office:
    """All parts of push on `documents`, with one worker; `u1` has given consent."""

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        *,
        conversations: Conversations | None = None,
        sender: Sender | None = None,
        **options: Any,
    ) -> None:
        self.documents, self.clock = documents, clock
        self.talk, self.phones, self.tally = Talk(), Phones(), Tally()
        self.conversations = conversations or self.talk
        self.errors: list[BaseException] = []
        self.bell = LocalDoorbell()
        self.devices = Devices(documents=documents, clock=clock)
        self.settings = NotificationSettings(documents=documents, clock=clock)
        self.budgets = Budgets(documents, clock, self.conversations.wrote_since)
        parts: dict[str, Any] = {
            "documents": documents,
            "clock": clock,
            "doorbell": self.bell,
            "tally": self.tally,
        }
        self.outbox = Outbox(**parts)
        self.ledger = Ledger(**parts)
        self.options = options
        self.worker = self.hire(sender or self.phones)

    def hire(self, phones: Sender) -> Worker:
        """Return one more worker, with phones of its own."""
        return Worker(
            documents=self.documents,
            devices=self.devices,
            settings=self.settings,
            budgets=self.budgets,
            conversations=self.conversations,
            senders={"fcm_token": phones, "webpush": phones},
            doorbell=self.bell,
            tally=self.tally,
            clock=self.clock,
            tasks=Tasks(lambda name, error: self.errors.append(error)),
            name_of=lambda persona, locale: persona.title(),
            random=Random(7),
            **self.options,
        )

    async def phone(self, number: int = 1, user_id: str = "u1", **more: Any) -> DeviceDocument:
        """Register a phone of a user; by its number."""
        known: dict[str, Any] = {
            "kind": "fcm_token",
            "address": f"t{number}",
            "platform": "android",
            "timezone": "UTC",
            "preview": True,
        }
        return await self.devices.register(user_id, f"i{number}", **known | more)

    async def reply(self, number: int, session_id: str = "s1", **more: Any) -> NotificationDocument:
        """Have a reply end that is to be told at once."""
        if number not in self.talk.replies_of[session_id]:
            self.talk.replies_of[session_id].append(number)
        more = {"due_at": self.clock.now()} | more
        return await self.outbox.enqueue(
            "u1",
            "reply_ready",
            f"{session_id}-{number}",
            session_id=session_id,
            numbers=(number,),
            **more,
        )

    async def row(self, notification: NotificationDocument) -> NotificationDocument:
        """Return a row as it is now."""
        stored = await self.outbox.get(notification.id)
        assert stored is not None
        return stored

    async def work(self) -> None:
        """Do all that is due now."""
        await self.worker.run_once()
        assert not self.errors
