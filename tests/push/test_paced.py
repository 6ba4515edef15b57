import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from push.documents import DeviceDocument
from push.lanes import Lane, Lanes
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
from push.paced import PacedSender
from push.requests import Simple, send
from tests.push.fcm.notifications import device, notification
from tests.virtual_time import LoopClock, in_virtual_time


class Recording:
    """A sender that notes when it was asked, and gives `outcome`."""

    def __init__(self) -> None:
        self.outcome: Outcome = Accepted()
        self.asked: list[float] = []

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        """Return a request that takes a second."""
        return Simple(self._take)

    async def _take(self) -> Outcome:
        self.asked.append(asyncio.get_running_loop().time())
        await asyncio.sleep(1)
        return self.outcome

    async def aclose(self) -> None:
        """Do nothing."""


def lanes_of(device: DeviceDocument) -> tuple[Lane, ...]:
    return (("device", device.id), ("project", "p"))


@in_virtual_time
async def test_b1_requests_wait_for_their_slots() -> None:
    sender = Recording()
    paced = PacedSender(
        sender, Lanes(LoopClock(), per_minute=120, ramp_s=0, patience_s=5), lanes_of
    )
    sends = [send(paced, device(f"t{n}"), notification()) for n in range(6)]
    assert await asyncio.gather(*sends) == [Accepted()] * 6
    assert [b - a for a, b in pairwise(sender.asked)] == [0.5] * 5
    await paced.aclose()


@in_virtual_time
async def test_a5_nothing_is_asked_while_the_project_is_out_of_order() -> None:
    sender = Recording()
    paced = PacedSender(sender, Lanes(LoopClock()), lanes_of)
    ours = Configuration(reason="permission_denied", scope="project", lane="p")
    sender.outcome = ours
    assert await send(paced, device("a"), notification()) == ours
    held = await send(paced, device("b"), notification())
    assert isinstance(held, Held)
    assert held.retry_after == timedelta(seconds=30)
    assert len(sender.asked) == 1


@in_virtual_time
async def test_f8_what_a_user_tries_stops_no_lane_but_may_open_one() -> None:
    sender, lanes = Recording(), Lanes(LoopClock())
    paced = PacedSender(sender, lanes, lanes_of)
    ours = Configuration(reason="permission_denied", scope="project", lane="p")
    trial = notification(is_trial=True)
    quota = Temporary(reason="quota", quota=True, scope="project", lane="p")
    foreign = Permanent(reason="sender_id_mismatch", address="wrong")
    bad: list[Outcome] = [ours, quota, *[foreign] * 9, *[Ambiguous(reason="timeout")] * 20]
    for sender.outcome in bad:
        assert await send(paced, device("a"), trial) == sender.outcome
    sender.outcome = ours
    await send(paced, device("b"), notification())
    assert isinstance(await send(paced, device("a"), trial), Held)
    await asyncio.sleep(30)
    sender.outcome = Accepted()
    assert await send(paced, device("a"), trial) == Accepted()
    assert lanes.report()[0].is_closed


class Preparing(Recording):
    """A sender that holds a request back, or takes long before there is one."""

    held: Held | None = None
    waits_s = 0.0

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Held:  # type: ignore[override]
        """Wait, and return a request unless it is held back."""
        await asyncio.sleep(self.waits_s)
        return self.held or await super().prepare(device, message)


@pytest.mark.parametrize("ends", ["held", "cancelled"])
@in_virtual_time
async def test_a13_a_probe_that_is_never_made_makes_room_for_another(ends: str) -> None:
    sender, lanes = Preparing(), Lanes(LoopClock())
    paced = PacedSender(sender, lanes, lanes_of)
    sender.outcome = Configuration(reason="permission_denied", scope="project", lane="p")
    await send(paced, device("a"), notification())
    await asyncio.sleep(30)
    sender.outcome = Accepted()
    if ends == "held":
        sender.held = Held(reason="slow", retry_after=timedelta(1), scope="project", lane="p")
        assert await send(paced, device("b"), notification()) == sender.held
        sender.held = None
    else:
        sender.waits_s = 5
        try:
            async with asyncio.timeout(1):
                await send(paced, device("b"), notification())
        except TimeoutError:
            sender.waits_s = 0
    assert await send(paced, device("c"), notification()) == Accepted()


@in_virtual_time
async def test_a13_a_probe_that_is_cancelled_makes_room_for_another() -> None:
    sender = Recording()
    paced = PacedSender(sender, Lanes(LoopClock()), lanes_of)
    sender.outcome = Configuration(reason="permission_denied", scope="project", lane="p")
    await send(paced, device("a"), notification())
    await asyncio.sleep(30)
    sender.outcome = Accepted()
    try:
        async with asyncio.timeout(0.5):
            await send(paced, device("b"), notification())
    except TimeoutError:
        pass
    assert await send(paced, device("c"), notification()) == Accepted()
