"""An answer that nobody reads reaches the phone, over real HTTP and sockets."""

import asyncio
from pathlib import Path

from app.pushing.screens import Card
from app.wiring import sending
from push.devices import device_id_of
from push.documents import DeviceDocument, NotificationDocument
from sessions.stores.redis_client import redis_client
from tests.house import House, running_house

PHONE = {"kind": "fcm_token", "platform": "android", "token": "tok:en-1", "locale": "en"}


async def rows_of(house: House, user_id: str, count: int) -> list[NotificationDocument]:
    """Return a user's notifications, the oldest first, when nothing more becomes of them."""
    async with asyncio.timeout(20):
        while len(rows := await house.product.outbox.of_user(user_id)) < count or rows[0].open:
            await asyncio.sleep(0.05)
    assert len(rows) == count
    return rows[::-1]


async def test_an_answer_nobody_reads_is_told_once_and_cleared_when_it_is_read_elsewhere(
    house: House,
) -> None:
    async with await house.device() as page, house.client(page.token) as me:
        registered = await me.put("/devices/i-1", json=PHONE)
        assert registered.status_code == 200, registered.text
        await me.put("/devices/i-2", json=PHONE | {"token": "tok:en-2"})
        await me.patch("/notifications/settings", json={"quiet_from": "00:00", "quiet_to": "00:00"})
        done = await page.ask("Hello", "c1")
        user_id = page.others[0]["user_id"]
        [row] = await rows_of(house, user_id, 1)
        seen = {"installation_id": "i-1", "event": "opened", "priority": "normal"}
        acked = await me.post(f"/notifications/{row.id}/ack", json=seen)
        phone = {"installation_id": "i-2", "platform": "android"}
        await page.say({"type": "hello", "token": page.token, "device": phone})
        place = {"session_id": done["session_id"], "message_id": done["message_id"]}
        await page.say({"type": "read", **place})
        told, cleared = await rows_of(house, user_id, 2)

    assert (row.kind, row.subject_id, row.numbers) == ("reply_ready", done["turn_id"], (1,))
    assert (row.state, [each.state for each in row.deliveries]) == (
        "sent",
        ["accepted", "accepted"],
    )
    assert acked.status_code == 204
    opened = {
        each.device_id: (each.opened_at is not None, each.priority) for each in told.deliveries
    }
    first, second = map(device_id_of, ("i-1", "i-2"))
    assert opened == {first: (True, "normal"), second: (False, "")}
    assert cleared.clear
    assert [(each.device_id, each.state) for each in cleared.deliveries] == [(first, "accepted")]


async def test_what_is_deleted_goes_from_lock_screens_whose_devices_are_forgotten(
    house: House,
) -> None:
    async def shown(phone: DeviceDocument, count: int) -> tuple[Card, ...]:
        async with asyncio.timeout(20):
            while len(cards := house.product.phones.check().of(phone).cards) != count:
                await asyncio.sleep(0.05)
        return cards

    async with await house.device() as page, house.client(page.token) as me:
        await me.put("/devices/i-1", json=PHONE | {"preview": True})
        await me.patch("/notifications/settings", json={"quiet_from": "00:00", "quiet_to": "00:00"})
        [phone] = await house.product.push.devices(page.others[0]["user_id"])

        said = await page.ask("Hello", "c1")
        assert (await shown(phone, 1))[0].body
        where = f"/sessions/{said['session_id']}"
        page_of = (await me.get(f"{where}/messages")).json()["messages"]
        assert (await me.delete(f"{where}/messages/{page_of[0]['id']}")).is_success
        await shown(phone, 0)

        await page.ask("Hello", "c2", session_id=said["session_id"])
        await shown(phone, 1)
        assert (await me.delete(where)).is_success
        await shown(phone, 0)

        await page.ask("Hello", "c3")
        await shown(phone, 1)
        assert (await me.delete("/me")).is_success
        await shown(phone, 0)
        assert await house.product.push.devices(phone.user_id) == []


async def test_g11_a_worker_apart_sends_what_a_server_put_though_redis_forgets_all(
    tmp_path: Path, redis_url: str
) -> None:
    async with (
        running_house(tmp_path, redis_url, push_worker="apart") as house,
        await house.device() as page,
        house.client(page.token) as me,
    ):
        await me.put("/devices/i-1", json=PHONE)
        await me.patch("/notifications/settings", json={"quiet_from": "00:00", "quiet_to": "00:00"})
        await page.ask("Hello", "c1")
        user_id = page.others[0]["user_id"]
        async with asyncio.timeout(20):
            while not (waiting := await house.product.outbox.of_user(user_id)):
                await asyncio.sleep(0.05)
        redis = redis_client(redis_url)
        await redis.flushall()
        await redis.aclose()
        async with sending(house.product.settings):
            [row] = await rows_of(house, user_id, 1)

    assert waiting[0].state == "pending"
    assert row.state == "sent"
