"""Other people's clients while the server is killed."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from openai import AsyncOpenAI

from tests.product import ProductServer, running_product

SETTINGS = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "100", "ION_SCRIPTED_INTERVAL_MS": "20"}


async def test_openais_sdk_gets_the_answer_of_a_server_that_was_killed_once(
    tmp_path: Path,
) -> None:
    with running_product(tmp_path, SETTINGS) as server:
        token = server.anonymous()["access_token"]
        async with AsyncOpenAI(
            base_url=f"{server.url}/openai/v1", api_key=token, max_retries=8
        ) as client:
            asking = asyncio.get_running_loop().create_task(
                client.chat.completions.create(
                    model="ion", messages=[{"role": "user", "content": "hello"}]
                )
            )
            await asyncio.to_thread(_until_running, server, token)
            server.kill()
            server.start()
            answer = await asyncio.wait_for(asking, 60)
        sessions = _get(server, token, "/sessions")["sessions"]
        kept = _get(server, token, f"/sessions/{sessions[0]['id']}/messages")["messages"]

    assert answer.choices[0].message.content == "".join(f"w{n} " for n in range(100))
    assert len(sessions) == 1
    assert [each["role"] for each in kept] == ["user", "assistant"]


def _until_running(server: ProductServer, token: str) -> None:
    while not any(each.get("running") for each in _get(server, token, "/sessions")["sessions"]):
        continue


def _get(server: ProductServer, token: str, path: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"}
    found: dict[str, Any] = httpx.get(
        f"{server.url}/api/v2.1{path}", headers=headers, timeout=30
    ).json()
    return found


async def test_a_stream_ends_well_before_a_server_that_is_told_to_stop(tmp_path: Path) -> None:
    with running_product(tmp_path, SETTINGS) as server:
        token = server.anonymous()["access_token"]
        async with AsyncOpenAI(base_url=f"{server.url}/openai/v1", api_key=token) as client:
            chunks = await client.chat.completions.create(
                model="ion", messages=[{"role": "user", "content": "hello"}], stream=True
            )
            await anext(aiter(chunks))
            stopping = asyncio.get_running_loop().create_task(asyncio.to_thread(server.stop))
            text = "".join([each.choices[0].delta.content or "" async for each in chunks])
            await stopping

    assert text == "".join(f"w{n} " for n in range(100))
