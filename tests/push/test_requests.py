"""Requests that are prepared and not made."""

import asyncio

from push.lanes import Lanes
from push.outcomes import Accepted, Configuration, Held, Outcome, Temporary
from push.paced import PacedSender
from push.ports import Request, Unasked
from push.requests import Placed, send
from tests.clocks import FakeClock
from tests.push.fcm.notifications import device, notification


class OneRoom:
    """Passes the contract of push.ports.Sender; it has room for one request."""

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(1)
        self.outcome: Outcome = Accepted()
        self.unasked: Unasked | None = None
        self.made = 0

    async def prepare(self, *_: object) -> Request | Unasked:
        """Take the room, or say why there is none."""
        if self.unasked is not None:
            return self.unasked
        await self.room.acquire()
        return Placed(self._ask, self.room.release)

    async def _ask(self) -> Outcome:
        self.made += 1
        return self.outcome

    async def aclose(self) -> None:
        """Close nothing."""


async def test_g2_a_request_that_is_dropped_leaves_room_and_probe_to_the_next(
    clock: FakeClock,
) -> None:
    sender, lanes = OneRoom(), Lanes(clock, ramp_s=0)
    paced = PacedSender(sender, lanes, lambda _: [("project", "p")])
    sender.outcome = Configuration(reason="denied", scope="project", lane="p")
    assert await send(paced, device(), notification()) == sender.outcome
    clock.advance(30)
    probe = await paced.prepare(device(), notification())
    assert not isinstance(probe, Unasked)
    assert isinstance(await paced.prepare(device(), notification()), Held)
    assert sender.room.locked()
    probe.drop()
    assert not sender.room.locked()

    sender.outcome = Accepted()
    assert await send(paced, device(), notification()) == Accepted()
    assert (sender.made, lanes.report()[0].is_closed) == (2, True)


async def test_a12_what_can_not_be_prepared_opens_the_breaker_too(clock: FakeClock) -> None:
    sender, lanes = OneRoom(), Lanes(clock, per_minute=60_000_000, ramp_s=0)
    paced = PacedSender(sender, lanes, lambda _: [("project", "p")])
    sender.unasked = Temporary(reason="unconnected")
    for _ in range(10):
        assert await send(paced, device(), notification()) == sender.unasked
    assert isinstance(await send(paced, device(), notification()), Held)
    assert sender.made == 0
