"""Memories for the page's tests: put beside a running product, as another process would."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import structs

from sessions.archive import COLLECTIONS, SESSIONS, TURNS
from sessions.conversation import Note, Summary
from sessions.memory.documents import FACTS, FactDocument, Source
from sessions.memory.facts import sourced
from sessions.stores.sqlite import SqliteDocuments
from tests.browser.cdp import Page
from tests.browser.test_page import api
from tests.product import ProductServer
from tests.sessions.memory.made import fact

__all__ = ["message_ids", "plant", "rest", "use"]


def message_ids(page: Page) -> list[Source]:
    """Return the messages of the open session, as memories name them."""
    session_id = page.evaluate("location.hash.slice(1)")
    with api(page) as http:
        messages = http.get(f"/sessions/{session_id}/messages").raise_for_status().json()
    return [
        Source(session_id=session_id, turn_id=each["turn_id"], message_id=each["id"])
        for each in messages["messages"]
    ]


def plant(page: Page, product: ProductServer, *facts: tuple[dict[str, object], Source]) -> None:
    """Have the page's user remembered for these facts, each with the message it is from."""
    user_id = page.evaluate("JSON.parse(localStorage['ion.tokens']).user_id")
    now = datetime.now(UTC)
    made = [
        sourced(
            fact(
                f"{user_id}_{number}",
                **{
                    "user_id": user_id,
                    "slot": "",
                    "valid_from": now,
                    "updated_at": now,
                    **fields,
                },
            ),
            (source,),
        )
        for number, (fields, source) in enumerate(facts)
    ]
    asyncio.run(_insert(product, made))


def use(product: ProductServer, turn_id: str, fact_ids: Sequence[str]) -> None:
    """Have an answer say that it was given these memories."""
    asyncio.run(_use(product, turn_id, tuple(fact_ids)))


def rest(product: ProductServer, session_id: str, goal: str) -> None:
    """Have a session be one about a goal, in which nobody has spoken for three days."""
    asyncio.run(_rest(product, session_id, goal))


async def _rest(product: ProductServer, session_id: str, goal: str) -> None:
    documents = await _opened(product)
    stored = await documents.get(SESSIONS, session_id)
    assert stored is not None
    summary = Summary(notes=(Note(kind="goal", text=goal, turn_id="t_0"),))
    long_ago = datetime.now(UTC) - timedelta(days=3)
    await documents.replace(
        SESSIONS, structs.replace(stored, updated_at=long_ago, changed_at=long_ago, summary=summary)
    )
    await documents.aclose()


async def _insert(product: ProductServer, facts: Sequence[FactDocument]) -> None:
    documents = await _opened(product)
    for each in facts:
        await documents.insert(FACTS, each)
    await documents.aclose()


async def _use(product: ProductServer, turn_id: str, fact_ids: tuple[str, ...]) -> None:
    documents = await _opened(product)
    turn = await documents.get(TURNS, turn_id)
    assert turn is not None
    assert turn.answer is not None
    answer = structs.replace(turn.answer, memories_used=fact_ids)
    await documents.replace(TURNS, structs.replace(turn, answer=answer))
    await documents.aclose()


async def _opened(product: ProductServer) -> SqliteDocuments:
    documents = SqliteDocuments(product.directory / "data" / "ion.sqlite", COLLECTIONS)
    await documents.open()
    return documents
