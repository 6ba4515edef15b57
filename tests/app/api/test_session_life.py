"""Sessions rest and come back over real HTTP and sockets."""

import asyncio
from datetime import timedelta
from typing import Any

from msgspec import structs

from sessions.archive import SESSIONS
from sessions.chronicle import Chronicle
from sessions.conversation import Note, Summary
from tests.house import House
from tests.sessions.chronicle.model import Model

GOAL = Summary(notes=(Note(kind="goal", text="run a marathon", turn_id="t_0"),))


async def sleeps(house: House, session_id: str, **fields: Any) -> None:
    """Have a session be one in which nobody has spoken for three days."""
    documents = house.product.sessions._documents
    stored = await documents.get(SESSIONS, session_id)
    assert stored is not None
    long_ago = house.product.clock.now() - timedelta(days=3)
    await documents.replace(SESSIONS, structs.replace(stored, updated_at=long_ago, **fields))


async def test_a_message_opens_a_session_that_slept_and_its_readers_are_told(house: House) -> None:
    token = await house.token()
    async with house.client(token) as client, await house.device(token) as device:
        made = (await client.post("/sessions", json={})).json()["id"]
        await sleeps(house, made, summary=GOAL)
        view = await device.attach(made)
        asked = {"accept": "application/json"}
        polled = await client.get(f"/sessions/{made}/events?wait=0", headers=asked)
        snapshot = polled.json()["snapshot"]
        await device.send("I'm back", "c1", made)
        await device.until(lambda: len(view.ended) == 1)
        kinds = [each["type"] for each in view.frames]
        told = next(each["session"] for each in view.frames if each["type"] == "session_updated")
        # the session is written a moment after its answer
        while "recap" in (after := (await client.get(f"/sessions/{made}")).json()):
            await asyncio.sleep(0.01)

    line = "Last time: run a marathon."
    assert (snapshot["session"]["state"], snapshot["session"]["recap"]) == ("closed", line)
    assert (told.get("state", "active"), told["recap"]) == ("active", line)
    assert kinds.count("notice") == 1
    assert after.get("state", "active") == "active"


async def test_a_session_is_closed_opened_and_repeated_sends_leave_it_closed(house: House) -> None:
    async with house.client(await house.token()) as client:
        path = f"/sessions/{(await client.post('/sessions', json={})).json()['id']}"
        body = {"client_msg_id": "c1", "text": "hello"}
        await client.post(f"{path}/messages", json=body)
        closed = (await client.patch(path, json={"state": "closed"})).json()
        again = await client.post(f"{path}/messages", json=body)
        still = (await client.get(path)).json()
        opened = (await client.patch(path, json={"state": "active"})).json()
        wrong = await client.patch(path, json={"state": "idle"})

    assert again.json()["duplicate"]
    assert (closed["state"], still["state"]) == ("closed", "closed")
    assert opened.get("state", "active") == "active"
    assert wrong.status_code == 400


async def test_a_private_session_says_so_and_is_gone_once_closed(house: House) -> None:
    async with house.client(await house.token()) as client:
        made = (await client.post("/sessions", json={"private": True})).json()
        path = f"/sessions/{made['id']}"
        await client.post(f"{path}/messages", json={"client_msg_id": "c1", "text": "hush"})
        closed = (await client.patch(path, json={"state": "closed"})).json()
        gone = await client.get(path)
        send = await client.post(f"{path}/messages", json={"client_msg_id": "c2", "text": "hi"})
        synced = (await client.get("/sync")).json()

    assert made["private"]
    assert made["closes_at"] > made["created_at"]
    assert closed["state"] == "closed"
    assert (gone.status_code, send.status_code) == (404, 404)
    assert synced["deleted"] == [made["id"]]


async def test_a_title_by_the_language_model_is_told_to_readers(house: House) -> None:
    owners = house.product.owners
    owners._chronicle = Chronicle(
        documents=house.product.sessions._documents,
        provider=Model({"title": "A deadline that moves", "summary": []}),
        budget=house.product.sessions._budget,
        clock=house.product.clock,
    )
    async with await house.device() as device:
        done = await device.ask("Why does the deadline always move?", "c1")
        view = device.views[done["session_id"]]
        await device.until(lambda: view.frames[-1]["type"] == "session_updated")

    assert view.frames[-1]["session"]["title"] == "A deadline that moves"
