"""What a user keeps: sessions as a list, what was said in them, and changing them."""

import asyncio

from msgspec import UNSET, structs

from schemas.resources import (
    CreateSession,
    Device,
    MessagePage,
    Session,
    SessionPage,
    UpdateSession,
)
from sessions.archive import (
    SESSIONS,
    TOMBSTONES,
    TURNS,
    SessionDocument,
    TitledBy,
)
from sessions.archive import TurnDocument as Turn
from sessions.branches import followed, leaf_of, load_branch, load_forks, load_newest_leaf, siblings
from sessions.clock import Clock
from sessions.command import Command
from sessions.deletions import Deletions
from sessions.errors import BadRequest, Conflict, Duplicate, Gone, NotFound, TurnRunning
from sessions.ids import new_id
from sessions.life import Life
from sessions.owners import Owners
from sessions.personas.catalogue import Catalogue
from sessions.stores.cursors import Cursor
from sessions.stores.documents import Documents
from sessions.stores.paging import newest_page
from sessions.tally import load_uncounted, tallied
from sessions.tasks import Tasks
from sessions.views import message_views, session_view

__all__ = ["Shelf"]

_TOLD_S = 2


class Shelf:
    """Sessions as things. What belongs to somebody else does not exist: NotFound.

    Every method raises StoreUnavailable when the documents can't be reached.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        owners: Owners,
        catalogue: Catalogue,
        deletions: Deletions,
        clock: Clock,
        tasks: Tasks,
        life: Life = Life(),  # noqa: B008 - a frozen value
    ) -> None:
        self._documents = documents
        self._owners = owners
        self._catalogue = catalogue
        self._deletions = deletions
        self._clock = clock
        self._tasks = tasks
        self._life = life

    async def create(
        self, user_id: str, new: CreateSession, *, device: Device | None = None
    ) -> Session:
        """Make an empty session; raises BadRequest (no such persona)."""
        self._check_persona(new.persona)
        session_id = new_id("s", self._clock.now())
        return self._view(await self._create(user_id, session_id, new, device=device))

    async def page(self, user_id: str, *, before: Cursor | None, limit: int) -> SessionPage:
        """Return the user's sessions, the last used first, from before a cursor."""
        found, end = await newest_page(
            self._documents, SESSIONS, "by_user", {"user_id": user_id}, before=before, limit=limit
        )
        running = await self._documents.find(
            TURNS, "open_of_user", {"user_id": user_id, "open": True}
        )
        busy = {turn.session_id for turn in running}
        now = self._clock.now()
        kept = [each for each in found if not self._life.gone(each, now)]
        counted = await asyncio.gather(*map(self._counted, kept))
        return SessionPage(
            sessions=tuple(self._view(each, running=each.id in busy) for each in counted),
            next=end.text() if end else None,
        )

    async def get(self, user_id: str, session_id: str) -> Session:
        """Return one session; raises NotFound."""
        session = await self._counted(await self._session(user_id, session_id))
        return self._view(session, running=bool(await self._open_turns(session_id)))

    async def update(self, user_id: str, session_id: str, changes: UpdateSession) -> Session:
        """Change title, persona or the branch that is shown; close the session or open it again.

        A private one that is closed is deleted, and returned as it was last. Raises NotFound,
        BadRequest (no such persona), TurnRunning (another branch while one runs).
        """
        if changes.persona is not UNSET:
            self._check_persona(changes.persona)
        while True:
            session = await self._session(user_id, session_id)
            fields = await self._changed(session, changes)
            changed = structs.replace(session, **fields)
            if changed.private and changed.closed_at is not None:
                # not written first: what a cut leaves of a deletion is finished, of a closing not
                await self._deletions.erase(user_id, session_id)
                return self._view(changed)
            try:
                stored = await self._documents.replace(SESSIONS, changed)
            except Conflict:
                continue
            break
        if "chosen" in fields:
            self._owners.rebranched(stored)
            telling = self._tell(session_id, Command(kind="branched"))
            # no turn tells of it once more: it is answered for when its owner has heard of it
            await asyncio.wait([telling], timeout=_TOLD_S)
        else:
            self._tell(session_id, Command(kind="updated"))
        running = bool(await self._open_turns(session_id))
        return self._view(await self._counted(stored), running=running)

    async def messages(
        self, user_id: str, session_id: str, *, before: int | None, limit: int
    ) -> MessagePage:
        """Return messages of the branch that is shown, at most `limit` turns of it.

        `before` is the number of a turn; those before it are meant.
        """
        session = await self._session(user_id, session_id)
        leaf = before - 1 if before else leaf_of(session, await self._newest(session_id))
        turns = await load_branch(self._documents, session_id, leaf, limit=limit)
        turns.reverse()
        places = siblings(turns, await load_forks(self._documents, session, turns))
        earlier = followed(turns[0]) if turns else 0
        return MessagePage(
            messages=message_views(turns, siblings=places),
            before=str(earlier + 1) if earlier else None,
        )

    async def _changed(self, session: SessionDocument, changes: UpdateSession) -> dict[str, object]:
        fields: dict[str, object] = {"changed_at": self._clock.now()}
        if changes.title is not UNSET:
            fields |= {"title": changes.title, "titled_by": "user"}
        if changes.persona is not UNSET:
            fields["persona"] = changes.persona
        if changes.branch is not UNSET:
            fields |= await self._chosen(session, changes.branch)
        if changes.state == "closed":
            fields["closed_at"] = session.closed_at or self._clock.now()
        elif changes.state == "active":
            fields |= self._opened(session)
        return fields

    def _opened(self, session: SessionDocument) -> dict[str, object]:
        """Return what changes when somebody comes back to a session."""
        now = self._clock.now()
        state = self._life.state(session, now)
        # a private one must not go while its answer is on the way
        if state == "active" or (state == "idle" and not session.private):
            return {}
        return {"closed_at": None, "resumed_at": now, "changed_at": now}

    async def _wake(self, session: SessionDocument) -> None:
        """Open a closed session again, and tell its readers."""
        while fields := self._opened(session):
            try:
                session = await self._documents.replace(
                    SESSIONS, structs.replace(session, **fields)
                )
            except Conflict:
                session = await self._session(session.user_id, session.id)
                continue
            self._tell(session.id, Command(kind="updated"))

    async def _chosen(self, session: SessionDocument, turn_id: str) -> dict[str, object]:
        turn = await self._documents.get(TURNS, turn_id)
        if turn is None or turn.session_id != session.id:
            raise NotFound("there is no such turn")
        if await self._open_turns(session.id):
            raise TurnRunning("a turn is running")
        leaf, last = await load_newest_leaf(self._documents, turn)
        return {"chosen": leaf, "chosen_at": last, "branched_at": self._clock.now()}

    async def _counted(self, session: SessionDocument) -> SessionDocument:
        return tallied(session, await load_uncounted(self._documents, session))

    def _view(self, session: SessionDocument, *, running: bool = False) -> Session:
        return session_view(session, running=running, life=self._life, now=self._clock.now())

    async def _session(self, user_id: str, session_id: str) -> SessionDocument:
        session = await self._stored(user_id, session_id)
        if self._life.gone(session, self._clock.now()):
            raise NotFound("there is no such session")
        return session

    async def _stored(self, user_id: str, session_id: str) -> SessionDocument:
        session = await self._documents.get(SESSIONS, session_id)
        if session is None or session.user_id != user_id:
            raise NotFound("there is no such session")
        return session

    async def _newest(self, session_id: str) -> int:
        found = await self._documents.find(
            TURNS, "by_session", {"session_id": session_id}, descending=True, limit=1
        )
        return found[0].number if found else 0

    async def _open_turns(self, session_id: str) -> list[Turn]:
        return await self._documents.find(
            TURNS, "open_in_session", {"session_id": session_id, "open": True}
        )

    async def _create(
        self,
        user_id: str,
        session_id: str,
        new: CreateSession,
        *,
        device: Device | None,
        titled_by: TitledBy = "user",
    ) -> SessionDocument:
        """Make a session, or return the one there is; raises Gone when it was deleted."""
        now = self._clock.now()
        session = SessionDocument(
            id=session_id,
            user_id=user_id,
            title=new.title,
            persona=new.persona,
            created_at=now,
            updated_at=now,
            changed_at=now,
            locale=device.locale if device else "",
            timezone=device.timezone if device else "",
            private=new.private,
            titled_by=titled_by if new.title else "",
        )
        if await self._documents.get(TOMBSTONES, session_id) is not None:
            raise Gone("the session was deleted")
        try:
            await self._documents.insert(SESSIONS, session)
        except Duplicate:
            return await self._session(user_id, session_id)
        return session

    def _tell(self, session_id: str, command: Command) -> asyncio.Task[None]:
        """Tell the session's owner in the background."""
        telling = self._owners.insist(session_id, command)
        return self._tasks.start(telling, name=f"tell {command.kind}")

    def _check_persona(self, persona: str | None) -> None:
        if persona is not None and persona not in self._catalogue.ids:
            raise BadRequest(
                f"there is no such persona; known are {', '.join(self._catalogue.ids)}"
            )
