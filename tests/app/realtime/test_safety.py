"""Words that call for a human's help, over a real socket and before any engine."""

import pytest

from tests.house import House


@pytest.mark.parametrize(
    ("text", "language"),
    [("I want to kill myself tonight", "en"), ("오늘 밤에 죽고 싶어요", "ko")],
)
async def test_a_crisis_is_answered_with_ways_to_a_human_and_talking_goes_on(
    house: House, text: str, language: str
) -> None:
    async with await house.device() as device, await house.device(device.token) as other:
        done = await device.ask(text, "c1")
        session_id = done["session_id"]
        again = await device.ask(text, "c2", session_id)
        later = await device.ask("Thank you. Can we talk about my exams?", "c3", session_id)
        fresh = await other.attach(session_id)

    frames = device.views[session_id].frames
    safety = next(each for each in frames if each["type"] == "safety")
    assert done["finish_reason"] == again["finish_reason"] == "safety"
    assert done["text"] != again["text"]
    assert done["text"].isascii() is (language == "en")
    assert any("findahelpline.com" in each["url"] for each in safety["resources"])
    assert later["finish_reason"] == "stop"
    kept = [each["answered"] for each in fresh.messages.values() if each["role"] == "assistant"]
    assert kept[0]["resources"] == safety["resources"]
    assert "resources" not in kept[2]


async def test_help_is_that_of_the_persons_country(house: House) -> None:
    async with await house.device() as device:
        place = {
            "installation_id": "i1",
            "platform": "web",
            "locale": "en-GB",
            "timezone": "Europe/London",
        }
        await device.say({"type": "hello", "token": device.token, "device": place})
        done = await device.ask("I want to end my life", "c1")

    frames = device.views[done["session_id"]].frames
    safety = next(each for each in frames if each["type"] == "safety")
    assert any("116 123" in each["contact"] for each in safety["resources"])
