"""A day that somebody named, from the message to the locked screen of a simulated phone."""

import asyncio
from datetime import timedelta
from pathlib import Path

from msgspec import structs

from app.pushing.reminders import Reminders
from app.stores import COLLECTIONS
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CHECK_INS
from push.settings import NotificationSettings
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.house import House

PHONE = {"kind": "fcm_token", "platform": "ios", "token": "tok:en-1", "timezone": "Europe/London"}
SETTINGS = {"quiet_from": "00:00", "quiet_to": "00:00", "reminders": True, "preview": True}


async def hasten(directory: Path, user_id: str) -> None:
    """Look for reminders as if seven hours had passed, and have the one there is come now."""
    documents = SqliteDocuments(directory / "ion.sqlite", COLLECTIONS)
    await documents.open()
    try:
        now = SystemClock().now()
        clock = FakeClock(now + timedelta(hours=7))
        check_ins = CheckIns(documents=documents, clock=clock)
        reminders = Reminders(
            documents=documents,
            check_ins=check_ins,
            settings=NotificationSettings(documents=documents, clock=clock),
            devices=Devices(documents=documents, clock=clock),
            clock=clock,
        )
        async with asyncio.timeout(20):
            while not (found := await check_ins.of_user(user_id, "reminder")):
                await reminders.run_once()
                await asyncio.sleep(0.05)
        [made] = found
        await documents.replace(CHECK_INS, structs.replace(made, next_at=now, due_at=now))
    finally:
        await documents.aclose()


async def test_a_day_that_was_named_is_on_the_locked_screen_and_in_the_session(
    house: House, tmp_path: Path
) -> None:
    async with await house.device() as page, house.client(page.token) as me:
        await me.put("/devices/i-1", json=PHONE)
        await me.patch("/notifications/settings", json=SETTINGS)
        done = await page.ask("My essay is due tomorrow.", "c1")
        place = {"session_id": done["session_id"], "message_id": done["message_id"]}
        await page.say({"type": "read", **place})
        await hasten(tmp_path, page.others[0]["user_id"])
        cards: list[dict[str, str]] = []
        async with asyncio.timeout(20):
            while not any(each["kind"] == "reminder" for each in cards):
                await asyncio.sleep(0.05)
                cards = (await me.get("/phones")).json()["phones"][0]["cards"]
        path = f"/sessions/{done['session_id']}/messages"
        last = (await me.get(path)).json()["messages"][-1]

    [card] = cards
    assert (card["title"], card["tag"]) == ("Reminder", done["session_id"])
    assert card["body"] == last["text"]
    assert last["role"] == "assistant"
    assert "essay" in card["body"]
