"""Whoever asks for the head of what can be read gets it, and no body."""

import asyncio

import httpx
import pytest

from tests.house import House


@pytest.mark.parametrize(
    "path",
    ["/", "/phones", "/docs", "/health", "/static/main.js", "/widget/ion-chat.js", "/static/no.js"],
)
@pytest.mark.parametrize("accept", ["text/html", "*/*"])
async def test_the_head_of_a_page_is_that_of_its_whole(
    house: House, path: str, accept: str
) -> None:
    async with httpx.AsyncClient(base_url=house.url, headers={"accept": accept}) as client:
        head, whole = await client.head(path), await client.get(path)

    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "content-length", "etag", "content-security-policy"):
        assert head.headers.get(name) == whole.headers.get(name)


async def test_the_head_of_a_stream_ends(house: House) -> None:
    token = await house.token()
    async with await house.device(token) as device, house.client(token) as client:
        done = await device.ask("hello", "c1")
        async with asyncio.timeout(5):
            head = await client.head(f"/sessions/{done['session_id']}/events")
            after = await client.get("/sessions")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")
    assert after.status_code == 200


async def test_where_there_is_no_get_there_is_no_head(house: House) -> None:
    async with house.client() as client:
        assert (await client.head("/auth/anonymous")).status_code == 405
