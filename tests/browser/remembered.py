"""Memories for the page's tests: put beside a running product, as another process would."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from app.stores import COLLECTIONS
from sessions.archive import SESSIONS
from sessions.conversation import Note, Summary
from sessions.memory.documents import FACTS, FactDocument, Source
from sessions.memory.sources import sourced
from sessions.stores.sqlite import SqliteDocuments
from tests.browser.cdp import Page
from tests.browser.test_page import api
from tests.product import ProductServer
from tests.sessions.memory.made import fact

__all__ = ["message_ids", "plant", "rest"]


def message_ids(page: Page) -> list[Source]:
    """Return the messages of the open session, as memories name them."""
    session_id = page.evaluate("location.hash.slice(1)")
    with api(page) as http:
        messages = http.get(f"/sessions/{session_id}/messages").raise_for_status().json()
    return [
        Source(session_id=session_id, turn_id=each["turn_id"], message_id=each["id"])
        for each in messages["messages"]
    ]


def plant(page: Page, product: ProductServer, fields: dict[str, Any], source: Source) -> None:
    """Have something remembered of the page's user that no rule would find."""
    user_id = page.evaluate("JSON.parse(localStorage['ion.tokens']).user_id")
    now = datetime.now(UTC)
    own: dict[str, Any] = {"user_id": user_id, "slot": "", "valid_from": now, "updated_at": now}
    asyncio.run(_insert(product, sourced(fact(user_id, **own, **fields), (source,))))


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


async def _insert(product: ProductServer, made: FactDocument) -> None:
    documents = await _opened(product)
    await documents.insert(FACTS, made)
    await documents.aclose()


async def _opened(product: ProductServer) -> SqliteDocuments:
    documents = SqliteDocuments(product.directory / "data" / "ion.sqlite", COLLECTIONS)
    await documents.open()
    return documents
