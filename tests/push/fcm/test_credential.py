"""A sender whose access token ends, is refused, or can't be had."""

import asyncio
from datetime import timedelta

from google.auth.exceptions import RefreshError, TransportError

from push.fcm.channel import Channel
from push.fcm.credential import Bearer
from push.fcm.sender import FcmSender
from push.outcomes import Accepted, Configuration, Held, Temporary
from push.requests import send
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.fcm.service import FakeFcm
from tests.push.fcm.credentials import TestCredential
from tests.push.fcm.notifications import PROJECT, device, notification


async def test_a8_a_refused_token_is_renewed_once_and_then_it_is_our_fault(
    sender: FcmSender, fcm: FakeFcm, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    credential.tokens = ["old", "older", "oldest", "good-token"]
    first = [send(sender, device(), notification()) for _ in range(3)]
    assert await asyncio.gather(*first) == [Temporary(reason="unauthenticated")] * 3
    assert credential.renewals == 1
    ours = Configuration(reason="unauthenticated", scope="project", lane=PROJECT)
    assert await send(sender, device(), notification()) == ours
    assert await send(sender, device(), notification()) == ours
    # and when it is put right, all goes on
    assert isinstance(await send(sender, device(), notification()), Accepted)
    assert credential.renewals == 4
    assert len(fcm.posts) == 6


async def test_a8_a_token_is_renewed_in_a_thread_before_its_end(
    sender: FcmSender, fcm: FakeFcm, clock: FakeClock, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    await send(sender, device(), notification())
    clock.advance(56 * 60)
    credential.may_renew.clear()
    # all go on with the token there is, on a loop that is free
    for _ in range(2):
        assert isinstance(await send(sender, device(), notification()), Accepted)
    before = credential.expiry
    credential.may_renew.set()
    while credential.expiry == before:
        await asyncio.sleep(0)
    assert isinstance(await send(sender, device(), notification()), Accepted)
    assert credential.renewals == 2
    assert "MainThread" not in credential.threads


async def test_a8_without_a_token_nothing_is_posted(
    sender: FcmSender, fcm: FakeFcm, clock: FakeClock, credential: TestCredential
) -> None:
    fcm.phone("token-a")
    credential.error = TransportError("no network")  # type: ignore[no-untyped-call]
    held = await send(sender, device(), notification())
    assert isinstance(held, Held)
    assert held.retry_after >= timedelta(seconds=10)
    assert await send(sender, device(), notification()) == held
    assert credential.renewals == 1
    clock.advance(10)
    credential.error = RefreshError("the key was revoked")  # type: ignore[no-untyped-call]
    assert await send(sender, device(), notification()) == Configuration(
        reason="credential_refused", scope="project", lane=PROJECT
    )
    assert fcm.posts == []
    credential.error = None
    clock.advance(10)
    assert isinstance(await send(sender, device(), notification()), Accepted)
    # a renewal that fails ahead of time harms nobody
    credential.error = TransportError("no network")  # type: ignore[no-untyped-call]
    clock.advance(56 * 60)
    assert isinstance(await send(sender, device(), notification()), Accepted)


async def test_a8_nobody_waits_for_a_token_that_does_not_come(
    fcm: FakeFcm, authority: Authority, clock: FakeClock, credential: TestCredential
) -> None:
    bearer = Bearer(credential, clock, project=PROJECT, patience_s=0.01)
    channel = Channel(bearer, project=PROJECT, url=fcm.url, tls=authority.client_context())
    sender = FcmSender(channel, bearer, project=PROJECT, clock=clock, concurrency=1)
    fcm.phone("token-a")
    credential.may_renew.clear()
    slow = Held(
        reason="credential_slow", retry_after=timedelta(seconds=10), scope="project", lane=PROJECT
    )
    for _ in range(3):
        assert await send(sender, device(), notification()) == slow
    assert (credential.renewals, fcm.posts) == (1, [])
    credential.may_renew.set()
    while not credential.token:
        await asyncio.sleep(0)
    assert isinstance(await send(sender, device(), notification()), Accepted)
    assert credential.renewals == 1
    await sender.aclose()
