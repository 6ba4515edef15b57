"""A shelf over real documents, what deletes from it, and an owner that only listens."""

import asyncio
from datetime import timedelta
from typing import Any

from sessions.archive import SESSIONS, TURNS, SessionDocument
from sessions.deletions import Deletions
from sessions.erasure.cascade import Cascade
from sessions.errors import StoreUnavailable
from sessions.profiles.documents import CHOICES, ChoiceDocument, Chosen
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.shelf import Shelf
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.personas import packaged
from tests.sessions.turns import AT, session, turn

__all__ = ["Room", "choice", "choices", "filled_room", "words"]

NAMES = Pseudonyms("a secret of the tests")


class Told:
    """Owners that only write down what they are told."""

    def __init__(self) -> None:
        self.draining = False
        self.kinds: list[str] = []
        self.leaves: list[int] = []

    def rebranched(self, session: SessionDocument) -> None:
        self.leaves.append(session.chosen)

    async def tell(self, _session_id: str, command: Any) -> None:
        self.kinds.append(command.kind)

    insist = tell


class Cut:
    """Documents of which some deletions fail: those for which `left` is used up."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self._documents = documents
        self.left = 10**9

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def delete(self, *args: Any) -> bool:
        if not self.left:
            raise StoreUnavailable("cut off")
        self.left -= 1
        return await self._documents.delete(*args)


class Room:
    """A shelf over real documents, and what is around it."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.clock, self.owners, self.cut = FakeClock(AT), Told(), Cut(documents)
        self.tasks = Tasks(lambda _, error: None)
        owners: Any = self.owners
        self.deletions = Deletions(
            documents=self.cut,
            owners=owners,
            cascade=Cascade(documents=self.cut, clock=self.clock, names=NAMES),
            clock=self.clock,
            tasks=self.tasks,
        )
        self.shelf = Shelf(
            documents=self.cut,
            owners=owners,
            catalogue=packaged(),
            deletions=self.deletions,
            clock=self.clock,
            tasks=self.tasks,
        )

    async def settled(self) -> None:
        """Wait for what runs in the background."""
        while len(self.tasks):
            await asyncio.sleep(0)


async def filled_room(documents: SqliteDocuments) -> Room:
    """Return a room with one session of five turns."""
    await documents.insert(SESSIONS, session())
    for number in range(1, 6):
        await documents.insert(TURNS, turn(number))
        await documents.insert(CHOICES, choice(f"t_{number}"))
    return Room(documents)


def choice(turn_id: str) -> ChoiceDocument:
    chosen = Chosen(
        persona="lua",
        intent="planning",
        mood="level",
        probabilities={"lua": 1.0},
        leaning={},
        pulls={},
        propensities={"lua": 1.0},
        policy="steady",
    )
    return ChoiceDocument(
        id=NAMES.turn(turn_id),
        user=NAMES.user("u1"),
        at=AT,
        expires_at=AT + timedelta(days=90),
        chosen=chosen,
        propensity=1.0,
        user_id="u1",
        turn_id=turn_id,
    )


async def words(documents: SqliteDocuments, session_id: str = "s_1") -> int:
    return len(await documents.find(TURNS, "by_session", {"session_id": session_id}))


async def choices(documents: SqliteDocuments) -> list[str]:
    return [row.turn_id for row in await documents.find(CHOICES, "by_time", {})]
