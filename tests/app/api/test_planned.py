"""The routes of planned messages over real HTTP."""

from datetime import UTC, datetime, timedelta

from sessions.memory.dates import as_due
from tests.house import House
from tests.sessions.memory.made import fact


async def test_a_reminder_is_shown_to_its_user_with_their_own_clock_and_called_off(
    house: House,
) -> None:
    async with await house.device() as page, house.client(page.token) as me:
        await page.until(lambda: bool(page.others))
        user_id = page.others[0]["user_id"]
        made = await me.post("/sessions", json={"title": "Work"})
        day = (datetime.now(UTC) + timedelta(days=9)).date()
        eve = (day - timedelta(days=1)).isoformat()
        due = fact(
            "essay",
            user_id=user_id,
            session=made.json()["id"],
            kind="deadline",
            text="The essay is due.",
            slot="",
            due=as_due(day, "Asia/Seoul"),
        )
        await house.product.facts.add(due)
        nothing = await me.get("/planned")
        wishes = {"reminders": True, "timezone": "Asia/Seoul"}
        await me.patch("/notifications/settings", json=wishes)
        [planned] = (await me.get("/planned")).json()["planned"]
        place = f"/planned/{planned['id']}"
        async with house.client(await house.token()) as other:
            assert (await other.get("/planned")).json() == {"planned": []}
            assert (await other.delete(place)).status_code == 404

        assert nothing.json() == {"planned": []}
        assert planned | {"id": "", "persona": "", "next_at": "", "time": "", "when": ""} == {
            "id": "",
            "kind": "reminder",
            "session_id": made.json()["id"],
            "persona": "",
            "about": "The essay is due.",
            "words": "The essay is due.",
            "memory_id": due.id,
            "next_at": "",
            "timezone": "Asia/Seoul",
            "date": eve,
            "time": "",
            "days": [],
            "when": "",
        }
        day_before = day - timedelta(days=1)
        assert planned["when"].startswith(f"{day_before:%A, %B} {day_before.day}")
        assert "18:03" <= planned["time"] <= "18:13"
        assert planned["next_at"].startswith(f"{eve}T09:")
        assert (await me.delete(place)).status_code == 204
        assert (await me.delete(place)).status_code == 404
        assert (await me.get("/planned")).json() == {"planned": []}
        assert (await me.get(f"/memory/{due.id}")).status_code == 200


async def test_check_ins_stand_in_the_list_too_and_end_from_either_place(house: House) -> None:
    async with house.client(await house.token()) as me:
        await me.patch("/notifications/settings", json={"check_ins": True})
        session_id = (await me.post("/sessions", json={})).json()["id"]
        body = {"session_id": session_id, "time": "09:00", "days": [1], "timezone": "Asia/Seoul"}
        check_in = (await me.post("/checkins", json=body)).json()
        [planned] = (await me.get("/planned")).json()["planned"]

        assert (planned["id"], planned["kind"]) == (check_in["id"], "check_in")
        assert (planned["next_at"], planned["time"]) == (check_in["next_at"], "09:00")
        assert planned["days"] == [1]
        assert (await me.delete(f"/planned/{planned['id']}")).status_code == 204
        assert (await me.get("/checkins")).json() == {"checkins": []}
