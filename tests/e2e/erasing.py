"""A person who tells a product much, in all the ways there are; and all that it knows of them."""

import asyncio
import sqlite3
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from msgspec import structs

from sessions.command import Command
from sessions.memory.documents import FactDocument
from sessions.profiles.pseudonyms import Pseudonyms
from tests.house import House
from tests.sessions.memory.made import fact

__all__ = ["Person", "dump"]


class Person:
    """An anonymous user with an HTTP client."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.token = self.user_id = self.session_id = ""
        self.client: httpx.AsyncClient

    async def __aenter__(self) -> Self:
        pair = await self._house.product.accounts.anonymous()
        self.token, self.user_id = pair.access_token, pair.user_id
        self.client = self._house.client(self.token)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    async def live(self, *words: str) -> None:
        """Leave words in messages, edits, second answers, titles, ratings, memories, one-shots."""
        one, two = words[0], words[-1]
        self.session_id = await self.new_session(title=f"About {one}")
        first = await self.say(f"My name is {one} and I have to finish {two} by Friday")
        await self.say(f"I'm stuck with {one}, what should I do first?")
        await self.regenerate(first["turn_id"])
        await self.edit(first["message_id"], f"I am {two}!")
        await self.rate(first["turn_id"], f"{one} liked it")
        await self.new_session(title=two)
        await self.remember(
            fact("old", text=f"My name is {one}", slot=f"name:{one.lower()}"),
            fact("new", day=1, text=f"My name is {two}", slot=f"name:{one.lower()}"),
        )
        await self.client.patch("/profile", json={"persona": "lua", "zone": "Asia/Seoul"})
        text = f"How do I explain {one} to {two}?"
        asked: dict[str, dict[str, str]] = {
            "/api/v2/process": {"user_input": text},
            "/api/v2/recommend": {"scenario": text},
            "/api/v2/recommend/personalized": {"user_id": self.user_id, "query": text},
        }
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self._house.url, headers=headers, timeout=30) as v2:
            for path, body in asked.items():
                (await v2.post(path, json=body)).raise_for_status()

    async def new_session(self, **fields: Any) -> str:
        made = await self._post("/sessions", fields)
        return str(made["id"])

    async def remember(self, *facts: FactDocument) -> None:
        for each in facts:
            mine = structs.replace(each, id=f"{each.id}{self.user_id}", user_id=self.user_id)
            await self._house.product.facts.add(mine)

    async def tell_remembered(self, each: FactDocument) -> None:
        """Have the log of its session say that a fact is remembered."""
        told = Command(kind="remembered", memory_id=f"{each.id}{self.user_id}")
        await self._house.product.owners.tell(self.session_id, told)
        await self.settled()

    async def say(self, text: str, session_id: str = "") -> dict[str, Any]:
        """Say something and wait until it is answered; return its ack."""
        session_id = session_id or self.session_id
        said = {"text": text, "client_msg_id": uuid4().hex}
        ack = await self._post(f"/sessions/{session_id}/messages", said)
        await self.settled(session_id)
        return ack

    async def regenerate(self, turn_id: str) -> None:
        """Have a turn answered again."""
        again = {"turn_id": turn_id, "client_msg_id": uuid4().hex}
        await self._post(f"/sessions/{self.session_id}/regenerate", again)
        await self.settled()

    async def edit(self, message_id: str, text: str) -> None:
        """Put another text in a message's place."""
        edit = {"message_id": message_id, "client_msg_id": uuid4().hex, "text": text}
        await self._post(f"/sessions/{self.session_id}/edit", edit)
        await self.settled()

    async def rate(self, turn_id: str, reason: str) -> None:
        """Rate an answer."""
        rating = {"turn_id": turn_id, "rating": 1, "reason": reason}
        await self._post(f"/sessions/{self.session_id}/feedback", rating)

    async def settled(self, session_id: str = "") -> None:
        """Wait until nothing is being answered."""
        session_id = session_id or self.session_id
        product = self._house.product
        async with asyncio.timeout(20):
            while (await product.sessions.get(self.user_id, session_id)).running:
                await asyncio.sleep(0.02)
            while len(product.owners):
                await asyncio.sleep(0.02)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = (await self.client.post(path, json=body)).raise_for_status()
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


def dump(house: House, user_id: str) -> dict[str, str]:
    """Return all documents that name a user, but for erasures and tombstones, by their ids."""
    settings = house.product.settings
    names = (user_id, Pseudonyms(settings.secret_key).user(user_id))
    with sqlite3.connect(settings.data_dir / "ion.sqlite") as file:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%/%'"
        found = {
            f"{table} {row[0]}": row[1]
            for (table,) in file.execute(tables).fetchall()
            if table not in ("erasures", "tombstones", "probes")
            for row in file.execute(f'SELECT id, document FROM "{table}"')  # noqa: S608 - ours
        }
    file.close()
    return {
        name: document
        for name, document in found.items()
        if any(each in name or each in document for each in names)
    }
