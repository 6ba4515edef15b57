"""The tokens of a day, over real HTTP."""

from pathlib import Path

from tests.app.api.v2.asking import v2
from tests.house import running_house

ASKED = {"user_input": "And what is a semaphore?", "use_cache": False}


async def test_answers_without_a_session_count_among_their_users_tokens(
    tmp_path: Path, redis_url: str
) -> None:
    async with running_house(tmp_path, redis_url, tokens_a_day=10) as house:
        async with v2(house, await house.token()) as client:
            first = await client.post("/process", json=ASKED)
            refused = [
                await client.post("/process", json=ASKED),
                await client.post("/chat/multi-persona", json=ASKED),
            ]
            bulk = (await client.post("/bulk-process", json={"requests": [ASKED]})).json()
        async with v2(house) as stranger:
            other = await stranger.post("/process", json=ASKED)

    assert (first.status_code, other.status_code) == (200, 200)
    assert [each.status_code for each in refused] == [429, 429]
    assert all(int(each.headers["retry-after"]) > 0 for each in refused)
    assert bulk["errors"][0]["error"]["code"] == "RATE_LIMITED"
