"""Killed right after an answer, the product still tells the phone of it, once."""

import asyncio
import json
from pathlib import Path

import httpx

from tests.device import Device
from tests.product import ProductServer, running_product

PHONE = {"kind": "fcm_token", "platform": "android", "token": "tok:en-1", "locale": "en"}
NO_QUIET_HOURS = {"quiet_from": "00:00", "quiet_to": "00:00"}
SETTINGS = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": "5",
    "ION_SCRIPTED_INTERVAL_MS": "1",
    "ION_PUSH": "log",
    "ION_SECRET_KEY": "the same in both lives, long enough",
}


def told(server: ProductServer) -> list[str]:
    """Return the kinds of the notifications that reached a phone."""
    lines = (line for line in server.output().splitlines() if line.startswith("{"))
    events = map(json.loads, lines)
    return [each["kind"] for each in events if each["event"] == "notification"]


async def test_g1_an_answer_outlives_a_kill_9_and_is_told_once(tmp_path: Path) -> None:
    with running_product(tmp_path, SETTINGS) as server:
        token = server.anonymous()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=f"{server.url}/api/v2.1", headers=headers, timeout=30
        ) as me:
            (await me.put("/devices/i-1", json=PHONE)).raise_for_status()
            (await me.patch("/notifications/settings", json=NO_QUIET_HOURS)).raise_for_status()
        async with Device(server.ws_url, token) as page:
            await page.ask("Hello", "c1")
            server.kill()
        before = told(server)
        server.start()
        async with asyncio.timeout(40):
            while not told(server):
                await asyncio.sleep(0.1)
        # as long as a second one would take to come
        await asyncio.sleep(3)
        after = told(server)

    assert before == []
    assert after == ["reply_ready"]
