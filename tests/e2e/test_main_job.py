"""The main job, against the product as a process: talk, join, be cut off, be killed, go on.

Three houses: everything embedded with the offline engine, as `make run` starts it; Redis and a
MongoDB wire server; and an OpenAI-wire language model over real HTTP.
"""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.device import Device, View
from tests.product import ProductServer, running_product
from tests.proxy import FaultProxy
from tests.servers import (
    free_port,
    leashed,
    require_redis_server,
    running_redis,
    running_secantus,
)

HOUSES = ["embedded", "redis+mongodb", "openai"]
CAREER = [
    "Hi, I'm Mina. I have been a nurse for six years and I am tired of it.",
    "My goal is to move into data analysis before next summer.",
    "My manager laughs when I talk about it.",
    "I can study one hour every evening, no more.",
    "What should I start with?",
    "I tried an online course last year and stopped after two weeks.",
    "It was too dry, only videos.",
    "Could I use data from my own work instead?",
    "What was my goal again?",
    "I am afraid that I am too old for this.",
    "OK, I'll begin on Monday.",
    "Thank you, that helped.",
]


@pytest.fixture(scope="module", params=HOUSES)
def product(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProductServer]:
    directory = tmp_path_factory.mktemp(request.param.replace("+", "-"))
    with contextlib.ExitStack() as stack:
        settings = _settings(request.param, directory, stack)
        yield stack.enter_context(running_product(directory / "product", settings))


def _settings(house: str, directory: Path, stack: contextlib.ExitStack) -> dict[str, str]:
    if house == "redis+mongodb":
        redis = stack.enter_context(
            running_redis(directory / "redis", binary=require_redis_server())
        )
        mongo = stack.enter_context(running_secantus(directory / "mongo"))
        return {"ION_REDIS_URL": redis.url, "ION_MONGODB_URI": mongo.uri}
    if house == "openai":
        llm = stack.enter_context(_llm_process())
        return {
            "ION_LLM": "openai",
            "ION_LLM_BASE_URL": llm,
            "ION_LLM_MODEL": "test-model",
            "ION_LLM_API_KEY": "not-a-secret",
        }
    return {}


