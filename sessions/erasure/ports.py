"""What an erasure asks of others: memory, live logs, caches and files."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence, Set
from typing import Literal, Protocol

from sessions.archive import TurnDocument
from sessions.stores.documents import Document

__all__ = ["CacheForgets", "FileScrub", "MemoryForgets", "PushForgets", "Scrubbed"]

Scrubbed = Literal["rewritten", "left"]


class MemoryForgets(Protocol):
    """What is remembered of users, and how it is found; counts are by collection."""

    async def forget_turns(
        self, user_id: str, turn_ids: Sequence[str], *, staying: Collection[str] = ()
    ) -> Mapping[str, int]:
        """Forget these turns and what comes from them, but not from messages `staying`."""
        ...

    async def read_again(self, turns: Sequence[TurnDocument]) -> None:
        """Index turns anew that were read together with what is gone."""
        ...

    async def forget_session(self, user_id: str, session_id: str) -> Mapping[str, int]:
        """Forget what comes from a session alone."""
        ...

    async def told_in(self, user_id: str, fact_id: str) -> Mapping[str, Collection[str]]:
        """Return the sessions that told a fact or what it superseded, each with the corrected."""
        ...

    async def forget_fact(self, user_id: str, fact_id: str, *, refuse: bool) -> Mapping[str, int]:
        """Forget a fact and what it superseded; raises NotFound."""
        ...

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        """Forget all of a user."""
        ...


class PushForgets(Protocol):
    """What devices were told of somebody, and their addresses; counts are by collection."""

    async def take_back(self, user_id: str, session_id: str, numbers: Set[int]) -> None:
        """Have nobody told, and no device show, what these turns of a session said."""
        ...

    async def forget_session(self, user_id: str, session_id: str) -> Mapping[str, int]:
        """Forget what was or is to be told of a user's session."""
        ...

    async def forget_user(self, user_id: str) -> Mapping[str, int]:
        """Forget all of a user."""
        ...

    def known(self, user_id: str) -> Mapping[str, AsyncIterator[Document]]:
        """Return all that is kept of a user, by name."""
        ...


class CacheForgets(Protocol):
    """Values that were made from somebody's words."""

    async def forget(self, owner: str) -> int:
        """Drop an owner's values here and in the shared tier; raises CacheUnavailable."""
        ...


class FileScrub(Protocol):
    """The files of a store, in which deleted values stay until they are written anew."""

    async def scrub(self) -> Scrubbed | None:
        """Write them anew; None: try again later; `left`: that is its server's own business.

        Raises StoreError.
        """
        ...
