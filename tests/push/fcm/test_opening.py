import asyncio
import json
from pathlib import Path

import pytest

from push.fcm.opening import BadCredentials, open_fcm
from push.outcomes import Accepted
from push.requests import send
from tests.clocks import FakeClock
from tests.fakes.fcm.service import FakeFcm
from tests.push.fcm.accounts import account
from tests.push.fcm.notifications import device, notification


async def test_a8_g12_a_service_accounts_key_is_all_it_needs(fcm: FakeFcm, tmp_path: Path) -> None:
    asked: list[bytes] = []

    async def give_token(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n"))
        body = json.dumps({"access_token": "good-token", "expires_in": 3600}).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        writer.write(f"{head}\r\nconnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    fcm.phone("token-a")
    async with await asyncio.start_server(give_token, "127.0.0.1", 0) as tokens:
        port = tokens.sockets[0].getsockname()[1]
        path = tmp_path / "key.json"
        path.write_text(json.dumps(account(f"http://127.0.0.1:{port}/token")))
        clock = FakeClock()
        sender = open_fcm(str(path), clock=clock, url=fcm.url)
        assert isinstance(await send(sender, device(), notification()), Accepted)
        assert isinstance(await send(sender, device(), notification()), Accepted)
        await sender.aclose()
    assert asked == [b"POST /token HTTP/1.1\r\n"]


@pytest.mark.parametrize(
    "text", ["", "/nowhere/key.json", "{", "[]", "{}", '{"type": "service_account"}', "\x00"]
)
def test_c7_what_is_no_key_is_refused_without_being_repeated(text: str, clock: FakeClock) -> None:
    with pytest.raises(BadCredentials, match="service account's key"):
        open_fcm(text, clock=clock)
    with pytest.raises(BadCredentials) as refused:
        open_fcm('{"type": "service_account", "private_key": "SECRET"}', clock=clock)
    assert "SECRET" not in str(refused.value)


def test_a_key_without_a_project_is_refused(clock: FakeClock) -> None:
    key = account("http://127.0.0.1/token")
    del key["project_id"]
    with pytest.raises(BadCredentials, match="names no project"):
        open_fcm(json.dumps(key), clock=clock)