@contextlib.contextmanager
def _llm_process() -> Iterator[str]:
    """A streaming OpenAI-wire server in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.llm_server", "--port", str(port)]
    options = ["--tokens", "40", "--interval-ms", "10"]
    process = subprocess.Popen(leashed([*command, *options]), stdout=subprocess.DEVNULL)
    try:
        _wait_for_port(port)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError("the language model server did not start")


@pytest.fixture
async def device(product: ProductServer) -> AsyncIterator[Device]:
    async with Device(product.ws_url, product.anonymous()["access_token"]) as connected:
        yield connected


def history(product: ProductServer, token: str, session_id: str) -> list[dict[str, Any]]:
    answer = httpx.get(
        f"{product.url}/api/v2.1/sessions/{session_id}/messages",
        params={"limit": 100},
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
    )
    messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
    return messages


async def test_twelve_turns_are_answered_in_order_and_kept(
    product: ProductServer, device: Device
) -> None:
    session_id: str | None = None
    answers = []
    for number, text in enumerate(CAREER):
        done = await device.ask(text, f"c{number}", session_id)
        session_id = session_id or done["session_id"]
        assert done["finish_reason"] == "stop"
        answers.append(done["text"])
    assert session_id is not None

    kept = history(product, device.token, session_id)

    assert [each["role"] for each in kept] == ["user", "assistant"] * 12
    assert [each["text"] for each in kept[0::2]] == CAREER
    assert [each["text"] for each in kept[1::2]] == answers
    assert all(answers)
    assert device.views[session_id].epochs == device.views[session_id].epochs[:1]


async def test_a_second_device_joins_in_the_middle_of_an_answer(
    product: ProductServer, device: Device
) -> None:
    ack = await device.send("I feel lost at work and I don't know what to do.", "c1")
    session_id, turn_id = ack["session_id"], ack["turn_id"]
    first = device.views[session_id]
    await device.until(lambda: bool(first.texts.get(turn_id)))

    async with Device(product.ws_url, device.token) as second:
        await second.attach(session_id)
        seen = await second.answer(turn_id, session_id)

    done = await device.answer(turn_id, session_id)
    assert seen["text"] == done["text"]
    assert second.views[session_id].texts[turn_id] == done["text"]
    assert second.views[session_id].snapshots == 1


async def test_a_socket_that_is_cut_twenty_times_resumes_exactly(product: ProductServer) -> None:
    seed = int(os.environ.get("ION_TEST_SEED", "20261123"))
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with FaultProxy("127.0.0.1", product.port) as proxy:
        device = Device(
            f"ws://127.0.0.1:{proxy.port}/api/v2.1/ws", product.anonymous()["access_token"]
        )
        session_id: str | None = None
        cuts = turns = 0
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(device.close)
            await device.connect()
            while cuts < 20:
                turns += 1
                acked, cuts_here = await _one_turn_with_cuts(
                    device, proxy, chance, f"c{turns}", session_id
                )
                session_id = session_id or acked["session_id"]
                cuts += cuts_here
        view = device.views[session_id or ""]
        kept = history(product, device.token, session_id or "")

    print(f"{cuts} cuts in {turns} turns")
    assert proxy.cuts >= cuts >= 20
    assert not device.errors, "a message was refused, and its time waited for"
    assert view.snapshots == 0, "a resume inside the log needs no snapshot"
    assert len(kept) == 2 * turns
    assert [each["text"] for each in kept[1::2]] == [
        view.ended[each["turn_id"]]["text"] for each in kept[1::2]
    ]


async def _one_turn_with_cuts(
    device: Device, proxy: FaultProxy, chance: random.Random, key: str, session_id: str | None
) -> tuple[dict[str, Any], int]:
    """Say one thing, lose the connection again and again, and hear the whole answer."""
    cuts = 0
    while True:
        proxy.cut_after(chance.randrange(200, 2000))
        try:
            ack = await device.send("I can't sleep because of my exams next week.", key, session_id)
            await device.answer(ack["turn_id"], ack["session_id"])
        except TimeoutError:
            raise  # it is an OSError, and no cut
        except (OSError, ConnectionClosed, InvalidHandshake):
            cuts += 1
            await _back(device, proxy)
            if key in device.acks and device.acks[key]["turn_id"] in _ended(device):
                return device.acks[key], cuts
        else:
            return ack, cuts


def _ended(device: Device) -> set[str]:
    return {turn_id for view in device.views.values() for turn_id in view.ended}


async def _back(device: Device, proxy: FaultProxy) -> None:
    proxy.cut_after(None)
    await device.connect()


async def test_a_server_that_is_killed_in_an_answer_loses_nothing(
    product: ProductServer,
) -> None:
    tokens = product.anonymous()
    async with Device(product.ws_url, tokens["access_token"]) as device:
        before = await device.ask("Hello, I'm Jun and I want to learn to cook.", "c1")
        session_id = before["session_id"]
        ack = await device.send("What would be a good first dish for me?", "c2", session_id)
        view = device.views[session_id]
        await device.until(lambda: bool(view.texts.get(ack["turn_id"])))
        product.kill()
        product.start()
        await device.connect()
        again = await device.send("What would be a good first dish for me?", "c2", session_id)

        await device.until(lambda: _answered(view, ack["turn_id"]), deadline_s=20)
        kept = history(product, device.token, session_id)

    assert again["duplicate"]
    assert again["turn_id"] == ack["turn_id"]
    assert [each["role"] for each in kept] == ["user", "assistant"] * 2
    assert kept[1]["text"] == before["text"]
    assert kept[3]["text"] == _text(view, ack["turn_id"])
    assert len(set(view.epochs)) == 2, "a crash begins a new epoch"


def _answered(view: View, turn_id: str) -> bool:
    return turn_id in view.ended or any(
        each["role"] == "assistant" and each["turn_id"] == turn_id
        for each in view.messages.values()
    )


def _text(view: View, turn_id: str) -> str:
    if turn_id in view.ended:
        return str(view.ended[turn_id]["text"])
    return next(
        str(each["text"])
        for each in view.messages.values()
        if each["role"] == "assistant" and each["turn_id"] == turn_id
    )


async def test_the_offline_mentor_knows_the_goal_it_was_told(
    product: ProductServer, device: Device, request: pytest.FixtureRequest
) -> None:
    if "openai" in request.node.name:
        pytest.skip("the loopback language model counts words, it does not remember")
    done = await device.ask(CAREER[1], "c1")
    session_id = done["session_id"]
    await device.ask(CAREER[3], "c2", session_id)

    answer = await device.ask("What was my goal again?", "c3", session_id)

    assert "data analysis" in answer["text"]
