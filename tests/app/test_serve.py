"""Leaving without cutting an answer short, whoever writes it."""

import asyncio
from pathlib import Path

import pytest

from app.serve import Server
from app.settings import with_secret
from app.wiring import assembled
from tests.app.api.openai.clients import begin, openai_client, texts, user
from tests.house import House, running_house

TOKENS = 60
ANSWER = "".join(f"w{i} " for i in range(TOKENS))


async def test_who_drains_tells_an_answer_that_another_process_writes_to_its_end(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # both on one data directory, as workers are
    monkeypatch.setattr(
        "tests.house.running", lambda chosen, **more: assembled(with_secret(chosen), **more)
    )
    options = {"scripted_tokens": TOKENS, "scripted_interval_ms": 20}
    async with (
        running_house(tmp_path, redis_url, **options) as one,
        running_house(tmp_path, redis_url, **options) as two,
    ):
        token = await one.token()
        async with openai_client(one, token) as here, openai_client(two, token) as there:
            first = await begin(there, user("first"), user="anna")
            await anext(aiter(first))
            waiting = asyncio.create_task(begin(here, user("second"), user="anna"))
            said: list[str] = []
            reading = asyncio.create_task(texts(await waiting, said))
            while not said:
                await asyncio.sleep(0.01)
            server = Server(one.product.settings, one.product, one.connections, ready=lambda: None)
            server.drain()
            await reading

    assert "".join(said) == ANSWER


async def test_idle_lines_are_kept_longer_than_proxies_keep_theirs(house: House) -> None:
    product = house.product
    server = Server(product.settings, product, house.connections, ready=lambda: None)

    assert server.config.timeout_keep_alive > 120  # Caddy's
