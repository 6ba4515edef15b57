"""A house of one process: real documents in a file, a clock that stands still, and recall."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from msgspec import structs

from schemas.resources import Usage
from sessions.archive import (
    COLLECTIONS,
    SESSIONS,
    TURNS,
    AnswerDocument,
    SessionDocument,
    TurnDocument,
    UserMessage,
)
from sessions.embedding import Embedder, EncoderBusy, Vector
from sessions.memory.documents import FACTS, FactDocument
from sessions.memory.recall.recall import Recall
from sessions.memory.recall.recalled import Recalled
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock

__all__ = ["SECRET", "USER", "House", "Meanings", "house"]

USER = "u_1"
SECRET = "a secret of thirty-two characters"


class Meanings:
    """An embedder for which words mean themselves, except those that mean the same."""

    dimensions = 96
    alike = ({"physician", "doctor", "surgeon"}, {"automobile", "car", "hatchback"})

    def __init__(self, name: str = "meanings") -> None:
        self.id = name
        self.busy = False

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        """Return one unit vector for each text; raises EncoderBusy."""
        if self.busy:
            raise EncoderBusy
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        vector = np.full(self.dimensions, 0.01, np.float32)
        for word in text.lower().replace(".", " ").replace("?", " ").split():
            same = next((sorted(each)[0] for each in self.alike if word in each), word)
            vector[crc32(f"{self.id} {same}".encode()) % self.dimensions] += 1
        return vector / np.float32(np.linalg.norm(vector))


class House:
    """Documents, a clock, and recall on them."""

    def __init__(self, documents: Documents, embedder: Embedder | None) -> None:
        self.documents = documents
        self.clock = FakeClock()
        self.failed: list[BaseException] = []
        self.tasks = Tasks(lambda _name, error: self.failed.append(error))
        self.embedder = embedder
        self.recall = self.another()

    def another(self, *, secret: str = SECRET) -> Recall:
        """Return recall as another process would have it."""
        return Recall(
            documents=self.documents,
            clock=self.clock,
            tasks=self.tasks,
            secret=secret,
            embedder=self.embedder,
        )

    async def session(self, session_id: str, **fields: Any) -> None:
        """Make a session."""
        now = self.clock.now()
        kept: dict[str, Any] = {"user_id": USER, "title": "", "created_at": now, "updated_at": now}
        await self.documents.insert(SESSIONS, SessionDocument(id=session_id, **(kept | fields)))

    async def says(
        self,
        session_id: str,
        number: int,
        text: str,
        answer: str = "",
        *,
        at: datetime | None = None,
    ) -> TurnDocument:
        """Store a turn that has ended; nobody notes it."""
        now = at or self.clock.now()
        name = f"{session_id}_{number}"
        turn = TurnDocument(
            id=f"t_{name}",
            session_id=session_id,
            user_id=USER,
            number=number,
            messages=(UserMessage(id=f"m_{name}", client_msg_id=name, text=text, created_at=now),),
            client_msg_ids=(name,),
            created_at=now,
            updated_at=now,
            open=False,
            state="done",
            answer=AnswerDocument(
                message_id=f"a_{name}",
                text=answer,
                persona="lua",
                finish_reason="stop",
                usage=Usage(prompt_tokens=0, completion_tokens=0),
                model="offline",
                created_at=now,
            )
            if answer
            else None,
        )
        await self.documents.insert(TURNS, turn)
        return turn

    async def changed(self, turn: TurnDocument, **fields: Any) -> TurnDocument:
        """Store a turn with changes."""
        return await self.documents.replace(TURNS, structs.replace(turn, **fields))

    async def knows(self, fact_id: str, text: str, **fields: Any) -> FactDocument:
        """Store a fact; nobody notes it."""
        now = self.clock.now()
        fact = FactDocument(
            id=fact_id,
            user_id=USER,
            kind="person",
            text=text,
            language="en",
            sources=(),
            session_ids=(),
            turn_ids=(),
            confidence=0.9,
            valid_from=now,
            created_at=now,
            updated_at=now,
        )
        fact = structs.replace(fact, **fields)
        await self.documents.insert(FACTS, fact)
        return fact

    async def asks(self, query: str, **options: Any) -> Recalled:
        """Recall by words, with a vector when there is an embedder."""
        if self.embedder is not None:
            options["vector"] = (await self.embedder.embed([query]))[0]
        return await self.recall.recall(USER, query, now=self.clock.now(), **options)

    async def settled(self) -> None:
        """Wait until what goes on in the background has ended."""
        while len(self.tasks):
            await asyncio.sleep(0)


@asynccontextmanager
async def house(directory: Path, embedder: Embedder | None = None) -> AsyncIterator[House]:
    """Open a house; what failed in its background fails the test."""
    documents = SqliteDocuments(directory / "ion.db", COLLECTIONS)
    await documents.open()
    made = House(documents, embedder)
    yield made
    await made.tasks.cancel()
    await documents.aclose()
    assert made.failed == []
