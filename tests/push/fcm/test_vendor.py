"""What of firebase-admin must stay as it is."""

import inspect
from typing import get_args

import firebase_admin
import pytest
from firebase_admin import messaging

from push.documents import DeviceKind, Platform
from push.fcm.builder import build
from push.fcm.vendor import vendor_message
from push.kinds import KINDS, Kind
from tests.push.fcm.notifications import NOW, device, notification


def test_a19_the_private_names_that_are_used_are_there() -> None:
    assert firebase_admin.__version__.startswith("7.7.")
    service = messaging._MessagingService
    source = inspect.getsource(service)
    for name in ("_fcm_url", "_async_client", "_credential"):
        assert f"self.{name} =" in source
    client = inspect.getsource(messaging._http_client.HttpxAsyncClient)
    assert "self._async_client = httpx.AsyncClient(" in client
    assert "self._headers =" in client
    assert "self._async_client.request(" in client
    sent = inspect.getsource(service.send_each_async)
    assert "await self._async_client.request(" in sent
    assert "url=self._fcm_url" in sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("platform", get_args(Platform))
@pytest.mark.parametrize("target", ["fcm_token", "fcm_fid"])
def test_e5_the_library_encodes_what_was_built(
    kind: Kind, platform: Platform, target: DeviceKind
) -> None:
    clears = (False, True) if platform in ("ios", "android") else (False,)
    for clear in clears:
        wire = build(
            device(platform=platform, kind=target),
            notification(kind=kind, clear=clear, badge=0, link="/#s1"),
            NOW,
        )
        encoded = messaging._MessagingService.encode_message(vendor_message(wire))
        assert encoded == wire
