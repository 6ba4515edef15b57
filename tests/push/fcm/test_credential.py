"""A sender whose access token ends, is refused, or can't be had."""

import asyncio
from datetime import timedelta

from google.auth.exceptions import RefreshError, TransportError

from push.fcm.sender import FcmSender
from push.outcomes import Accepted, Configuration, Held, Temporary
from tests.clocks import FakeClock
from tests.fakes.fcm.service import FakeFcm
from tests.push.fcm.credentials import TestCredential
from tests.push.fcm.notifications import PROJECT, device, notification


async def test_a8_a_refused_token_is_renewed_once_and_then_it_is_our_fault(
    sender: FcmSender, fcm: FakeFcm, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    credential.tokens = ["old", "older", "oldest", "good-token"]
    first = [sender.send(device(), notification()) for _ in range(3)]
    assert await asyncio.gather(*first) == [Temporary(reason="unauthenticated")] * 3
    assert credential.renewals == 1
    ours = Configuration(reason="unauthenticated", scope="project", lane=PROJECT)
    assert await sender.send(device(), notification()) == ours
    assert await sender.send(device(), notification()) == ours
    # and when it is put right, all goes on
    assert isinstance(await sender.send(device(), notification()), Accepted)
    assert credential.renewals == 4
    assert len(fcm.posts) == 6


async def test_a8_a_token_is_renewed_in_a_thread_before_its_end(
    sender: FcmSender, fcm: FakeFcm, clock: FakeClock, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    await sender.send(device(), notification())
    clock.advance(56 * 60)
    credential.may_renew.clear()
    waits = asyncio.create_task(sender.send(device(), notification()))
    while credential.renewals < 2:
        await asyncio.sleep(0)
    # others go on with the token there is, on a loop that is free
    assert isinstance(await sender.send(device(), notification()), Accepted)
    assert not waits.done()
    credential.may_renew.set()
    assert isinstance(await waits, Accepted)
    assert credential.renewals == 2
    assert "MainThread" not in credential.threads


async def test_a8_without_a_token_nothing_is_posted(
    sender: FcmSender, fcm: FakeFcm, clock: FakeClock, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    credential.error = TransportError("no network")  # type: ignore[no-untyped-call]
    held = await sender.send(device(), notification())
    assert isinstance(held, Held)
    assert held.retry_after >= timedelta(seconds=10)
    credential.error = RefreshError("the key was revoked")  # type: ignore[no-untyped-call]
    assert await sender.send(device(), notification()) == Configuration(
        reason="credential_refused", scope="project", lane=PROJECT
    )
    assert fcm.posts == []
    credential.error = None
    assert isinstance(await sender.send(device(), notification()), Accepted)
    # a renewal that fails ahead of time harms nobody
    credential.error = TransportError("no network")  # type: ignore[no-untyped-call]
    clock.advance(56 * 60)
    assert isinstance(await sender.send(device(), notification()), Accepted)
