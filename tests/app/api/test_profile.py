"""GET, PATCH and DELETE /profile over real HTTP."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from sessions.sync import token_of
from tests.house import House

SECRET_WORDS = "xylophone-in-the-attic"
WRONG: list[Any] = [
    {"persona": "nobody"},
    {"zone": "Mars/Olympus"},
    {"zone": "../../etc/passwd"},
    {"retention_days": 31},
    {"learning": None},
    {"length": "medium"},
    {"anonymus": True},
    [],
]


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await check():
            await asyncio.sleep(0.01)


async def turns(client: httpx.AsyncClient) -> int:
    return int((await client.get("/profile")).json()["turns"])


def stored(directory: Path) -> str:
    """Return all profiles and choices as they lie on disk."""
    with sqlite3.connect(directory / "ion.sqlite") as connection:
        rows = [
            row
            for table in ("profiles", "choices")
            for row in connection.execute(f"SELECT id, document FROM {table}")  # noqa: S608
        ]
    return repr(rows)


async def test_nothing_is_known_of_a_new_user(house: House) -> None:
    async with house.client(await house.token()) as client:
        profile = (await client.get("/profile")).json()

    assert (profile["learning"], profile["anonymous"], profile["turns"]) == (True, False, 0)
    assert profile["words"] == [
        "Nothing is known of your preferences yet.",
        "What is learned is forgotten after 90 days.",
    ]


async def test_a_profile_needs_its_users_token(house: House) -> None:
    async with house.client() as nobody:
        answers = [
            await nobody.get("/profile"),
            await nobody.patch("/profile", json={}),
            await nobody.delete("/profile"),
        ]

    assert [each.status_code for each in answers] == [401, 401, 401]


async def test_a_sync_tells_of_a_profile_that_changed_and_of_one_that_is_gone(
    house: House,
) -> None:
    korean = {"accept-language": "ko"}
    async with house.client(await house.token()) as client:
        fresh = (await client.get("/sync")).json()
        await client.patch("/profile", json={"persona": "riri"})
        told = (await client.get("/sync", params={"since": fresh["next"]}, headers=korean)).json()
        shown = (await client.get("/profile", headers=korean)).json()
        later = token_of(house.product.clock.now() + timedelta(seconds=1))
        unchanged = (await client.get("/sync", params={"since": later})).json()
        await client.delete("/profile")
        erased = (await client.get("/sync", params={"since": later})).json()

    assert fresh["profile"] is None
    assert told["profile"] == shown
    assert "profile" not in unchanged
    assert erased["profile"] is None


async def test_what_is_set_is_told_and_obeyed(house: House) -> None:
    changes = {
        "persona": "riri",
        "length": "short",
        "structure": "steps",
        "pace": "slow",
        "zone": "Asia/Seoul",
        "retention_days": 30,
    }
    async with await house.device() as device, house.client(device.token) as client:
        changed = (await client.patch("/profile", json=changes)).json()
        done = await device.ask("My code crashes with an IndexError", "c1")
        view = device.views[done["session_id"]]
        back = await client.patch("/profile", json={"persona": None, "length": None})

    assert done["persona"] == "riri"
    assert view.ended[done["turn_id"]]["persona"] == "riri"
    assert changed["words"] == [
        "Riri answers you, because you chose so.",
        "You like short answers. You set this.",
        "You like steps and lists. You set this.",
        "You like one thing at a time. You set this.",
        "What is learned is forgotten after 30 days.",
    ]
    assert changed["zone"] == "Asia/Seoul"
    assert back.json()["persona"] is None
    assert [each["trait"] for each in back.json()["style"]] == ["structure", "pace"]


async def test_changes_that_make_no_sense_are_refused(house: House) -> None:
    async with house.client(await house.token()) as client:
        answers = [await client.patch("/profile", json=wrong) for wrong in WRONG]

    assert {each.status_code for each in answers} == {400}


async def test_a_profile_is_only_its_users(house: House) -> None:
    async with await house.device() as mine, house.client(mine.token) as me:
        await me.patch("/profile", json={"persona": "riri"})
        await mine.ask(f"Help me plan my week, {SECRET_WORDS}", "c1")
        await until(lambda: _has(me, 1))
        async with house.client(await house.token()) as other:
            seen = await other.get("/profile")
            await other.delete("/profile")
        kept = (await me.get("/profile")).json()

    assert (seen.json()["turns"], seen.json()["persona"]) == (0, None)
    assert "riri" not in seen.text.lower()
    assert (kept["turns"], kept["persona"]) == (1, "riri")


async def test_erasing_leaves_no_trace_of_the_user_on_disk(house: House, tmp_path: Path) -> None:
    made = await house.product.accounts.anonymous()
    async with await house.device(made.access_token) as device, house.client(device.token) as me:
        done = await device.ask(f"Help me plan my week, {SECRET_WORDS}", "c1")
        body = {"turn_id": done["turn_id"], "rating": 1, "stars": 5, "reason": SECRET_WORDS}
        await me.post(f"/sessions/{done['session_id']}/feedback", json=body)
        await until(lambda: _signals(me))
        before = stored(tmp_path)
        erased = await me.delete("/profile")
        after = stored(tmp_path)

    assert made.user_id in before
    assert done["turn_id"] in before
    assert SECRET_WORDS not in before, "no words are ever kept there"
    assert erased.status_code == 204
    assert after == "[]"


async def test_an_anonymous_profile_names_nobody_on_disk(house: House, tmp_path: Path) -> None:
    made = await house.product.accounts.anonymous()
    async with await house.device(made.access_token) as device, house.client(device.token) as me:
        done = await device.ask("Help me plan my week", "c1")
        await until(lambda: _has(me, 1))
        changed = (await me.patch("/profile", json={"anonymous": True})).json()
        await device.ask("And the week after", "c2", done["session_id"])
        await until(lambda: _has(me, 2))
        kept = stored(tmp_path)

    assert changed["anonymous"]
    for name in (made.user_id, done["turn_id"], done["session_id"]):
        assert name not in kept


async def test_with_learning_off_nothing_is_kept(house: House, tmp_path: Path) -> None:
    async with await house.device() as device, house.client(device.token) as me:
        off = (await me.patch("/profile", json={"learning": False})).json()
        for number in range(2):
            await device.ask("Help me plan my week", f"c{number}")
        profile = (await me.get("/profile")).json()
        with sqlite3.connect(tmp_path / "ion.sqlite") as connection:
            rows = connection.execute("SELECT count(*) FROM choices").fetchone()[0]

    assert "Learning is off" in off["words"][0]
    assert (profile["turns"], rows) == (0, 0)


async def _has(client: httpx.AsyncClient, count: int) -> bool:
    return await turns(client) == count


async def _signals(client: httpx.AsyncClient) -> bool:
    profile: dict[str, Any] = (await client.get("/profile")).json()
    return bool(profile["preferences"])
