"""Addresses that nobody serves, as programs that try them hear of it."""

import httpx
import pytest

from tests.house import House


@pytest.mark.parametrize("path", ["/openai/v1/embeddings", "/openai/v1", "/openai/v1/a/b"])
async def test_an_unknown_address_of_openais_api_says_what_is_served(
    house: House, path: str
) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.post(path, json={})

    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["message"] == "only chat/completions and models are served here"
    assert (error["type"], error["code"]) == ("invalid_request_error", "not_found")
    assert answer.headers["x-should-retry"] == "false"


async def test_a_wrong_method_of_openais_api_has_its_shape(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get("/openai/v1/chat/completions")

    assert answer.status_code == 405
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("path", ["/openai/v10", "/api/v2.1/nothing", "/static/none.js"])
async def test_any_other_unknown_address_is_a_problem(house: House, path: str) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told_which_there_are(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.put("/api/v2.1/sessions", json={})

    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_body_that_is_no_utf_8_is_refused_in_openais_shape(house: House) -> None:
    headers = {
        "authorization": f"Bearer {await house.token()}",
        "content-type": "application/json",
    }
    async with httpx.AsyncClient(base_url=house.url) as client:
        answer = await client.post(
            "/openai/v1/chat/completions", content=b'{"model": "\xff"}', headers=headers
        )

    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
