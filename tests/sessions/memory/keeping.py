"""Turns and keepers for tests of what is remembered."""

from datetime import datetime, timedelta
from typing import Any

from schemas.resources import Usage
from sessions.archive import (
    SESSIONS,
    TURNS,
    AnswerDocument,
    SessionDocument,
    TurnDocument,
    UserMessage,
)
from sessions.ids import answer_id
from sessions.memory.extract.provider import Extractor
from sessions.memory.facts import Facts, FactWatcher
from sessions.memory.gate import Gate
from sessions.memory.keeping import MemoryKeeper
from sessions.memory.refusals import Refusals
from sessions.stores.documents import Documents
from tests.clocks import FakeClock
from tests.sessions.memory.made import NOW

__all__ = ["Home"]


class Home:
    """A user's session with its facts, over real documents."""

    def __init__(
        self,
        documents: Documents,
        *,
        extractor: Extractor | None = None,
        watcher: FactWatcher | None = None,
    ) -> None:
        self.documents = documents
        self.clock = FakeClock()
        refusals = Refusals(documents=documents, clock=self.clock, secret="s")
        self.facts = Facts(
            documents=documents, clock=self.clock, refusals=refusals, watcher=watcher
        )
        self.keeper = MemoryKeeper(
            documents=documents,
            facts=self.facts,
            refusals=refusals,
            clock=self.clock,
            gate=Gate(),
            extractor=extractor,
        )

    async def open(self, session_id: str = "s_1", **fields: Any) -> SessionDocument:
        """Make a session."""
        session = SessionDocument(
            id=session_id, user_id="u_1", title="", created_at=NOW, updated_at=NOW, **fields
        )
        await self.documents.insert(SESSIONS, session)
        return session

    async def say(
        self, session: SessionDocument, text: str, answer: str = "I see.", **fields: Any
    ) -> TurnDocument:
        """Store a turn that has ended, without having it remembered."""
        newest = await self.documents.find(
            TURNS, "by_session", {"session_id": session.id}, descending=True, limit=1
        )
        number = newest[0].number + 1 if newest else 1
        turn_id = f"t_{session.id}-{number}"
        at = NOW + timedelta(minutes=number)
        turn = TurnDocument(
            id=turn_id,
            session_id=session.id,
            user_id="u_1",
            number=number,
            messages=(
                UserMessage(id=f"m_{number}", client_msg_id=turn_id, text=text, created_at=at),
            ),
            client_msg_ids=(turn_id,),
            created_at=at,
            updated_at=at,
            open=False,
            state="done",
            answer=_answer(turn_id, answer, at),
            **fields,
        )
        await self.documents.insert(TURNS, turn)
        return turn

    async def tell(self, session: SessionDocument, text: str, answer: str = "I see.") -> list[str]:
        """Have a turn remembered, and return what holds now."""
        await self.keeper.ended(await self.say(session, text, answer), session)
        return await self.held()

    async def held(self) -> list[str]:
        """Return the texts of the facts that hold, in order."""
        return sorted(each.text for each in await self.facts.of_user("u_1"))


def _answer(turn_id: str, text: str, at: datetime) -> AnswerDocument:
    return AnswerDocument(
        message_id=answer_id(turn_id),
        text=text,
        persona="lua",
        finish_reason="stop",
        usage=Usage(prompt_tokens=0, completion_tokens=0),
        model="test",
        created_at=at,
    )
