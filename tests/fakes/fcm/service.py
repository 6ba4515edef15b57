"""Google's service on loopback: phones, limits, and faults to order."""

import asyncio
import json
import ssl
from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Any, Self, TypeAlias

from sessions.clock import Clock
from tests.fakes.fcm.phone import Phone
from tests.fakes.fcm.replies import accepted, invalid, over_quota, plain, refused
from tests.fakes.fcm.rules import violations
from tests.fakes.h2_server import Answer, H2Server, Request

__all__ = ["FakeFcm", "Fault"]

# what to answer; "lost" brings the message to the phone and cuts the connection
Fault: TypeAlias = Answer | str

_DEVICE_AN_HOUR = 5000


class FakeFcm:
    """FCM's `messages:send` for one project while it is entered.

    `phones` are by address; `posts` are the messages that were written to it, taken or not, at
    `posted_at`, and `in_flight_most` the most at a time. `token` is the only access token that is
    good. An order for a fault is used once: of an address, or of whichever comes next.
    """

    def __init__(
        self,
        tls: ssl.SSLContext,
        clock: Clock,
        *,
        project: str = "ion-test",
        delay_s: float = 0.0,
    ) -> None:
        self.phones: dict[str, Phone] = {}
        self.gone: set[str] = set()
        self.foreign: set[str] = set()
        self.posts: list[dict[str, Any]] = []
        self.posted_at: list[datetime] = []
        self.headers: list[dict[str, str]] = []
        self.token = "good-token"
        self.delay_s = delay_s
        self.device_a_minute = 240
        self.in_flight_most = 0
        self._in_flight = 0
        self._project = project
        self._clock = clock
        self._orders: deque[Fault] = deque()
        self._orders_of: dict[str, deque[Fault]] = defaultdict(deque)
        self._taken: dict[str, deque[datetime]] = defaultdict(deque)
        self._server = H2Server(self._handle, tls)

    @property
    def url(self) -> str:
        """The base URL, in place of https://fcm.googleapis.com."""
        return self._server.url

    @property
    def connections(self) -> int:
        """How many connections there were."""
        return self._server.connections

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self._server.__aexit__(*ended)

    def phone(self, address: str, *, is_apple: bool = False) -> Phone:
        """Return the phone at an address, a new one if there is none."""
        return self.phones.setdefault(address, Phone(is_apple=is_apple))

    async def until(self, posted: int) -> None:
        """Return when so many messages were written to it."""
        while len(self.posts) < posted:
            await asyncio.sleep(0.002)

    def order(self, *faults: Fault, of: str = "") -> None:
        """Have the next requests fail, each in one of these ways."""
        (self._orders_of[of] if of else self._orders).extend(faults)

    async def _handle(self, request: Request) -> Answer:
        self._in_flight += 1
        self.in_flight_most = max(self.in_flight_most, self._in_flight)
        try:
            answer = self._answer(request)
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            return answer
        finally:
            self._in_flight -= 1

    def _answer(self, request: Request) -> Answer:
        if request.path != f"/v1/projects/{self._project}/messages:send":
            return plain(404, "<html>Not Found</html>")
        self.headers.append(request.headers)
        body = json.loads(request.body)
        message: dict[str, Any] = body["message"]
        self.posts.append(message)
        self.posted_at.append(self._clock.now())
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return refused(401)
        address = message.get("token") or message.get("fid") or ""
        for orders in (self._orders_of[address], self._orders):
            if orders:
                return self._ordered(orders.popleft(), address, message)
        return self._deliver(address, message, is_trial=bool(body.get("validate_only")))

    def _ordered(self, fault: Fault, address: str, message: dict[str, Any]) -> Answer:
        if fault == "lost":
            self._deliver(address, message, is_trial=False)
            return "cut"
        return fault  # type: ignore[return-value]

    def _deliver(self, address: str, message: dict[str, Any], *, is_trial: bool) -> Answer:
        if found := violations(message):
            return invalid(found)
        if address in self.gone:
            return refused(404, "UNREGISTERED", message="Requested entity was not found.")
        if address in self.foreign:
            return refused(403, "SENDER_ID_MISMATCH", message="SenderId mismatch")
        if address not in self.phones:
            text = "The registration token is not a valid FCM registration token"
            return invalid([("message.token", text)], message=text)
        if self._is_too_often(address):
            return over_quota("device:message_rate")
        if not is_trial:
            self.phones[address].take(message, self._lives_until(message))
        return accepted(f"projects/{self._project}/messages/{len(self.posts)}")

    def _is_too_often(self, address: str) -> bool:
        now, taken = self._clock.now(), self._taken[address]
        while taken and taken[0] <= now - timedelta(hours=1):
            taken.popleft()
        lately = sum(at > now - timedelta(minutes=1) for at in taken)
        if lately >= self.device_a_minute or len(taken) >= _DEVICE_AN_HOUR:
            return True
        taken.append(now)
        return False

    def _lives_until(self, message: dict[str, Any]) -> datetime:
        now = self._clock.now()
        if "apns" in message:
            expires = int(message["apns"]["headers"]["apns-expiration"])
            return datetime.fromtimestamp(expires, now.tzinfo)
        if "android" in message:
            return now + timedelta(seconds=int(message["android"]["ttl"].removesuffix("s")))
        return now + timedelta(seconds=int(message["webpush"]["headers"]["TTL"]))
