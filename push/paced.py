"""A sender that keeps to its lanes."""

import asyncio
from collections.abc import Callable, Sequence

from push.documents import DeviceDocument
from push.lanes import Lane, Lanes
from push.message import PushMessage
from push.outcomes import Accepted, Held, Outcome
from push.ports import Sender

__all__ = ["PacedSender"]


class PacedSender:
    """Asks for leave before each request of `sender`; `lanes_of` names the lanes of a device."""

    def __init__(
        self,
        sender: Sender,
        lanes: Lanes,
        lanes_of: Callable[[DeviceDocument], Sequence[Lane]],
    ) -> None:
        self._sender = sender
        self._lanes = lanes
        self._lanes_of = lanes_of

    async def send(self, device: DeviceDocument, message: PushMessage) -> Outcome:
        """Make at most one request, in its slot; Held when none was made.

        Of a trial the lanes learn only that it was accepted.
        """
        permit = self._lanes.enter(self._lanes_of(device))
        if isinstance(permit, Held):
            return permit
        outcome: Outcome | None = None
        try:
            await asyncio.sleep(permit.wait_s)
            outcome = await self._sender.send(device, message)
        finally:
            tells = isinstance(outcome, Accepted) or not message.is_trial
            judged = self._lanes.leave(permit, outcome if tells else None)
        # leave gives an outcome for what it was told
        return judged or outcome

    async def aclose(self) -> None:
        """Close connections."""
        await self._sender.aclose()
