"""Second answers, edits, reading, ratings, branches and sync over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.device import Frame
from tests.house import House


async def asked(house: House) -> tuple[httpx.AsyncClient, Frame]:
    """Return a client whose user's first message was answered."""
    async with await house.device() as device:
        done = await device.ask("hello", "c1")
    return house.client(device.token), done


async def settled(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    """Wait until nothing is being answered in a session and its answer is counted; return it."""
    async with asyncio.timeout(10):
        while True:
            found: dict[str, Any] = (await client.get(path)).json()
            if not found.get("running") and found.get("unread"):
                return found
            await asyncio.sleep(0.01)


async def test_all_that_a_socket_can_do_can_be_done_by_requests(house: House) -> None:
    client, done = await asked(house)
    path = f"/sessions/{done['session_id']}"
    async with client:
        unread = (await client.get(path)).json()["unread"]
        read = await client.post(f"{path}/read", json={"message_id": done["message_id"]})
        seen = await client.post(f"{path}/read", json={"message_id": done["message_id"]})
        rated = await client.post(
            f"{path}/feedback", json={"turn_id": done["turn_id"], "rating": -1}
        )
        typing = await client.post(f"{path}/typing", json={"active": True})
        again = await client.post(
            f"{path}/regenerate", json={"turn_id": done["turn_id"], "client_msg_id": "r"}
        )
        after = await settled(client, path)
        said = (await client.get(f"{path}/messages")).json()["messages"]
        edited = await client.post(
            f"{path}/edit",
            json={"message_id": said[0]["id"], "client_msg_id": "e", "text": "hi"},
        )
        await settled(client, path)
        shown = (await client.get(f"{path}/messages")).json()["messages"]

    statuses = [each.status_code for each in (read, rated, typing, again, edited)]
    assert statuses == [202] * 5
    mark = {"session_id": done["session_id"], "message_id": done["message_id"], "unread": 0}
    assert [read.json(), seen.json()] == [{**mark, "moved": True}, {**mark, "moved": False}]
    assert (unread, after["unread"]) == (1, 1)
    assert said[1]["siblings"] == [done["turn_id"], again.json()["turn_id"]]
    assert shown[0]["text"] == "hi"
    assert shown[0]["siblings"] == [*said[1]["siblings"], edited.json()["turn_id"]]


async def test_messages_that_follow_each_other_at_once_are_answered_as_one(house: House) -> None:
    async with house.client(await house.token()) as client:
        path = f"/sessions/{(await client.post('/sessions', json={})).json()['id']}"
        acks = []
        for number, text in enumerate(["hi", "I failed my exam", "and I don't know what to do"]):
            body = {"client_msg_id": f"c{number}", "text": text}
            acks.append((await client.post(f"{path}/messages", json=body)).json())
            await asyncio.sleep(0.1)
        await settled(client, path)
        said = (await client.get(f"{path}/messages")).json()["messages"]

    assert len({each["turn_id"] for each in acks}) == 1
    assert [each["role"] for each in said] == ["user", "user", "user", "assistant"]


async def test_an_earlier_answer_is_chosen_again(house: House) -> None:
    client, done = await asked(house)
    path = f"/sessions/{done['session_id']}"
    async with client:
        body = {"turn_id": done["turn_id"], "client_msg_id": "r"}
        await client.post(f"{path}/regenerate", json=body)
        await settled(client, path)
        chosen = await client.patch(path, json={"branch": done["turn_id"]})
        shown = (await client.get(f"{path}/messages")).json()["messages"]
        wrong = await client.patch(path, json={"branch": "t_no"})

    assert chosen.status_code == 200
    assert shown[-1]["turn_id"] == done["turn_id"]
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")


async def test_an_app_that_wakes_up_learns_what_it_missed(house: House) -> None:
    client, done = await asked(house)
    async with client:
        first = (await client.get("/sync")).json()
        await client.delete(f"/sessions/{done['session_id']}")
        second = (await client.get("/sync", params={"since": first["next"]})).json()
        wrong = await client.get("/sync", params={"since": "yesterday"})

    [synced] = first["sessions"]
    assert [each["role"] for each in synced["messages"]] == ["user", "assistant"]
    assert (first["more"], first["reset"], first["deleted"]) == (False, False, [])
    assert second["deleted"] == [done["session_id"]]
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_frame")


async def test_sync_is_for_oneself(house: House) -> None:
    client, _ = await asked(house)
    await client.aclose()
    async with house.client(await house.token()) as stranger, house.client() as nobody:
        theirs = (await stranger.get("/sync")).json()
        nothing = await nobody.get("/sync")

    assert theirs["sessions"] == []
    assert nothing.status_code == 401


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("regenerate", {"turn_id": "t_no", "client_msg_id": "x"}, 404),
        ("regenerate", {}, 400),
        ("edit", {"message_id": "m", "client_msg_id": "x", "text": ""}, 400),
        ("edit", {"message_id": "m", "client_msg_id": "x", "text": "x" * 8001}, 413),
        ("feedback", {"turn_id": "t", "rating": 5}, 400),
        ("read", {}, 400),
        ("read", {"message_id": "a_no"}, 404),
        ("typing", {"active": "yes"}, 400),
    ],
)
async def test_bodies_that_make_no_sense_are_refused(
    house: House, route: str, body: dict[str, Any], status: int
) -> None:
    client, done = await asked(house)
    async with client:
        answer = await client.post(f"/sessions/{done['session_id']}/{route}", json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
