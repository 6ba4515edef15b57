"""The client against the product as a process: talk, be cut off, crash, come back."""

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from ion_client import Delta, Done, FileTokens, IonClient, Restarted

from tests.product import ProductServer, running_product
from tests.proxy import FaultProxy


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    settings = {
        "ION_LLM": "scripted",
        "ION_SCRIPTED_TOKENS": "60",
        "ION_SCRIPTED_INTERVAL_MS": "10",
    }
    with running_product(tmp_path_factory.mktemp("product"), settings) as server:
        yield server


async def kept(product: ProductServer, store: FileTokens, session_id: str) -> list[tuple[str, str]]:
    """Return roles and texts as the server's archive has them."""
    tokens = store.load()
    assert tokens is not None
    async with httpx.AsyncClient() as http:
        answer = await http.get(
            f"{product.url}/api/v2.1/sessions/{session_id}/messages",
            headers={"authorization": f"Bearer {tokens.access_token}"},
        )
    return [(each["role"], each["text"]) for each in answer.raise_for_status().json()["messages"]]


@pytest.mark.parametrize("wire", ["json", "msgpack"])
async def test_a_conversation_is_the_same_here_and_in_the_archive(
    product: ProductServer, tmp_path: Path, wire: str
) -> None:
    store = FileTokens(tmp_path / "tokens")
    async with IonClient(product.url, tokens=store, wire=wire) as ion:  # type: ignore[arg-type]
        session = await ion.session()
        answers = [await session.ask(f"message {number}") for number in range(3)]
        here = [(each.role, each.text) for each in session.messages]
        assert len(await ion.personas()) == 4
        assert [each.id for each in (await ion.sessions()).sessions] == [session.id]
        assert here == await kept(product, store, session.id or "")
    assert all(answers)

    async with IonClient(product.url, tokens=store) as ion:
        again = await ion.session(session.id)
        assert [(each.role, each.text) for each in again.messages] == here


async def test_stop_leaves_what_was_written(product: ProductServer) -> None:
    async with IonClient(product.url) as ion:
        session = await ion.session()
        answer = session.send("hello")
        async for event in answer:
            if isinstance(event, Delta):
                await session.stop()
                break
        done = await answer.whole()
    assert done.finish_reason == "stopped"
    assert done.text


async def test_twenty_cuts_at_any_byte_lose_and_repeat_nothing(
    product: ProductServer, tmp_path: Path
) -> None:
    seed = int(os.environ.get("ION_TEST_SEED", "7"))
    print(f"seed {seed}")
    chance, turns, restarts = random.Random(seed), 0, 0
    store = FileTokens(tmp_path / "tokens")
    async with FaultProxy("127.0.0.1", product.port) as proxy:
        async with IonClient(proxy.url, tokens=store) as ion, asyncio.timeout(90):
            session = await ion.session()
            while proxy.cuts < 20:
                turns += 1
                shown = ""
                proxy.cut_after(chance.randrange(1, 4000))
                async for event in session.send(f"turn {turns}"):
                    match event:
                        case Delta():
                            shown += event.text
                            if chance.random() < 0.2:
                                proxy.cut_after(chance.randrange(1, 2000))
                        case Restarted():
                            restarts += 1
                            shown = ""
                        case Done():
                            assert shown == event.text
            here = [(each.role, each.text) for each in session.messages]
        archive = await kept(product, store, session.id or "")

    assert here == archive
    assert [text for role, text in archive if role == "user"] == [
        f"turn {number}" for number in range(1, turns + 1)
    ]
    assert restarts == 0


async def test_an_answer_survives_the_death_of_the_server(
    product: ProductServer, tmp_path: Path
) -> None:
    store = FileTokens(tmp_path / "tokens")
    async with IonClient(product.url, tokens=store) as ion, asyncio.timeout(60):
        session = await ion.session()
        await session.ask("before")
        shown, killed = "", False
        async for event in session.send("during"):
            if isinstance(event, Delta):
                shown += event.text
                if not killed and len(shown) > 20:
                    killed = True
                    product.kill()
                    product.start()
                    ion.wake()
            elif isinstance(event, Restarted):
                shown = ""
        assert killed
        here = [(each.role, each.text) for each in session.messages]
        assert here == await kept(product, store, session.id or "")
        assert here[-1] == ("assistant", shown)
        assert await session.ask("after")


async def test_what_is_said_while_the_server_is_down_is_answered_in_order(
    product: ProductServer, tmp_path: Path
) -> None:
    store, queue = FileTokens(tmp_path / "tokens"), tmp_path / "queue"
    async with IonClient(product.url, tokens=store, queue_path=queue) as ion:
        session = await ion.session()
        await session.ask("first")
        product.kill()
        session.send("second")
        session.send("third")
    async with IonClient(product.url, tokens=store, queue_path=queue) as ion, asyncio.timeout(60):
        assert ion.state == "waiting"
        later = (await ion.session(session.id)).send("fourth")
        product.start()
        ion.wake()
        for answer in (*ion.unsent, later):
            assert (await answer.whole()).text
        archive = await kept(product, store, session.id or "")
    said = [text for role, text in archive if role == "user"]
    assert said == ["first", "second", "third", "fourth"]
    assert len(archive) == 8
