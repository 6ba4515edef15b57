"""FCM on loopback, and a sender that is connected to it."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from push.fcm.channel import Channel
from push.fcm.credential import Bearer
from push.fcm.sender import FcmSender
from tests.clocks import FakeClock
from tests.fakes.authority import Authority
from tests.fakes.fcm.service import FakeFcm
from tests.push.fcm.credentials import TestCredential
from tests.push.fcm.notifications import PROJECT


@pytest.fixture(autouse=True)
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse to look up other hosts than loopback, and fail the test that wanted to (G12)."""
    look_up = socket.getaddrinfo
    others: list[str] = []

    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in (None, "127.0.0.1", "::1", "localhost"):
            others.append(name)
            raise socket.gaierror(f"not looked up in tests: {name}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", guarded)
    yield others
    assert others == []


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority for the run."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def root_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its certificate, to trust."""
    path = tmp_path_factory.mktemp("root") / "root.pem"
    path.write_text(authority.root)
    return path


@pytest.fixture(autouse=True)
def only_one_authority(root_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust no other: reading all that the world trusts takes half a second a sender."""
    monkeypatch.setenv("SSL_CERT_FILE", str(root_file))


@pytest.fixture
async def fcm(authority: Authority, clock: FakeClock) -> AsyncIterator[FakeFcm]:
    """Google's service."""
    async with FakeFcm(authority.server_context("h2"), clock, project=PROJECT) as service:
        yield service


@pytest.fixture
def credential(clock: FakeClock) -> TestCredential:
    """A credential that can be renewed at will."""
    return TestCredential(clock)


@pytest.fixture
async def sender(
    fcm: FakeFcm, authority: Authority, clock: FakeClock, credential: TestCredential
) -> AsyncIterator[FcmSender]:
    """A sender to it."""
    bearer = Bearer(credential, clock, project=PROJECT)
    channel = Channel(bearer, project=PROJECT, url=fcm.url, tls=authority.client_context())
    sender = FcmSender(channel, bearer, project=PROJECT, clock=clock, concurrency=50)
    yield sender
    await sender.aclose()
