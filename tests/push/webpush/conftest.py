"""A push service on loopback, and a sender that knows no other."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from push.webpush.keys import VapidKey
from push.webpush.sender import WebPushSender
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.webpush.service import PushService
from tests.push.messages import SUBJECT


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """G12: a look-up of any other host fails the test."""
    look_up = socket.getaddrinfo

    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        assert name in ("127.0.0.1", "::1", "localhost", None), f"looked up {name!r}"
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", guarded)


@pytest.fixture
def clock() -> FakeClock:
    """A clock at the time when messages are made."""
    return FakeClock()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the service's certificate."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def key() -> VapidKey:
    """The key that pages subscribe with."""
    return VapidKey.made()


@pytest.fixture
async def service(authority: Authority, clock: FakeClock) -> AsyncIterator[PushService]:
    """A push service that runs."""
    async with PushService(authority.server_context(), clock) as running:
        yield running


@pytest.fixture
async def sender(
    service: PushService, authority: Authority, key: VapidKey, clock: FakeClock
) -> AsyncIterator[WebPushSender]:
    """A sender to that service alone."""
    sender = WebPushSender(
        [key],
        subject=SUBJECT,
        clock=clock,
        services=(service.place,),
        tls=authority.client_context(),
    )
    yield sender
    await sender.aclose()
