"""The memory's routes over real HTTP."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs

from app.security.bearer import bearer_access
from sessions.memory.documents import FactDocument, Source
from sessions.memory.sources import sourced
from tests.house import House
from tests.sessions.memory.made import NOW, fact

WRONG_CHANGES: list[Any] = [
    {"text": ""},
    {"text": " \n "},
    {"text": "x" * 301},
    {"text": None},
    {"pinned": "yes"},
    {"sharing": "everybody"},
    {"forgotten": True},
    [],
]
WRONG_SETTINGS: list[Any] = [{"paused": None}, {"paused": "perhaps"}, {"pause": True}, []]
WRONG_LISTS: list[dict[str, Any]] = [
    {"kind": "secret"},
    {"limit": 0},
    {"limit": 101},
    {"before": "yesterday"},
    {"before": "1-zz-f_1"},
    {"before": f"0-{'f' * 16}-f_1"},
    {"q": "x" * 201},
    {"superseded": "perhaps"},
]


async def user_of(house: House, token: str) -> str:
    return (await bearer_access(house.product.accounts, f"Bearer {token}")).user_id


async def remember(house: House, token: str, *facts: FactDocument) -> None:
    for each in facts:
        await house.product.facts.add(structs.replace(each, user_id=await user_of(house, token)))


async def texts(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = (await client.get("/memory", params=query)).raise_for_status()
    return [each["text"] for each in answer.json()["memories"]]


async def test_a_memory_says_which_messages_it_is_from(house: House) -> None:
    long = "I sat on the train. " * 12 + "My exam is on Friday. " + "It rained. " * 20
    async with await house.device() as device, house.client(device.token) as me:
        done = await device.ask(long, "c1")
        path = f"/sessions/{done['session_id']}/messages"
        asked, answer = (await me.get(path)).json()["messages"]
        told = {"session_id": done["session_id"], "turn_id": done["turn_id"]}
        sources = tuple(Source(**told, message_id=each["id"]) for each in (asked, answer))
        exam = fact("exam", kind="deadline", text="My exam is on Friday", slot="", due=NOW)
        gone = Source(session_id="s_gone", turn_id="t_gone", message_id="m_gone")
        await remember(house, device.token, sourced(exam, (gone, *sources)))
        listed = (await me.get("/memory", params={"id": "f_exam"})).json()["memories"][0]
        seen = (await me.get("/memory/f_exam")).json()

    assert [each["message_id"] for each in listed["sources"]] == [answer["id"]]
    assert (listed["source_count"], seen["source_count"]) == (3, 3)
    assert [each["role"] for each in seen["sources"]] == ["user", "assistant"]
    first = seen["sources"][0]
    assert "My exam is on Friday." in first["text"]
    assert len(first["text"]) <= 160
    assert first["text"][0] == first["text"][-1] == "…"
    assert first["at"] == asked["created_at"]
    assert first["session_title"].startswith("I sat on the train")
    assert seen["due"] == NOW.isoformat().replace("+00:00", "Z")


async def test_lists_are_paged_the_pinned_first_and_filtered(house: House) -> None:
    token = await house.token()
    many = [
        fact(f"{n:02}", kind="goal" if n % 2 else "person", text=f"Fact {n}", slot="", day=n // 5)
        for n in range(12)
    ]
    old, new = fact("old", text="I'm Al"), fact("new", text="I'm Bo", day=3)
    left = fact("left", text="I'm nobody", slot="", shown=False)
    await remember(house, token, *many, old, new, left)
    async with house.client(token) as me:
        await me.patch("/memory/f_03", json={"pinned": True})
        pages: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 4}
        while not pages or pages[-1]["next"]:
            pages.append((await me.get("/memory", params=query)).json())
            query["before"] = pages[-1]["next"]
        seen = [each["id"] for page in pages for each in page["memories"]]
        everything = (await me.get("/memory", params={"superseded": True})).json()["memories"]
        goals = await texts(me, kind="goal")
        found = await texts(me, q="fACT 1")
        named = await texts(me, id=["f_01", "f_nobody", "f_02"])
        why = (await me.get("/memory/f_new")).json()

    assert seen[0] == "f_03"
    assert sorted(seen) == sorted([*(each.id for each in many), "f_new"])
    assert len(everything) == 15
    past = {each["id"]: each for each in everything}
    assert past["f_old"]["superseded_by"] == "f_new"
    assert past["f_left"]["left"]
    assert set(goals) == {f"Fact {n}" for n in range(1, 12, 2)}
    assert set(found) == {"Fact 1", "Fact 10", "Fact 11"}
    assert named == ["Fact 1", "Fact 2"]
    assert [each["text"] for each in why["earlier"]] == ["I'm Al"]


async def test_a_memory_is_corrected_pinned_kept_to_oneself_and_deleted(house: House) -> None:
    token = await house.token()
    await remember(house, token, fact("1", text="My name is Mina"), fact("2", slot="", day=1))
    async with house.client(token) as me:
        changes = {"text": "  My name is\nMinah ", "pinned": True, "sharing": "user"}
        changed = (await me.patch("/memory/f_1", json=changes)).json()
        nothing = await me.patch("/memory/f_1", json={})
        deleted = await me.delete("/memory/f_1")
        again = await me.delete("/memory/f_1")
        kept = await texts(me)

    assert changed["text"] == "My name is Minah"
    assert (changed["pinned"], changed["edited"], changed["sharing"]) == (True, True, "user")
    assert nothing.json()["updated_at"] == changed["updated_at"]
    assert (deleted.status_code, again.status_code) == (204, 404)
    assert again.json()["code"] == "not_found"
    assert kept == ["My name is 2"]


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_refusal_keeps_no_words(house: House, tmp_path: Path, refuse: bool) -> None:
    token = await house.token()
    await remember(house, token, fact("1", kind="person", text="My sister is Xylona", slot=""))
    async with house.client(token) as me:
        answer = await me.delete("/memory/f_1", params={"refuse": refuse})
    with sqlite3.connect(tmp_path / "ion.sqlite") as connection:
        facts = connection.execute("SELECT document FROM facts").fetchall()
        refusals = connection.execute("SELECT document FROM refusals").fetchall()

    assert answer.status_code == 204
    assert facts == []
    # of the turn it came from, and of anything that is ever said
    assert len(refusals) == 1 + refuse
    assert "ylona" not in repr(refusals)


async def test_a_corrected_goal_is_shown_by_the_session_that_told_it(house: House) -> None:
    async with await house.device() as device, house.client(device.token) as me:
        done = await device.ask("My goal is to run a marathon.", "c1")
        await house.product.owners.remembered()
        goal = (await me.get("/memory", params={"kind": "goal"})).json()["memories"][0]
        await me.patch(f"/memory/{goal['id']}", json={"text": "My goal is to learn the cello"})
        session = (await me.get(f"/sessions/{done['session_id']}")).json()

    assert session["title"] == "Learn the cello"
    assert session["progress"]["goal"] == "learn the cello"


async def test_memory_is_paused_and_goes_on(house: House) -> None:
    async with house.client(await house.token()) as me:
        before = (await me.get("/memory/settings")).json()
        paused = (await me.patch("/memory/settings", json={"paused": True})).json()
        listed = (await me.get("/memory")).json()
        same = (await me.patch("/memory/settings", json={})).json()
        wrong = [await me.patch("/memory/settings", json=each) for each in WRONG_SETTINGS]
        on = (await me.patch("/memory/settings", json={"paused": False})).json()

    assert [each["paused"] for each in (before, paused, listed, same, on)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert {each.status_code for each in wrong} == {400}


async def test_memories_are_only_their_users(house: House) -> None:
    token = await house.token()
    await remember(house, token, fact("1"))
    async with house.client(await house.token()) as other, house.client() as nobody:
        answers = [
            await other.get("/memory/f_1"),
            await other.patch("/memory/f_1", json={"text": "x"}),
            await other.delete("/memory/f_1", params={"refuse": True}),
        ]
        listed = await texts(other, superseded=True) + await texts(other, id="f_1")
        refused = [
            await nobody.get("/memory"),
            await nobody.get("/memory/settings"),
            await nobody.get("/memory/f_1"),
            await nobody.patch("/memory/f_1", json={}),
            await nobody.delete("/memory/f_1"),
            await nobody.patch("/memory/settings", json={}),
        ]
    async with house.client(token) as me:
        kept = await texts(me)

    assert [each.status_code for each in answers] == [404] * 3
    assert listed == []
    assert [each.status_code for each in refused] == [401] * 6
    assert kept == ["My name is 1"]


async def test_what_makes_no_sense_is_refused(house: House) -> None:
    token = await house.token()
    await remember(house, token, fact("1"))
    async with house.client(token) as me:
        changes = [await me.patch("/memory/f_1", json=each) for each in WRONG_CHANGES]
        lists = [await me.get("/memory", params=each) for each in WRONG_LISTS]
        too_many = await me.get("/memory", params={"id": [f"f_{n}" for n in range(101)]})
        kept = await texts(me)

    assert [each.status_code for each in (*changes, *lists, too_many)] == [400] * 17
    assert {each.json()["code"] for each in (*changes, *lists, too_many)} == {"bad_frame"}
    assert kept == ["My name is 1"]


@pytest.mark.parametrize("refuse", [False, True])
async def test_devices_hear_of_new_changed_and_deleted_memories(house: House, refuse: bool) -> None:
    token = await house.token()
    at = house.product.clock.now() - timedelta(hours=1)
    old = fact("old", text="I'm Al", valid_from=at, updated_at=at)
    await remember(house, token, old, fact("goal", slot="", kind="goal", updated_at=at))
    async with house.client(token) as me:
        first = (await me.get("/sync")).json()
        now = house.product.clock.now()
        await remember(house, token, fact("new", text="I'm Bo", valid_from=now, updated_at=now))
        await me.patch("/memory/f_goal", json={"pinned": True})
        second = (await me.get("/sync", params={"since": first["next"]})).json()
        await me.delete("/memory/f_new", params={"refuse": refuse})
        third = (await me.get("/sync", params={"since": second["next"]})).json()
    async with house.client(await house.token()) as other:
        others = (await other.get("/sync")).json()

    assert {each["id"] for each in first["memory"]} == {"f_old", "f_goal"}
    assert first["memory_deleted"] == first["deleted"] == []
    changed = {each["id"]: each for each in second["memory"]}
    assert changed.keys() == {"f_old", "f_new", "f_goal"}
    assert changed["f_old"]["superseded_by"] == "f_new"
    assert changed["f_goal"]["pinned"]
    # what was superseded goes with what took its place
    assert set(third["memory_deleted"]) == {"f_new", "f_old"}
    assert third["deleted"] == []
    assert others["memory"] == others["memory_deleted"] == []
