"""A sender that keeps to its lanes."""

import asyncio
from collections.abc import Callable, Sequence

from push.documents import DeviceDocument
from push.lanes import Lane, Lanes, Permit
from push.message import PushMessage
from push.outcomes import Accepted, Configuration, Held, Outcome, Permanent, Temporary
from push.ports import Request, Sender, Unasked

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

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Request | Unasked:
        """Wait for a slot, then for what `sender` needs; Held when a lane is closed or full.

        Of a trial the lanes learn only that it was accepted.
        """
        permit = self._lanes.enter(self._lanes_of(device))
        if isinstance(permit, Held):
            return permit
        leave = _Leave(self._lanes, permit, is_trial=message.is_trial)
        try:
            if permit.wait_s:
                await asyncio.sleep(permit.wait_s)
            prepared = await self._sender.prepare(device, message)
        except BaseException:
            leave.give_back(None)
            raise
        match prepared:
            case Held():
                leave.give_back(None)
                return prepared
            case Permanent() | Temporary() | Configuration():
                leave.give_back(prepared)
                return prepared
        return _PacedRequest(prepared, leave)

    async def aclose(self) -> None:
        """Close connections."""
        await self._sender.aclose()


class _Leave:
    """Leave to make one request, which is given back once."""

    def __init__(self, lanes: Lanes, permit: Permit, *, is_trial: bool) -> None:
        self._lanes = lanes
        self._permit = permit
        self._is_trial = is_trial

    def give_back(self, outcome: Outcome | None) -> Outcome | None:
        tells = isinstance(outcome, Accepted) or not self._is_trial
        # leave gives an outcome for what it was told
        return self._lanes.leave(self._permit, outcome if tells else None) or outcome


class _PacedRequest:
    """Passes the contract of push.ports.Request."""

    def __init__(self, request: Request, leave: _Leave) -> None:
        self._request = request
        self._leave = leave

    async def make(self) -> Outcome:
        """Make it, and have its lanes learn from what it came to."""
        try:
            outcome = await self._request.make()
        except BaseException:
            self._leave.give_back(None)
            raise
        return self._leave.give_back(outcome) or outcome

    def drop(self) -> None:
        """Give back room and leave."""
        self._request.drop()
        self._leave.give_back(None)
