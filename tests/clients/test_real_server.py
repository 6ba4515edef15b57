"""The client against the product as a process: talk, be cut off, crash, come back."""

import asyncio
import os
import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from ion_client import Delta, Done, EventStream, FileTokens, IonClient, Rated, Read, Restarted

from tests.clients.times import until
from tests.product import ProductServer, running_product
from tests.proxy import FaultProxy

E = TypeVar("E")


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
    messages = await archived(product, store, session_id)
    return [(each["role"], each["text"]) for each in messages]


async def kept_turns(
    product: ProductServer, store: FileTokens, session_id: str
) -> list[tuple[list[str], str]]:
    """Return what was asked and answered, turn by turn; fail when a turn is not one piece."""
    turns = []
    messages = await archived(product, store, session_id)
    for turn_id, group in groupby(messages, lambda each: each["turn_id"]):
        *asked, answer = group
        assert answer["role"] == "assistant"
        assert all(each["role"] == "user" for each in asked)
        turns.append((turn_id, ([each["text"] for each in asked], answer["text"])))
    assert len({turn_id for turn_id, _ in turns}) == len(turns)
    return [turn for _, turn in turns]


async def heard(events: EventStream, kind: type[E]) -> E:
    """Return the next event of a kind."""
    while not isinstance(event := await anext(events), kind):
        pass
    return event


async def archived(
    product: ProductServer, store: FileTokens, session_id: str
) -> list[dict[str, Any]]:
    """Return the messages as the server's archive has them."""
    tokens = store.load()
    assert tokens is not None
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.get(
            f"{product.url}/api/v2.1/sessions/{session_id}/messages",
            headers={"authorization": f"Bearer {tokens.access_token}"},
        )
    messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
    return messages


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
    ends = []
    async with IonClient(product.url, tokens=store, queue_path=queue) as ion, asyncio.timeout(60):
        assert ion.state == "waiting"
        later = (await ion.session(session.id)).send("fourth")
        product.start()
        ion.wake()
        for answer in (*ion.unsent, later):
            ends.append(await answer.whole())
        archive = await kept(product, store, session.id or "")
    said = [text for role, text in archive if role == "user"]
    assert said == ["first", "second", "third", "fourth"]
    # a burst shares an answer: each message is answered before anything later is said
    turns = await kept_turns(product, store, session.id or "")
    assert [text for asked, _ in turns for text in asked] == said
    assert all(answer for _, answer in turns)
    answers = [answer for role, answer in archive if role == "assistant"]
    assert answers == [answer for _, answer in turns]
    heard = [each.text for each in ends]
    assert heard == [answer for asked, answer in turns for _ in asked][1:]


async def test_an_answer_is_made_again_edited_rated_and_read_on_every_device(
    product: ProductServer, tmp_path: Path
) -> None:
    store = FileTokens(tmp_path / "tokens")
    async with (
        IonClient(product.url, tokens=store) as here,
        IonClient(product.url, tokens=store) as there,
        asyncio.timeout(60),
    ):
        session = await here.session()
        first = await session.send("first").whole()
        other = await there.session(session.id)
        assert other.unread == 1
        events = other.events()
        await session.rate(first.turn_id, 1)
        await session.mark_read()
        assert await heard(events, Rated) == Rated(turn_id=first.turn_id, rating=1)
        assert (await heard(events, Read)).unread == other.unread == 0
        await until(lambda: session.unread == 0)

        again = await session.regenerate().whole()
        assert again.turn_id != first.turn_id
        await session.ask("second")
        running = session.send("never mind")
        async for event in running:
            if isinstance(event, Delta):
                break
        edited = await session.edit(session.messages[0].id, "better").whole()
        assert (await running.whole()).finish_reason == "stopped"
        while (await heard(events, Done)).turn_id != edited.turn_id:
            pass
        for each in (session, other):
            archive = await kept(product, store, session.id or "")
            assert [(m.role, m.text) for m in each.messages] == archive
            assert [m.siblings for m in each.messages] == [
                (first.turn_id, again.turn_id, edited.turn_id)
            ] * 2
        (page,) = (await here.sync()).sessions
        assert page.session.id == session.id
        assert [(m.role, m.text) for m in page.messages] == archive
