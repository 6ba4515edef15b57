"""One user's talk with the product on the offline engine, in the test's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.demo import USER, answer_of
from app.product import Product
from app.settings import Settings
from app.wiring import running
from schemas.frames import Send
from schemas.memory import UpdateMemory
from schemas.resources import Session
from sessions.archive import SESSIONS, SessionDocument
from sessions.branches import load_shown
from sessions.memory.documents import FactDocument
from sessions.stores.documents import Documents

__all__ = ["Mentor", "mentor"]


class Mentor:
    """A session that goes on with every `say`, each remembered before the next."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.session_id: str | None = None
        self._said = 0

    async def say(self, *texts: str) -> str:
        """Send messages one after the other, and return the last answer."""
        answer = ""
        for text in texts:
            self._said += 1
            frame = Send(client_msg_id=f"m{self._said}", text=text, session_id=self.session_id)
            accepted = await self.product.sessions.send(USER, frame)
            self.session_id = accepted.ack.session_id
            self.product.sessions.begin(accepted)
            done = await answer_of(self.product, self.session_id, accepted.ack.turn_id)
            await self.product.owners.remembered()
            answer = done.text
        return answer

    async def fact(self, kind: str) -> FactDocument:
        """Return the fact of a kind that was told last."""
        facts = await self.product.facts.of_user(USER)
        return next(each for each in facts if each.kind == kind)

    async def held(self, kind: str = "") -> list[str]:
        """Return the texts of the facts that hold, in order."""
        facts = await self.product.facts.of_user(USER)
        return sorted(each.text for each in facts if kind in ("", each.kind))

    async def session(self) -> Session:
        """Return the session as clients see it."""
        assert self.session_id is not None
        return await self.product.sessions.get(USER, self.session_id)

    async def correct(self, kind: str, text: str) -> None:
        """Put a fact in other words, as PATCH /memory/{id} does."""
        fact = await self.fact(kind)
        fact = await self.product.facts.update(USER, fact.id, UpdateMemory(text=text))
        await self.product.retelling.corrected(fact)

    @property
    def _documents(self) -> Documents:
        return self.product.shown_memory._documents

    async def document(self) -> SessionDocument:
        """Return the session as it is stored."""
        stored = await self._documents.get(SESSIONS, self.session_id or "")
        assert stored is not None
        return stored

    async def delete(self, words: str) -> None:
        """Delete the message that has these words, as DELETE does."""
        session_id = self.session_id or ""
        turns = await load_shown(self._documents, await self.document(), limit=50)
        message = next(m for turn in turns for m in turn.messages if words in m.text)
        await self.product.erasures.message(USER, session_id, message.id, wait_s=5)

    async def forget(self, kind: str) -> None:
        """Delete a fact, as DELETE /memory/{id} does."""
        fact = await self.fact(kind)
        await self.product.erasures.fact(USER, fact.id, refuse=False, wait_s=5)


@asynccontextmanager
async def mentor(folder: Path) -> AsyncIterator[Mentor]:
    """Run the product as `make demo` does, for one user."""
    async with running(Settings(data_dir=folder, llm="offline", encoder="off")) as product:
        yield Mentor(product)
