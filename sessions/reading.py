"""A reader of one session: a cursor that yields what it has not seen, or a snapshot."""

from schemas.frames import Attached, Snapshot
from sessions.archive import SESSIONS, SessionDocument, TurnDocument
from sessions.branches import (
    SNAPSHOT_TURNS,
    load_forks,
    load_shown,
    load_through,
    siblings,
)
from sessions.errors import Gone
from sessions.log import Logs
from sessions.stores.documents import Documents
from sessions.tail import Tail, Wake
from sessions.tally import load_uncounted, tallied
from sessions.views import ViewSession, message_views

__all__ = ["Reading"]

_PAGE = 500


class Reading:
    """One reader's place in one session; it buffers nothing and may be as slow as it likes.

    `after` None asks for a snapshot, then live frames. `view` returns a session as clients see it.
    """

    def __init__(
        self,
        tail: Tail,
        wake: Wake,
        *,
        logs: Logs,
        documents: Documents,
        view: ViewSession,
        epoch: str | None,
        after: int | None,
    ) -> None:
        self.session_id = tail.session_id
        self.epoch = epoch
        self.after = after
        self._tail = tail
        self._wake = wake
        self._logs = logs
        self._documents = documents
        self._view = view
        self._attached = False

    @property
    def ready(self) -> bool:
        """Tell whether `next` has something to give."""
        tail = self._tail
        return not self._attached or tail.epoch != self.epoch or tail.seq != self.after

    def at_hand(self) -> tuple[tuple[()], list[bytes]] | None:
        """Return what `next` would, when that waits for nothing; else None."""
        tail, after = self._tail, self.after
        if not self._attached or after is None or self.epoch != tail.epoch or after > tail.seq:
            return None
        frames = tail.after(after)
        if frames is not None:
            self._advance(frames)
            return (), frames
        return None

    async def next(self) -> tuple[tuple[Attached | Snapshot, ...], list[bytes]]:
        """Return connection frames, then encoded log frames, both maybe empty.

        Raises Gone when the session was deleted, LogUnavailable, StoreUnavailable.
        """
        frames = await self._following()
        if frames is None:
            return await self._snapshot(), []
        if self._attached:
            self._advance(frames)
            return (), frames
        self._attached = True
        attached = Attached(
            session_id=self.session_id, epoch=self.epoch or "", seq=self.after or 0, recovered=True
        )
        self._advance(frames)
        return (attached,), frames

    def close(self) -> None:
        """Stop reading."""
        self._logs.unwatch(self._tail, self._wake)

    def _advance(self, frames: list[bytes]) -> None:
        self.after = (self.after or 0) + len(frames)

    async def _following(self) -> list[bytes] | None:
        """Return the next frames, or None when only a snapshot can help."""
        tail, after = self._tail, self.after
        if after is None or self.epoch != tail.epoch or after > tail.seq:
            return None
        if after == tail.seq:
            return []
        here = tail.after(after)
        if here is not None:
            return here
        return await self._logs.read(self.session_id, epoch=tail.epoch, after=after, limit=_PAGE)

    async def _snapshot(self) -> tuple[Attached, Snapshot]:
        """Read log state, then documents, again while turns begin or end in between."""
        tail = self._tail
        snapshot = await self._read_documents()
        for _ in range(5):
            if snapshot[1] == (tail.epoch, tail.marks):
                break
            snapshot = await self._read_documents()
        frame = snapshot[0]
        self.epoch, self.after, self._attached = frame.epoch, frame.seq, True
        attached = Attached(
            session_id=self.session_id, epoch=frame.epoch, seq=frame.seq, recovered=False
        )
        return attached, frame

    async def _read_documents(self) -> tuple[Snapshot, tuple[str, int]]:
        tail = self._tail
        epoch, seq, running = tail.epoch, tail.seq, tail.running.view()
        mark = (epoch, tail.marks)
        session = await self._documents.get(SESSIONS, self.session_id)
        if session is None:
            raise Gone("the session was deleted")
        turns, forks = await self._in_view(session, running.turn_id if running else None)
        uncounted = await load_uncounted(self._documents, session)
        if running is not None:
            # its end may be stored already, and is still to be told and counted
            uncounted = [turn for turn in uncounted if turn.id != running.turn_id]
        snapshot = Snapshot(
            session=self._view(
                tallied(session, uncounted), running=any(turn.open for turn in turns)
            ),
            messages=message_views(
                turns,
                unanswered=running.turn_id if running else None,
                siblings=siblings(turns, forks),
            ),
            epoch=epoch,
            seq=seq,
            running_turn=running,
        )
        return snapshot, mark

    async def _in_view(
        self, session: SessionDocument, running: str | None
    ) -> tuple[list[TurnDocument], list[TurnDocument]]:
        """Return the turns of the branch that the log tells of, oldest first, and their forks.

        Of a fork that is stored already it tells when the running turn has been stopped.
        """
        turns = await load_shown(self._documents, session, limit=SNAPSHOT_TURNS)
        if running is None or any(turn.id == running for turn in turns):
            return turns, await load_forks(self._documents, session, turns)
        turns = await load_through(self._documents, session.id, running, limit=SNAPSHOT_TURNS)
        forks = await load_forks(self._documents, session, turns)
        return turns, [fork for fork in forks if fork.number <= turns[-1].number]
