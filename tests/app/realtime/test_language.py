"""The language of answers, over a real socket and from the engine that needs no model."""

import re
from pathlib import Path

import pytest

from tests.house import running_house

HANGUL = re.compile(r"[가-힣]")
PLACE = {
    "installation_id": "i1",
    "platform": "web",
    "locale": "ko-KR",
    "timezone": "Asia/Seoul",
}


@pytest.mark.parametrize("before", [(), ("오늘 회의가 너무 길었어요",)])
async def test_a_korean_user_who_writes_ok_is_answered_in_korean(
    tmp_path: Path, redis_url: str, before: tuple[str, ...]
) -> None:
    # told by the first message where there is one, else by the locale
    place = PLACE if not before else PLACE | {"locale": "en-US"}
    session_id = None
    async with (
        running_house(tmp_path, redis_url, llm="offline") as house,
        await house.device() as device,
    ):
        await device.say({"type": "hello", "token": device.token, "device": place})
        for number, text in enumerate((*before, "ok")):
            done = await device.ask(text, f"c{number}", session_id)
            session_id = done["session_id"]

    assert done["finish_reason"] == "stop"
    assert HANGUL.search(done["text"])
