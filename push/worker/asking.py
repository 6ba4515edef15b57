"""Requests: one at most for each delivery, and an outcome for every one."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from msgspec import Struct

from push.documents import Delivery, DeviceDocument, DeviceKind, NotificationDocument
from push.message import PushMessage
from push.outcomes import FAULT, Ambiguous, Held, Outcome, Temporary
from push.ports import Request, Sender, Unasked
from push.tally import Tally
from sessions.clock import Clock

__all__ = ["Asked", "Asking", "Prepared", "Ready", "Refused"]

log = structlog.get_logger(__name__)

_STALLED = timedelta(seconds=1)


class Ready(Struct, frozen=True):
    """A request that is made as soon as it is written down that it is."""

    message: PushMessage
    request: Request


class Refused(Struct, frozen=True):
    """A device for which there is no request, and why."""

    device: DeviceDocument
    outcome: Unasked


class Prepared(Struct, frozen=True):
    """What was prepared for a row, by device."""

    devices: Mapping[str, DeviceDocument]
    ready: Mapping[str, Ready]
    refused: Sequence[Refused]

    def drop(self) -> None:
        """Make none of the requests."""
        for each in self.ready.values():
            each.request.drop()


class Asked(Struct, frozen=True):
    """A request: its device, its delivery as begun, and what it came to."""

    device: DeviceDocument
    delivery: Delivery
    outcome: Outcome


class Asking:
    """Has senders make requests; one ends after `send_s`, and none begins after `begin_s`.

    Together they are less than a lease: when somebody else takes the row over, no request of the
    one before begins any more. And what was decided long ago is decided on again.
    """

    def __init__(
        self,
        senders: Mapping[DeviceKind, Sender],
        clock: Clock,
        tally: Tally,
        *,
        begin_s: float,
        send_s: float,
    ) -> None:
        self._senders = senders
        self._clock = clock
        self._tally = tally
        self._begin_s = begin_s
        self._send_s = send_s

    async def prepare(
        self, messages: Sequence[tuple[DeviceDocument, PushMessage]], *, since: float
    ) -> Prepared:
        """Have all at hand for what was decided on at `since` (monotonic seconds)."""
        found = await asyncio.gather(*(self._prepare(*each, since) for each in messages))
        return Prepared(
            devices={device.id: device for device, _ in messages},
            ready={
                device.id: each
                for (device, _), each in zip(messages, found, strict=True)
                if isinstance(each, Ready)
            },
            refused=[each for each in found if isinstance(each, Refused)],
        )

    async def make(
        self, prepared: Prepared, row: NotificationDocument, *, since: float
    ) -> list[Asked]:
        """Make the requests that `row`, as it is stored, says are on their way."""
        requests = [
            self._make(prepared.devices[each.device_id], ready, each, since)
            for each in row.deliveries
            if (ready := prepared.ready.get(each.device_id)) is not None
        ]
        return await asyncio.gather(*requests)

    async def _prepare(
        self, device: DeviceDocument, message: PushMessage, since: float
    ) -> Ready | Refused:
        if (left_s := self._left_s(since)) <= 0:
            return Refused(device, _stalled(device))
        try:
            async with asyncio.timeout(left_s):
                prepared = await self._senders[device.kind].prepare(device, message)
        except TimeoutError:
            return Refused(device, _stalled(device))
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the row must go on
            _confess(device, error)
            return Refused(device, Temporary(reason=FAULT))
        if isinstance(prepared, Unasked):
            return Refused(device, prepared)
        return Ready(message, prepared)

    async def _make(
        self, device: DeviceDocument, ready: Ready, delivery: Delivery, since: float
    ) -> Asked:
        if self._left_s(since) <= 0:
            ready.request.drop()
            return Asked(device, delivery, _stalled(device))
        outcome: Outcome
        try:
            async with asyncio.timeout(self._send_s):
                outcome = await ready.request.make()
        except TimeoutError:
            outcome = Ambiguous(reason="timeout")
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the row must go on
            _confess(device, error)
            outcome = Ambiguous(reason=FAULT)
        if not isinstance(outcome, Held):
            self._tally.count("attempted", ready.message.kind)
        return Asked(device, delivery, outcome)

    def _left_s(self, since: float) -> float:
        return since + self._begin_s - self._clock.monotonic()


def _stalled(device: DeviceDocument) -> Held:
    return Held(reason="stalled", retry_after=_STALLED, scope="device", lane=device.id)


def _confess(device: DeviceDocument, error: Exception) -> None:
    # what it says may be an address or words
    log.error("push_fault", device=device.id, error=type(error).__name__)
