"""A mentor writes first: the page shows it, the phone tells it, and the talk goes on from it."""

import asyncio
from pathlib import Path

from msgspec import structs

from app.stores import COLLECTIONS
from push.documents import CHECK_INS
from sessions.clock import SystemClock
from sessions.stores.sqlite import SqliteDocuments
from tests.house import House, running_house

PHONE = {"kind": "fcm_token", "platform": "android", "token": "tok:en-1", "locale": "en"}
SETTINGS = {"quiet_from": "00:00", "quiet_to": "00:00", "check_ins": True}


async def hasten(directory: Path, check_in_id: str) -> None:
    """Have a check-in's time come now."""
    documents = SqliteDocuments(directory / "ion.sqlite", COLLECTIONS)
    await documents.open()
    try:
        check_in = await documents.get(CHECK_INS, check_in_id)
        assert check_in is not None
        now = SystemClock().now()
        await documents.replace(CHECK_INS, structs.replace(check_in, next_at=now, due_at=now))
    finally:
        await documents.aclose()


async def kinds_of(house: House, user_id: str) -> list[tuple[str, str]]:
    """Return a user's notifications, when nothing more becomes of the one there is."""
    async with asyncio.timeout(20):
        while not (rows := await house.product.outbox.of_user(user_id)) or rows[0].open:
            await asyncio.sleep(0.05)
    return [(row.kind, row.state) for row in rows]


async def test_a_mentor_writes_first_and_the_talk_goes_on_from_there(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, llm="offline") as house,
        await house.device() as page,
        house.client(page.token) as me,
    ):
        await me.put("/devices/i-1", json=PHONE)
        await me.patch("/notifications/settings", json=SETTINGS)
        session_id = (await me.post("/sessions", json={"title": "Running"})).json()["id"]
        view = await page.attach(session_id)
        body = {"session_id": session_id, "time": "09:00", "days": [1], "about": "my running plan"}
        made = (await me.post("/checkins", json=body)).json()
        await hasten(tmp_path, made["id"])
        await page.until(lambda: bool(view.ended))
        [done] = view.ended.values()
        told = await kinds_of(house, page.others[0]["user_id"])
        listed = (await me.get(f"/sessions/{session_id}/messages")).json()["messages"]
        synced = (await me.get("/sync")).json()["sessions"]
        [left] = (await me.get("/checkins")).json()["checkins"]
        answer = await page.ask("I ran twice this week, it felt good", "c1", session_id)

    assert "“my running plan”" in done["text"]
    assert done["model"] == "check_in"
    assert told == [("check_in", "sent")]
    assert [(each["role"], each["text"]) for each in listed] == [("assistant", done["text"])]
    assert synced[0]["session"]["unread"] == 1
    assert left["next_at"] >= made["next_at"]
    assert answer["text"]


async def test_no_question_is_promised_for_a_day_about_what_is_private(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, llm="offline") as house,
        await house.device() as page,
        house.client(page.token) as me,
    ):
        await me.patch("/notifications/settings", json=SETTINGS)
        exam = await page.ask("My exam is on Friday.", "c1")
        private = await page.ask("My therapist appointment is on Friday.", "c2")

    assert "ask you on Friday" in exam["text"]
    assert "ask you on Friday" not in private["text"]
