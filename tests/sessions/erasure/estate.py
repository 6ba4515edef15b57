"""What users leave in the documents, and processes that erase it and may die at any write."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import structs

from sessions.archive import (
    ADVICE,
    BOOKMARKS,
    COLLECTIONS,
    REFRESH_TOKENS,
    SESSIONS,
    SPENDING,
    TURNS,
    USERS,
    AdviceDocument,
    BookmarkDocument,
    RefreshTokenDocument,
    SpendingDocument,
    UserDocument,
)
from sessions.deletions import Deletions
from sessions.erasure.cascade import Cascade
from sessions.erasure.documents import ERASURES
from sessions.erasure.emptying import Emptying
from sessions.erasure.ended import Ended
from sessions.erasure.eraser import Eraser
from sessions.erasure.erasures import Erasures
from sessions.erasure.ports import FileScrub, PushForgets
from sessions.erasure.scrubber import Scrubber
from sessions.errors import StoreUnavailable
from sessions.experiments.experiments import Experiments
from sessions.memory.backlog import Backlog
from sessions.memory.documents import MEMORY_SETTINGS, MemorySettings
from sessions.memory.facts import Facts
from sessions.memory.forgetting import Forgetting
from sessions.memory.moving import MemoryMoving
from sessions.memory.recall.recall import Recall
from sessions.memory.refusals import Refusals
from sessions.merging.merges import Merges
from sessions.merging.moving import Moving
from sessions.merging.ports import MergeNews
from sessions.profiles.documents import CHOICES, PROFILES, ChoiceDocument, Chosen
from sessions.profiles.learner import new_profile
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.log import Head, Slice
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.sessions.memory.made import fact
from tests.sessions.turns import AT, session, turn

__all__ = ["NAMES", "Estate", "Process", "left_of"]

SECRET = "a secret of thirty-two characters"
NAMES = Pseudonyms(SECRET)


class Mortal:
    """Documents of a process that dies at its write number `lives`: no more is done after it."""

    def __init__(self, documents: SqliteDocuments, lives: int) -> None:
        self._documents = documents
        self.lives = lives

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._documents, name)
        if name not in ("insert", "replace", "delete", "claim"):
            return found

        async def write(*args: Any, **named: Any) -> Any:
            if self.lives <= 0:
                raise StoreUnavailable("dead")
            self.lives -= 1
            return await found(*args, **named)

        return write


class Quiet:
    """Owners, live log, cache and files of a house in which nobody talks."""

    draining = False

    def __init__(self) -> None:
        self.forgotten: set[str] = set()
        self.owners_forgotten: list[str] = []
        self.epoch = 0
        self.scrubs = 0

    async def tell(self, session_id: str, command: Any, turn: Any = None) -> None:
        self.epoch += command.kind == "branched"

    insist = tell

    async def orphans(self, session_ids: Sequence[str]) -> list[str]:
        return list(session_ids)

    async def heads(self, session_ids: Sequence[str]) -> Mapping[str, Head]:
        head = Head(epoch=str(self.epoch), seq=0, turn_seq=0)
        return dict.fromkeys(session_ids, head)

    async def read(self, session_id: str, *, after: int | None, limit: int = 1000) -> Slice:
        return Slice(head=Head(epoch=str(self.epoch), seq=0, turn_seq=0), frames=())

    async def forget(self, name: str) -> int:
        self.forgotten.add(name)
        return 0

    async def scrub(self) -> str:
        self.scrubs += 1
        return "rewritten"


class Process:
    """One process with all parts of an erasure; it dies at its write number `lives`."""

    def __init__(
        self,
        documents: SqliteDocuments,
        clock: FakeClock,
        *,
        lives: int = 10**9,
        files: FileScrub | None = None,
        push: PushForgets | None = None,
        news: MergeNews | None = None,
    ) -> None:
        mortal: Any = Mortal(documents, lives)
        self.mortal, self.quiet = mortal, Quiet()
        quiet: Any = self.quiet
        self.errors: list[BaseException] = []
        self.tasks = Tasks(lambda _, error: self.errors.append(error))
        recall = Recall(documents=mortal, clock=clock, tasks=self.tasks, secret=SECRET)
        refusals = Refusals(documents=mortal, clock=clock, secret=SECRET)
        self.facts = Facts(documents=mortal, clock=clock, refusals=refusals, watcher=recall)
        self.recall = recall
        memory = Forgetting(self.facts, recall, Backlog(recall, clock))
        cascade = Cascade(documents=mortal, clock=clock, names=NAMES, memory=memory, push=push)
        emptying = Emptying(
            documents=mortal, store=quiet, owners=quiet, cascade=cascade, clock=clock
        )
        deletions = Deletions(
            documents=mortal, owners=quiet, cascade=cascade, clock=clock, tasks=self.tasks
        )
        self.ended = Ended(documents=mortal, names=NAMES, clock=clock)
        self.erasures = Erasures(
            documents=mortal,
            eraser=Eraser(
                documents=mortal,
                store=quiet,
                deletions=deletions,
                cascade=cascade,
                emptying=emptying,
                experiments=Experiments(documents=mortal, clock=clock, names=NAMES),
                cache=quiet,
                memory=memory,
            ),
            emptying=emptying,
            scrubber=Scrubber({"documents": files or quiet}, clock=clock, pause_s=0, rests=0),
            ended=self.ended,
            names=NAMES,
            clock=clock,
            tasks=self.tasks,
        )
        self.merges = Merges(
            documents=mortal,
            moving=Moving(
                documents=mortal,
                clock=clock,
                names=NAMES,
                remembered=MemoryMoving(
                    documents=mortal,
                    clock=clock,
                    facts=self.facts,
                    refusals=refusals,
                    recall=recall,
                ),
            ),
            cascade=cascade,
            experiments=Experiments(documents=mortal, clock=clock, names=NAMES),
            cache=quiet,
            erasures=self.erasures,
            ended=self.ended,
            names=NAMES,
            clock=clock,
            tasks=self.tasks,
            news=news,
        )
        self.refusals = refusals


class Estate:
    """Everything that can be kept of a user, of which sessions there are some."""

    def __init__(self, documents: SqliteDocuments, process: Process) -> None:
        self._documents = documents
        self._process = process

    async def leave(self, user_id: str, *, sessions: int = 2, turns: int = 3) -> None:
        """Fill all collections that hold something of users."""
        put, name = self._documents.insert, NAMES.user(user_id)
        later = AT + timedelta(days=90)
        await put(USERS, UserDocument(id=user_id, created_at=AT))
        await put(PROFILES, new_profile(name, user_id, AT))
        await put(MEMORY_SETTINGS, MemorySettings(id=user_id))
        spent = f"{user_id}:{AT.date().isoformat()}"
        await put(SPENDING, SpendingDocument(id=spent, tokens=1, turns=(), expires_at=later))
        token: Any = {"user_id": user_id, "family": "f", "created_at": AT, "expires_at": later}
        await put(REFRESH_TOKENS, RefreshTokenDocument(id=f"token of {user_id}", **token))
        await put(
            ADVICE,
            AdviceDocument(
                id=f"r_{user_id}",
                user=name,
                at=AT,
                persona="lua",
                confidence=1.0,
                scores={},
                resonance_key="",
                expires_at=later,
            ),
        )
        for number in range(sessions):
            await self._session(user_id, f"s_{user_id}_{number}", turns)
        refused = fact(f"no{user_id}", user_id=user_id, slot="", text="I hate mornings")
        await self._process.facts.add(refused)
        await self._process.facts.refuse(user_id, refused.id)

    async def _session(self, user_id: str, session_id: str, turns: int) -> None:
        put, later = self._documents.insert, AT + timedelta(days=90)
        await put(SESSIONS, session(id=session_id, user_id=user_id, title=user_id))
        mark: Any = {"session_id": session_id, "client_msg_id": "", "expires_at": later}
        await put(BOOKMARKS, BookmarkDocument(id=f"mark of {session_id}", **mark))
        for number in range(1, turns + 1):
            name = f"t_{session_id}_{number}"
            said = structs.replace(turn(number), id=name, session_id=session_id, user_id=user_id)
            await put(TURNS, said)
            await self._process.recall.note_turn(said)
            await put(CHOICES, choice(user_id, name))
            told = fact(name, user_id=user_id, turn=name, session=session_id, slot="")
            await self._process.facts.add(told)


def choice(user_id: str, turn_id: str) -> ChoiceDocument:
    """Return a turn's row in the log of choices."""
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
        user=NAMES.user(user_id),
        at=AT,
        expires_at=AT + timedelta(days=90),
        chosen=chosen,
        propensity=1.0,
        user_id=user_id,
        turn_id=turn_id,
    )


def left_of(path: Any, user_id: str, *, but: Sequence[str] = ()) -> dict[str, str]:
    """Return all rows of the file that name a user or come from them, whatever the table."""
    import sqlite3

    names = (user_id, NAMES.user(user_id))
    skipped = {ERASURES.name, *but}
    rows: dict[str, str] = {}
    file = sqlite3.connect(path)
    for collection in COLLECTIONS:
        if collection.name in skipped:
            continue
        table = f'SELECT id, document FROM "{collection.name}"'  # noqa: S608 - our own names
        for document_id, document in file.execute(table):
            if any(each in document_id or each in document for each in names):
                rows[f"{collection.name} {document_id}"] = document
    file.close()
    return rows
