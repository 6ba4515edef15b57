"""All that is known of a user, as it is stored, piece by piece."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import msgspec

from sessions.archive import ADVICE, SESSIONS, TOMBSTONES, TURNS, USERS
from sessions.clock import Clock
from sessions.memory.documents import FACTS, MEMORY_SETTINGS, REFUSALS
from sessions.merging.documents import IDENTITIES, MERGES
from sessions.profiles.documents import CHOICES, PROFILES
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Collection, Document, Documents
from sessions.stores.paging import everything

from .ports import PushForgets

__all__ = ["Export"]

T = TypeVar("T", bound=Document)
_encode = msgspec.json.Encoder().encode


class Export:
    """Writes one JSON object of lists of documents; raises StoreUnavailable."""

    def __init__(
        self,
        *,
        documents: Documents,
        names: Pseudonyms,
        clock: Clock,
        push: PushForgets | None = None,
    ) -> None:
        self._documents = documents
        self._push = push
        self._names = names
        self._clock = clock

    async def of(self, user_id: str) -> AsyncIterator[bytes]:
        """Yield the object's bytes: what was said by sessions, and all that came of it."""
        name = self._names.user(user_id)
        yield b'{"user_id":' + _encode(user_id) + b',"at":' + _encode(self._clock.now())
        lists = {
            "users": self._one(USERS, user_id),
            "identities": self._all(IDENTITIES, "by_user", {"user_id": user_id}),
            "merges": self._all(MERGES, "by_user", {"user_id": user_id}),
            "sessions": self._all(SESSIONS, "by_user", {"user_id": user_id}),
            "turns": self._turns(user_id),
            "deleted": self._all(TOMBSTONES, "by_user", {"user_id": user_id}),
            "memories": self._all(FACTS, "by_user", {"user_id": user_id}),
            "refusals": self._all(REFUSALS, "by_user", {"user_id": user_id}),
            "memory_settings": self._one(MEMORY_SETTINGS, user_id),
            "profiles": self._one(PROFILES, name),
            "choices": self._all(CHOICES, "by_user", {"user": name}),
            "recommendations": self._all(ADVICE, "by_user", {"user": name}),
        }
        if self._push is not None:
            lists |= self._push.known(user_id)
        for key, found in lists.items():
            yield b"," + _encode(key) + b":["
            first = True
            async for document in found:
                yield (b"" if first else b",") + _encode(document)
                first = False
            yield b"]"
        yield b"}"

    async def _turns(self, user_id: str) -> AsyncIterator[Document]:
        by_user = {"user_id": user_id}
        async for session in everything(self._documents, SESSIONS, "by_user", by_user):
            of_session = {"session_id": session.id}
            async for turn in everything(self._documents, TURNS, "by_session", of_session):
                yield turn

    async def _all(
        self, collection: Collection[T], index: str, equals: Mapping[str, Any]
    ) -> AsyncIterator[Document]:
        async for each in everything(self._documents, collection, index, equals):
            yield each

    async def _one(self, collection: Collection[T], document_id: str) -> AsyncIterator[Document]:
        if (found := await self._documents.get(collection, document_id)) is not None:
            yield found
