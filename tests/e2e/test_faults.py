"""What the product does when what it stands on gives way."""

import resource
import time
from pathlib import Path

import httpx
import pytest

from tests.device import Device
from tests.product import ProductServer, running_product
from tests.servers import RedisServer, require_redis_server, running_redis

OUTAGE_S = 10
LONG = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "400", "ION_SCRIPTED_INTERVAL_MS": "20"}
SHORT = {"ION_LLM": "scripted", "ION_SCRIPTED_TOKENS": "10", "ION_SCRIPTED_INTERVAL_MS": "5"}


def ready(product: ProductServer, status: str) -> httpx.Response:
    """Return the readiness as soon as it has this status (a report is good for a second)."""
    deadline = time.monotonic() + 10
    while True:
        answer = httpx.get(f"{product.url}/api/v2.1/health/ready", timeout=5)
        if answer.json()["status"] == status or time.monotonic() > deadline:
            return answer
        time.sleep(0.05)


async def test_ten_seconds_without_redis_lose_nothing(tmp_path: Path) -> None:
    with (
        running_redis(tmp_path / "redis", binary=require_redis_server()) as redis,
        running_product(tmp_path / "product", LONG | {"ION_REDIS_URL": redis.url}) as product,
    ):
        async with Device(product.ws_url, product.anonymous()["access_token"]) as device:
            first = await device.send("hello", "c1")
            session_id = first["session_id"]
            view = device.views[session_id]
            await device.until(lambda: "w20 " in view.texts.get(first["turn_id"], ""))
            redis.kill()
            degraded = ready(product, "degraded")
            second = await device.send("and another thing", "c2", session_id)
            done = await device.answer(first["turn_id"], session_id)
            _stay_away(redis)
            answered = await device.answer(second["turn_id"], session_id, deadline_s=30)
            whole = ready(product, "ok")

    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert whole.json()["status"] == "ok"
    assert done["text"] == answered["text"] == "".join(f"w{i} " for i in range(400))
    assert len(view.messages) == 2


def _stay_away(redis: RedisServer) -> None:
    """Keep the store down for the rest of the outage: the answer took eight seconds of it."""
    time.sleep(OUTAGE_S - 8)
    redis.start()


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(tmp_path: Path) -> None:
    with running_product(tmp_path, SHORT) as product:
        async with Device(product.ws_url, product.anonymous()["access_token"]) as device:
            done = await device.ask("before", "c1")
            session_id = done["session_id"]
            _limit_files(product, 4096)
            frame = {"type": "send", "client_msg_id": "c2", "text": "while it is full"}
            await device.say(frame | {"session_id": session_id})
            await device.until(lambda: bool(device.errors))
            full = ready(product, "down")
            _limit_files(product, resource.RLIM_INFINITY)
            again = await device.ask("while it is full", "c2", session_id)

    assert device.errors[0] == device.errors[0] | {
        "code": "overloaded",
        "retryable": True,
        "ref": "c2",
    }
    assert (full.status_code, full.json()["status"]) == (503, "down")
    assert again["text"]
    texts = [each["text"] for each in device.views[session_id].messages.values()]
    assert texts == ["before", "while it is full"]


def _limit_files(product: ProductServer, size: int) -> None:
    """Let files of the product grow no further than `size` bytes, as a full disk would."""
    resource.prlimit(product.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def test_a_killed_embedded_store_comes_back_and_the_answer_is_whole(tmp_path: Path) -> None:
    with running_product(tmp_path, LONG) as product:
        async with Device(product.ws_url, product.anonymous()["access_token"]) as device:
            ack = await device.send("hello", "c1")
            session_id = ack["session_id"]
            view = device.views[session_id]
            await device.until(lambda: "w20 " in view.texts.get(ack["turn_id"], ""))
            _kill_valkey(tmp_path)
            done = await device.answer(ack["turn_id"], session_id)
            async with Device(product.ws_url, device.token) as other:
                fresh = await other.attach(session_id)

    assert done["text"] == "".join(f"w{i} " for i in range(400))
    assert [each["text"] for each in fresh.messages.values()] == ["hello", done["text"]]


def _kill_valkey(directory: Path) -> None:
    import os
    import signal

    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"valkey-server" in command and str(directory).encode() in command:
                os.kill(int(entry.name), signal.SIGKILL)
                return
    pytest.fail("the embedded store does not run")


async def test_no_words_and_no_tokens_stand_in_the_log(tmp_path: Path) -> None:
    with running_product(tmp_path, SHORT | {"ION_LOG_LEVEL": "debug"}) as product:
        tokens = product.anonymous()
        async with Device(product.ws_url, tokens["access_token"]) as device:
            await device.ask("my unmistakable secret", "c1")
            await device.ask("FAIL_AFTER_10 and another secret", "c2")
            await device.say({"type": "send", "client_msg_id": "c3", "text": "secret" * 2000})
            await device.until(lambda: bool(device.errors))
        output = product.output()

    assert "connection_closed" in output or "connection_opened" in output
    for word in ("secret", "w3 ", tokens["access_token"], tokens["refresh_token"]):
        assert word not in output
