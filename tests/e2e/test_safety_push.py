"""Help in a crisis that nobody saw reaches the phone at night, and its screen tells nobody why."""

import asyncio

from tests.house import House

PHONE = {"kind": "fcm_token", "platform": "ios", "token": "tok:en-1", "locale": "en"}
NIGHT = {"quiet_from": "00:00", "quiet_to": "23:59", "preview": True, "replies_at_once": False}


async def test_help_in_a_crisis_comes_at_night_and_keeps_its_subject_to_itself(
    house: House,
) -> None:
    async with await house.device() as page, house.client(page.token) as me:
        await me.put("/devices/i-1", json=PHONE | {"preview": True})
        await me.patch("/notifications/settings", json=NIGHT)
        done = await page.ask("I want to kill myself tonight", "c1")
        async with asyncio.timeout(20):
            while not (cards := (await me.get("/phones")).json()["phones"][0]["cards"]):
                await asyncio.sleep(0.05)

    assert done["finish_reason"] == "safety"
    [card] = cards
    assert (card["kind"], card["title"], card["tag"]) == ("safety", "ION", done["session_id"])
    assert card["body"] == "Your mentor is here for you. Tap to open"
