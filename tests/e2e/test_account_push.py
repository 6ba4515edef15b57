"""A login whose key was used twice ends, and the phone that is left says so."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from msgspec import structs

from app.stores import COLLECTIONS
from sessions.archive import REFRESH_TOKENS
from sessions.stores.sqlite import SqliteDocuments
from tests.house import House

PHONE = {"kind": "fcm_token", "platform": "ios", "token": "tok:en-1", "locale": "en"}
NO_NIGHT = {"quiet_from": "00:00", "quiet_to": "00:00"}


async def rotated_long_ago(directory: Path, refresh_token: str) -> None:
    """Have a refresh token's rotation be two minutes back."""
    documents = SqliteDocuments(directory / "ion.sqlite", COLLECTIONS)
    await documents.open()
    try:
        name = sha256(refresh_token.encode()).hexdigest()
        stored = await documents.get(REFRESH_TOKENS, name)
        assert stored is not None
        assert stored.rotated_at is not None
        earlier = stored.rotated_at - timedelta(minutes=2)
        await documents.replace(REFRESH_TOKENS, structs.replace(stored, rotated_at=earlier))
    finally:
        await documents.aclose()


async def test_a_login_that_was_ended_for_safety_is_told_on_the_phone(
    house: House, tmp_path: Path
) -> None:
    async with house.client() as page:
        first = (await page.post("/auth/anonymous")).json()
        old = {"refresh_token": first["refresh_token"]}
        newer = (await page.post("/auth/refresh", json=old)).json()
        await page.post("/auth/refresh", json={"refresh_token": newer["refresh_token"]})
        await rotated_long_ago(tmp_path, first["refresh_token"])
        async with house.client(newer["access_token"]) as me:
            await me.put("/devices/i-1", json=PHONE)
            await me.patch("/notifications/settings", json=NO_NIGHT)
            refused = [(await page.post("/auth/refresh", json=old)).status_code for _ in range(3)]
            async with asyncio.timeout(20):
                while not (cards := (await me.get("/phones")).json()["phones"][0]["cards"]):
                    await asyncio.sleep(0.05)

    assert refused == [401, 401, 401]
    [card] = cards
    assert (card["kind"], card["title"]) == ("account", "Your account")
    assert card["body"].startswith("For your safety a login was ended")
