"""The routes of devices and notification settings over real HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from push.devices import device_id_of
from tests.house import House, running_house

PHONE: dict[str, Any] = {"kind": "fcm_token", "platform": "ios", "token": "tok:en"}
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
    "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
BROWSER: dict[str, Any] = {
    "kind": "webpush",
    "platform": "web",
    "subscription": {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": KEYS},
}
WRONG: list[dict[str, Any]] = [
    {},
    PHONE | {"kind": "pigeon"},
    PHONE | {"token": ""},
    PHONE | {"token": "x" * 4097},
    PHONE | {"token": "two words"},
    PHONE | {"platform": "amiga"},
    PHONE | {"preview": "yes"},
    PHONE | {"user_id": "u_2"},
    PHONE | BROWSER,
    BROWSER | {"kind": "fcm_token"},
    {"kind": "webpush", "platform": "web"},
    BROWSER | {"subscription": {"endpoint": "http://fcm.googleapis.com/x", "keys": KEYS}},
    # f11: nothing is sent to an address that is no push service's
    BROWSER | {"subscription": {"endpoint": "https://127.0.0.1/x", "keys": KEYS}},
    BROWSER | {"subscription": {"endpoint": "https://push.example/x", "keys": KEYS}},
]
WRONG_SETTINGS: list[dict[str, Any]] = [
    {"quiet_from": "24:00"},
    {"quiet_to": "8:00"},
    {"timezone": "Mars/Base"},
    {"muted": ["everything"]},
    {"preview": None},
    {"loud": True},
]


async def test_a_device_is_registered_listed_and_removed_and_its_address_never_shown(
    house: House,
) -> None:
    async with (
        house.client(await house.token()) as me,
        house.client(await house.token()) as other,
        house.client() as stranger,
    ):
        made = await me.put("/devices/i-1", json=PHONE | {"locale": "ko-KR", "timezone": "UTC"})
        again = await me.put("/devices/i-1", json=PHONE | {"token": "x" * 4096})
        await me.put("/devices/i-2", json=BROWSER)
        listed = (await me.get("/devices")).json()["devices"]
        others = (await other.get("/devices")).json()["devices"]
        theirs = [await other.delete("/devices/i-1"), await other.post("/devices/i-1/test")]
        tried = await me.post("/devices/i-1/test")
        removed = [(await me.delete("/devices/i-1")).status_code for _ in range(2)]
        left = (await me.get("/devices")).json()["devices"]
        nobody = await stranger.put("/devices/i-3", json=PHONE)

    assert (made.status_code, again.status_code) == (200, 200)
    assert made.json() | {"registered_at": "", "seen_at": ""} == {
        "installation_id": "i-1",
        "kind": "fcm_token",
        "platform": "ios",
        "locale": "ko-KR",
        "timezone": "UTC",
        "app_version": "",
        "preview": False,
        "state": "active",
        "registered_at": "",
        "seen_at": "",
    }
    assert {each["installation_id"] for each in listed} == {"i-1", "i-2"}
    assert "tok:en" not in json.dumps(listed)
    assert KEYS["auth"] not in json.dumps(listed)
    assert others == []
    assert [each.status_code for each in theirs] == [404, 404]
    assert tried.json()["outcome"] == "accepted"
    assert removed == [204, 404]
    assert [each["installation_id"] for each in left] == ["i-2"]
    assert nobody.status_code == 401


async def test_c6_a_logout_forgets_its_device_before_it_is_answered(house: House) -> None:
    tokens = await house.product.accounts.anonymous()
    async with house.client(tokens.access_token) as me:
        for name in ("i-1", "i-2"):
            await me.put(f"/devices/{name}", json=PHONE | {"token": name})
        leaving = {"refresh_token": tokens.refresh_token, "installation_id": "i-1"}
        gone = [(await me.post("/auth/logout", json=leaving)).status_code for _ in range(2)]
        listed = (await me.get("/devices")).json()["devices"]
        refreshed = await me.post("/auth/refresh", json={"refresh_token": tokens.refresh_token})
        unknown = await me.post("/auth/logout", json={"refresh_token": "x"})

    assert gone == [204, 204]
    assert [each["installation_id"] for each in listed] == ["i-2"]
    assert refreshed.status_code == 401
    assert unknown.status_code == 204


async def test_c6_an_erased_account_leaves_no_device_and_shows_it_before(house: House) -> None:
    tokens = await house.product.accounts.anonymous()
    async with house.client(tokens.access_token) as me:
        await me.put("/devices/i-1", json=PHONE)
        await me.patch("/notifications/settings", json={"check_ins": True})
        await house.product.outbox.enqueue(tokens.user_id, "account", "a-1")
        exported = (await me.get("/me/export")).json()
        receipt = (await me.delete("/me")).json()

    assert [each["address"] for each in exported["devices"]] == ["tok:en"]
    assert len(exported["notifications"]) == len(exported["notification_settings"]) == 1
    removed = {each["what"]: each["count"] for each in receipt["removed"]}
    assert (removed["devices"], removed["outbox"], removed["push_settings"]) == (1, 1, 1)
    assert await house.product.outbox.of_user(tokens.user_id) == []
    assert await house.product.push.devices(tokens.user_id) == []
    kept = await house.product.push._devices.get(device_id_of("i-1"))
    assert kept is None or kept.address == ""


async def test_a_device_that_makes_no_sense_is_refused(house: House) -> None:
    async with house.client(await house.token()) as me:
        answers = [await me.put("/devices/i-1", json=each) for each in WRONG]
        names = [await me.put(f"/devices/{name}", json=PHONE) for name in ("a b", "x" * 129)]
        listed = (await me.get("/devices")).json()["devices"]

    assert [each.status_code for each in answers] == [400] * len(WRONG)
    assert [each.status_code for each in names] == [400, 400]
    assert listed == []


async def test_notification_settings_are_changed_one_by_one(house: House) -> None:
    async with house.client(await house.token()) as me:
        first = (await me.get("/notifications/settings")).json()
        changes = {"quiet_from": "23:30", "timezone": "Asia/Seoul", "muted": ["nudge"]}
        await me.patch("/notifications/settings", json=changes)
        after = (await me.patch("/notifications/settings", json={"check_ins": True})).json()
        wrong = [await me.patch("/notifications/settings", json=each) for each in WRONG_SETTINGS]
        kept = (await me.get("/notifications/settings")).json()

    assert (first["quiet_from"], first["quiet_to"]) == ("22:00", "08:00")
    assert not first["check_ins"]
    assert not first["preview"]
    assert after == first | changes | {"check_ins": True}
    assert [each.status_code for each in wrong] == [400] * len(WRONG_SETTINGS)
    assert kept == after


async def test_e6_a_receipt_of_what_was_never_sent_is_refused(house: House) -> None:
    async with house.client(await house.token()) as me:
        seen = {"installation_id": "i-1", "event": "delivered"}
        answer = await me.post("/notifications/n_1/ack", json=seen)
        wrong = await me.post("/notifications/n_1/ack", json=seen | {"event": "eaten"})

    assert (answer.status_code, wrong.status_code) == (404, 400)


async def test_c7_what_devices_are_reached_by_never_reaches_a_log(
    tmp_path: Path, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        running_house(tmp_path, redis_url, push="log") as house,
        house.client(await house.token()) as me,
    ):
        await me.put("/devices/i-1", json=PHONE | {"token": "SECRET-OF-A-PHONE"})
        await me.put("/devices/i-1", json=PHONE | {"token": "SECRET OF A PHONE"})
        await me.post("/devices/i-1/test")
        await me.put("/devices/i-2", json=BROWSER)
    printed = capsys.readouterr()

    assert "SECRET" not in printed.out + printed.err
    assert KEYS["auth"] not in printed.out + printed.err


async def test_in_production_there_are_no_simulated_phones(tmp_path: Path, redis_url: str) -> None:
    async with (
        running_house(tmp_path, redis_url, env="production") as house,
        house.client(await house.token()) as client,
    ):
        phone = await client.put("/devices/i-1", json=PHONE)
        answers = [
            await client.get(f"{house.url}/phones"),
            await client.get("/phones"),
            await client.delete("/phones/i-1/cards/s_1"),
        ]
    assert phone.status_code == 200
    assert [each.status_code for each in answers] == [404] * 3
