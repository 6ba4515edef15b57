"""What a message says of what a field allows, over HTTP and by itself."""

from enum import StrEnum
from typing import Any

import msgspec
import pytest

from app.api.endpoint import InvalidBody, decoded
from schemas.checkins import CreateCheckIn
from schemas.devices import RegisterDevice, UpdateNotificationSettings
from tests.house import House


class Mood(StrEnum):
    """An enum of a body."""

    GOOD = "good"
    BAD = "bad"


class Moods(msgspec.Struct):
    """A body that is nested."""

    by_day: dict[str, list[Mood | int]]


@pytest.mark.parametrize(
    ("type_", "body", "told"),
    [
        (RegisterDevice, {"kind": "webpush", "platform": "wii"}, "one of android, cli, ios, web"),
        (UpdateNotificationSettings, {"muted": ["account", "x"]}, "one of account, check_in"),
        (UpdateNotificationSettings, {"quiet_from": "9"}, "Expected a time of day, HH:MM"),
        (CreateCheckIn, {"session_id": "s", "time": "25:00"}, "Expected a time of day, HH:MM"),
        (Moods, {"by_day": {"monday": ["good", "sad"]}}, "one of good, bad"),
    ],
)
def test_a_message_says_what_is_allowed(type_: Any, body: object, told: str) -> None:
    with pytest.raises(InvalidBody) as raised:
        decoded(msgspec.json.encode(body), type_)
    assert told in raised.value.message
    assert "regex" not in raised.value.message


async def test_a_problem_says_it_too(house: House) -> None:
    async with house.client(await house.token()) as client:
        answer = await client.put("/devices/d1", json={"kind": "webpush", "platform": "wii"})
        late = await client.patch("/notifications/settings", json={"quiet_to": "9"})

    enum = "platform: Invalid enum value 'wii'; one of android, cli, ios, web"
    assert (answer.status_code, answer.json()["detail"]) == (400, enum)
    assert late.json()["detail"] == "quiet_to: Expected a time of day, HH:MM"


@pytest.mark.parametrize(
    ("method", "path", "detail"),
    [
        (
            "GET",
            "/memory?kind=secret",
            "kind: Invalid enum value 'secret'; one of commitment, deadline, goal, name, obstacle, "
            "person, preference, promise, role",
        ),
        ("GET", "/memory?superseded=perhaps", "superseded: Expected true or false"),
        ("DELETE", "/memory/f_1?refuse=perhaps", "refuse: Expected true or false"),
        ("GET", f"/memory?{'&id=f_1' * 101}", "id: Expected `array` of length <= 100"),
        ("GET", "/memory?limit=0", "limit: Expected `int` >= 1"),
    ],
)
async def test_a_problem_says_it_of_a_query(
    house: House, method: str, path: str, detail: str
) -> None:
    async with house.client(await house.token()) as client:
        answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["detail"]) == (400, detail)
