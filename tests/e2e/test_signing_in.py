"""Killed while a visitor becomes a user, the product completes it and loses nothing."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt

from app.sites.documents import SiteDocument
from app.sites.sites import DEMO
from app.sites.vouching import secret_of
from tests.product import ProductServer, running_product

PAGE = "http://localhost:3000"
SECRET = "the same in all lives, long enough"
OPERATOR = "an operator's token, long enough"
SETTINGS = {
    "ION_LLM": "scripted",
    "ION_SCRIPTED_TOKENS": "5",
    "ION_SCRIPTED_INTERVAL_MS": "1",
    "ION_SECRET_KEY": SECRET,
    "ION_OPERATOR_TOKEN": OPERATOR,
}
SESSIONS = 12


def asking(server: ProductServer, token: str | None = None) -> httpx.AsyncClient:
    """Return a client that asks as a page does."""
    headers = {"origin": PAGE} | ({"authorization": f"Bearer {token}"} if token else {})
    return httpx.AsyncClient(base_url=f"{server.url}/api/v2.1", headers=headers, timeout=20)


def word() -> dict[str, str]:
    """Return what the page's server says of who is there."""
    demo = SiteDocument(id=DEMO, name="", origins=(), created_at=datetime.now(UTC))
    claims = {"sub": "ana", "aud": DEMO, "exp": datetime.now(UTC) + timedelta(minutes=5)}
    token = jwt.encode(claims, secret_of(demo, SECRET), algorithm="HS256")
    return {"site_key": DEMO, "token": token}


async def finished(server: ProductServer) -> dict[str, Any]:
    """Wait for the end of the merge, and return its record."""
    async with asyncio.timeout(60), asking(server, OPERATOR) as operator:
        while True:
            page = (await operator.get("/operator/merges")).raise_for_status().json()
            if page["merges"] and page["merges"][0]["finished_at"]:
                [record] = page["merges"]
                return dict(record)
            await asyncio.sleep(0.2)


async def test_a_kill_9_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with running_product(tmp_path, SETTINGS) as server:
        async with asking(server) as page:
            visitor = (await page.post("/auth/visitor", json={"site_key": DEMO})).json()
        async with asking(server, visitor["access_token"]) as page:
            made = [(await page.post("/sessions", json={})).json()["id"] for _ in range(SESSIONS)]
            body = {"client_msg_id": "c1", "text": "My sister is called Mia."}
            (await page.post(f"/sessions/{made[0]}/messages", json=body)).raise_for_status()
            cut = asyncio.create_task(page.post("/auth/exchange", json=word()))
            await asyncio.sleep(0.03)
            server.kill()
            with suppress(httpx.HTTPError):
                await cut
        server.start()
        async with asking(server, visitor["access_token"]) as page:
            user = (await page.post("/auth/exchange", json=word())).raise_for_status().json()
            again = (await page.post("/auth/exchange", json=word())).raise_for_status().json()
            record = await finished(server)
            dead = await page.get("/sessions")
        async with asking(server, user["access_token"]) as page:
            shown = (await page.get("/sessions?limit=100")).json()["sessions"]
            messages = (await page.get(f"/sessions/{made[0]}/messages")).json()["messages"]

    assert again["user_id"] == user["user_id"] == record["user_id"]
    assert record["visitor"] == visitor["user_id"]
    assert dead.status_code == 401
    assert sorted(each["id"] for each in shown) == sorted(made)
    assert [each["text"] for each in messages if each["role"] == "user"] == [body["text"]]
