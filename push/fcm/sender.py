"""Sends to phones through FCM."""

import asyncio
import re
from collections import OrderedDict
from datetime import timedelta
from json import dumps

import structlog

from push.documents import DeviceDocument
from push.fcm.builder import Wire, build
from push.fcm.channel import Channel
from push.fcm.classifier import classify
from push.fcm.credential import Bearer
from push.fcm.faults import Reply
from push.fcm.limits import Unsendable
from push.lanes import Lane
from push.message import PushMessage
from push.outcomes import Accepted, Held, Outcome, Permanent, Temporary
from push.ports import Request, Unasked
from push.requests import Placed
from sessions.clock import Clock

__all__ = ["FcmSender"]

_FULL = timedelta(seconds=5)
_REMEMBERED = 10_000
_WORD = re.compile(r"\w+")
_LAST_WORD = re.compile(r"[\w\ufffd]+\Z")
_LONGEST_WORD = 24
_LOGGED_BYTES = 500
_log = structlog.get_logger(__name__)


class FcmSender:
    """Builds, signs and posts each message once, and reads the answer.

    At most `concurrency` requests are on their way; one has room within `room_s` or is held. What
    it comes to says whether the address lives: an address that is called invalid is given up only
    when the same notification was taken for another device of its platform (A6).
    """

    def __init__(
        self,
        channel: Channel,
        bearer: Bearer,
        *,
        project: str,
        clock: Clock,
        concurrency: int = 50,
        room_s: float = 2.0,
    ) -> None:
        self._channel = channel
        self._bearer = bearer
        self._project = project
        self._clock = clock
        self._room_s = room_s
        self._room = asyncio.Semaphore(concurrency)
        self._taken: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Request | Unasked:
        """Build a message, and wait for a token, a connection and room."""
        try:
            wire = build(device, message, self._clock.now())
        except Unsendable as error:
            return Permanent(reason=f"unsendable: {error.field}")
        if (missing := await self._bearer.ready()) is not None:
            return missing
        if (failed := await self._channel.ready()) is not None:
            return failed
        try:
            async with asyncio.timeout(self._room_s):
                await self._room.acquire()
        except TimeoutError:
            return Held(reason="full", retry_after=_FULL, scope="project", lane=self._project)
        return Placed(lambda: self._ask(wire, device, message), self._room.release)

    def lanes_of(self, device: DeviceDocument) -> tuple[Lane, ...]:
        """Return what is slowed, or stopped, with a device."""
        return (("device", device.id), ("platform", device.platform), ("project", self._project))

    async def aclose(self) -> None:
        """Close connections."""
        await self._channel.aclose()

    async def _ask(self, wire: Wire, device: DeviceDocument, message: PushMessage) -> Outcome:
        return self._judged(await self._post(wire, device), device, message)

    async def _post(self, wire: Wire, device: DeviceDocument) -> Outcome:
        token = self._bearer.token
        answer = await self._channel.post(wire)
        if not isinstance(answer, Reply):
            return answer
        outcome = classify(answer, device, self._project, self._clock.now())
        if outcome.reason == "unknown":
            _log.warning("push_unknown", status=answer.status, body=_redacted(answer.body, wire))
        if outcome.reason == "unauthenticated" and self._bearer.refused(token):
            return Temporary(reason="unauthenticated")
        return outcome

    def _judged(self, outcome: Outcome, device: DeviceDocument, message: PushMessage) -> Outcome:
        same = (message.notification_id, device.platform)
        if isinstance(outcome, Accepted):
            self._bearer.taken()
            self._taken[same] = None
            if len(self._taken) > _REMEMBERED:
                self._taken.popitem(last=False)
        elif isinstance(outcome, Permanent) and outcome.reason == "invalid_token":
            return Permanent(
                reason=outcome.reason, address="gone" if same in self._taken else "fine"
            )
        return outcome


def _redacted(body: bytes, wire: Wire) -> str:
    """Return a body for whoever finds out what it means, without any word that was sent."""
    sent = {
        word for ascii_ in (True, False) for word in _WORD.findall(dumps(wire, ensure_ascii=ascii_))
    }

    def hidden(word: re.Match[str]) -> str:
        return "…" if word[0] in sent or len(word[0]) > _LONGEST_WORD else word[0]

    text = body[:_LOGGED_BYTES].decode(errors="replace")
    if len(body) > _LOGGED_BYTES:
        # the beginning of a word is not known for one that was sent
        text = _LAST_WORD.sub("…", text)
    return _WORD.sub(hidden, text)
