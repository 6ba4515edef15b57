"""The port to the live log: frames, leases and inboxes of sessions; it holds no truth."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["Batch", "Flushed", "Head", "Held", "Lease", "LogStore", "Renewals", "Slice", "Taken"]

Flushed = Literal["ok", "rung", "fenced", "gap"]


class Head(Struct, frozen=True, kw_only=True):
    """Where a log stands: its last `seq`, and the seq at which its newest turn began (0: none)."""

    epoch: str
    seq: int
    turn_seq: int


class Slice(Struct, frozen=True, kw_only=True):
    """Frames after a cursor, as (seq, JSON), without holes.

    `written` says that an owner has not given the log back: it writes, or it died.
    """

    head: Head
    frames: tuple[tuple[int, bytes], ...]
    written: bool = False


class Lease(Struct, frozen=True, kw_only=True):
    """The right to write a session's log; `fresh` says that its epoch began with this lease."""

    session_id: str
    owner: str
    fence: int
    head: Head
    fresh: bool


class Held(Struct, frozen=True, kw_only=True):
    """The session has an owner already; a command given along is in its inbox."""

    owner: str


class Renewals(Struct, frozen=True, kw_only=True):
    """Sessions with commands in their inbox, and those that another process owns by now."""

    waiting: tuple[str, ...]
    lost: tuple[str, ...]


class Taken(Struct, frozen=True, kw_only=True):
    """Commands out of an inbox, in order; `call` names the call that took them."""

    call: str
    commands: tuple[bytes, ...]


class Batch(Struct, frozen=True, kw_only=True):
    """Consecutive frames of one session, `first` being the seq of the first."""

    lease: Lease
    epoch: str
    first: int
    turn_seq: int
    frames: Sequence[bytes]


class LogStore(Protocol):
    """Logs, leases and inboxes of all sessions; every method raises LogUnavailable."""

    async def read(self, session_id: str, *, after: int | None, limit: int = 1000) -> Slice:
        """Return the head and the frames after `after` (None: from the newest turn's start on).

        A session without a log gets a new epoch. Fewer frames than the head promises are given
        when the rest is gone.
        """
        ...

    async def heads(self, session_ids: Sequence[str]) -> Mapping[str, Head]:
        """Return the heads of logs this process reads, and stay registered for their bells."""
        ...

    async def append(self, batches: Sequence[Batch]) -> list[Flushed]:
        """Append each batch if its lease holds and its first seq follows the last one.

        Frames that are there already are passed over, so a repeated call is safe. `rung` is `ok`
        where other processes read along. `fenced` means that another owner writes now, `gap` that
        the log lost frames: a new epoch is needed.
        """
        ...

    async def acquire(self, session_id: str, command: bytes = b"") -> Lease | Held:
        """Become the session's owner, or leave `command` in the inbox of the one there is.

        The lease comes with a new epoch when the last owner did not release, or the store may
        have lost frames since; that rings in the processes that read. What this process owned and
        could not release is taken again.
        """
        ...

    async def leave(self, session_id: str, command: bytes) -> bool:
        """Leave `command` in the inbox of the session's owner; False when it has none."""
        ...

    async def renew(self, leases: Sequence[Lease]) -> Renewals:
        """Put off the end of leases that are still held."""
        ...

    async def begin_epoch(self, lease: Lease, epoch: str) -> bool:
        """Empty the log, begin `epoch` and ring for it; False when another owner writes now."""
        ...

    async def take(self, lease: Lease, *, received: str = "") -> Taken:
        """Empty the inbox; a lease that ended is taken back.

        `received` names the last call whose commands were obeyed; those of a later one, or of an
        owner before, come again, so calls for one lease must not overlap.
        """
        ...

    async def release(self, lease: Lease, *, received: str = "") -> bool:
        """Give the lease back unless commands wait; True when it is no longer ours.

        Those wait that are in the inbox, and those that a call after `received` took.
        """
        ...

    async def orphans(self, session_ids: Sequence[str]) -> list[str]:
        """Return those sessions that no process owns."""
        ...

    async def forget(self, session_id: str) -> None:
        """Remove all that is kept of a session."""
        ...

    async def probe(self) -> None:
        """Write what nobody reads, to see whether it can be; raises LogUnavailable."""
        ...

    def bells(self) -> AsyncIterator[str]:
        """Yield ids of sessions with news; an empty id: news may have been missed."""
        ...
