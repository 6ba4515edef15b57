"""The routes of check-ins over real HTTP."""

from typing import Any

import pytest

from tests.house import House

NINE: dict[str, Any] = {"time": "09:00", "days": [1, 2, 3, 4, 5], "timezone": "Asia/Seoul"}
WRONG: list[dict[str, Any]] = [
    {"time": "9:00"},
    {"time": "24:00"},
    {"days": [0]},
    {"days": [1] * 8},
    {"days": []},
    {"date": "2030-01-01"},
    {"days": [], "date": "2026-02-30"},
    {"days": [], "date": "tomorrow"},
    {"timezone": "Mars/Base"},
    {"about": "x" * 121},
    {"persona": "nobody"},
    {"loud": True},
]


async def test_a_check_in_is_agreed_on_listed_and_ended_by_its_user_alone(house: House) -> None:
    async with (
        house.client(await house.token()) as me,
        house.client(await house.token()) as other,
    ):
        session_id = (await me.post("/sessions", json={"title": "Work"})).json()["id"]
        body = NINE | {"session_id": session_id, "about": " my  plan "}
        refused = await me.post("/checkins", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_frame")
        for each in (me, other):
            await each.patch("/notifications/settings", json={"check_ins": True})
        made = await me.post("/checkins", json=body)
        again = await me.post("/checkins", json=body)
        listed = (await me.get("/checkins")).json()["checkins"]

        assert made.status_code == 201, made.text
        assert made.json() == again.json() == listed[0]
        assert len(listed) == 1
        assert (listed[0]["about"], listed[0]["time"]) == ("my plan", "09:00")
        assert listed[0]["next_at"].endswith("T00:00:00Z")
        assert (await other.get("/checkins")).json() == {"checkins": []}
        assert (await other.post("/checkins", json=body)).status_code == 404
        place = f"/checkins/{listed[0]['id']}"
        assert (await other.delete(place)).status_code == 404
        assert (await me.delete(place)).status_code == 204
        assert (await me.delete(place)).status_code == 404
        assert (await me.get("/checkins")).json() == {"checkins": []}
        assert (await me.post("/checkins", json=body)).status_code == 201
        await me.delete(f"/sessions/{session_id}")
        assert (await me.get("/checkins")).json() == {"checkins": []}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_makes_no_sense_is_refused(house: House, wrong: dict[str, Any]) -> None:
    async with house.client(await house.token()) as me:
        await me.patch("/notifications/settings", json={"check_ins": True})
        session_id = (await me.post("/sessions", json={"title": "Work"})).json()["id"]
        body = NINE | {"session_id": session_id} | wrong
        refused = await me.post("/checkins", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_frame")


async def test_nobody_writes_first_in_a_private_session(house: House) -> None:
    async with house.client(await house.token()) as me:
        await me.patch("/notifications/settings", json={"check_ins": True})
        body = {"title": "Secret", "private": True}
        session_id = (await me.post("/sessions", json=body)).json()["id"]
        refused = await me.post("/checkins", json=NINE | {"session_id": session_id})
        assert refused.status_code == 400
