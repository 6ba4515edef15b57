"""An answer that nobody reads reaches the phone, over real HTTP and sockets."""

import asyncio

from tests.house import House

PHONE = {"kind": "fcm_token", "platform": "android", "token": "tok:en-1", "locale": "en"}


async def test_an_answer_nobody_reads_is_put_into_the_outbox(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as me:
        await device.until(lambda: bool(device.others))
        user_id = device.others[0]["user_id"]
        answer = await me.put("/devices/i-1", json=PHONE)
        assert answer.status_code == 200, answer.text
        done = await device.ask("Hello", "c1")
        async with asyncio.timeout(20):
            while not (rows := await house.product.outbox.of_user(user_id)):
                await asyncio.sleep(0.05)

    assert [(each.kind, each.subject_id, each.numbers) for each in rows] == [
        ("reply_ready", done["turn_id"], (1,))
    ]
