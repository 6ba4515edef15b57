"""Requests: one at most for each call, and an outcome for every one."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog
from msgspec import Struct

from push.documents import Delivery, DeviceDocument, DeviceKind
from push.message import PushMessage
from push.outcomes import FAULT, Ambiguous, Held, Outcome
from push.ports import Sender
from push.tally import Tally
from sessions.clock import Clock

__all__ = ["Asked", "Asking"]

log = structlog.get_logger(__name__)

_STALLED = timedelta(seconds=1)


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

    async def ask(
        self, device: DeviceDocument, delivery: Delivery, message: PushMessage, *, since: float
    ) -> Asked:
        """Make the request of a delivery that was decided on at `since` (monotonic seconds)."""
        if self._clock.monotonic() - since > self._begin_s:
            held = Held(reason="stalled", retry_after=_STALLED, scope="device", lane=device.id)
            return Asked(device, delivery, held)
        outcome: Outcome
        try:
            async with asyncio.timeout(self._send_s):
                outcome = await self._senders[device.kind].send(device, message)
        except TimeoutError:
            outcome = Ambiguous(reason="timeout")
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the row must go on
            # what it says may be an address or words
            log.error("push_fault", device=device.id, error=type(error).__name__)
            outcome = Ambiguous(reason=FAULT)
        if not isinstance(outcome, Held):
            self._tally.count("attempted", message.kind)
        return Asked(device, delivery, outcome)
