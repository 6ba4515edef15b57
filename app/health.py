"""Whether the process can do its work: what it depends on, asked now."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from schemas.resources import Health
from sessions.archive import USERS
from sessions.errors import StoreError
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore

__all__ = ["HealthCheck"]


class HealthCheck:
    """Asks both stores; the documents are needed for everything, the log for live answers."""

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        llm: str,
        version: str,
        deadline_s: float = 2.0,
    ) -> None:
        self._documents = documents
        self._store = store
        self._llm = llm
        self._version = version
        self._deadline_s = deadline_s

    def alive(self) -> Health:
        """Return that the process lives."""
        return Health(status="ok", version=self._version, llm=self._llm, stores={})

    async def report(self) -> Health:
        """Return ok, degraded (no live log) or down (no documents)."""
        documents, log = await asyncio.gather(
            self._ask(self._documents.get(USERS, "nobody")), self._ask(self._store.orphans(["-"]))
        )
        status: Literal["ok", "degraded", "down"] = "ok"
        status = "down" if documents != "ok" else "degraded" if log != "ok" else status
        return Health(
            status=status,
            version=self._version,
            llm=self._llm,
            stores={"documents": documents, "log": log},
        )

    async def _ask(self, question: Awaitable[object]) -> str:
        try:
            async with asyncio.timeout(self._deadline_s):
                await question
        except (StoreError, TimeoutError):
            return "unavailable"
        return "ok"
