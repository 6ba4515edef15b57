"""Whether the process can do its work: what it depends on, asked now."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from msgspec import structs

from schemas.resources import Health
from sessions.archive import PROBES, ProbeDocument
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, StoreError
from sessions.stores.documents import Documents
from sessions.stores.log import LogStore

__all__ = ["HealthCheck", "write_probe"]

_PROBE = "health"


class HealthCheck:
    """Writes to the documents, which everything needs, and to the log that live answers need.

    A report is good for `fresh_s`, however often it is asked for.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        store: LogStore,
        clock: Clock,
        llm: str,
        router: Literal["semantic", "words", "resonance"] = "resonance",
        version: str,
        deadline_s: float = 2.0,
        fresh_s: float = 1.0,
    ) -> None:
        self._documents = documents
        self._store = store
        self._clock = clock
        self._llm = llm
        self._router = router
        self._version = version
        self._deadline_s = deadline_s
        self._fresh_s = fresh_s
        self._last: tuple[float, Health] | None = None

    def alive(self) -> Health:
        """Return that the process lives."""
        return self._health("ok", {})

    async def report(self) -> Health:
        """Return ok, degraded (no live log) or down (no documents)."""
        now = self._clock.monotonic()
        if self._last is not None and now - self._last[0] < self._fresh_s:
            return self._last[1]
        documents, log = await asyncio.gather(
            self._ask(write_probe(self._documents, self._clock)),
            self._ask(self._store.probe()),
        )
        status: Literal["ok", "degraded", "down"] = "ok"
        if documents != "ok":
            status = "down"
        elif log != "ok":
            status = "degraded"
        health = self._health(status, {"documents": documents, "log": log})
        self._last = (now, health)
        return health

    def _health(self, status: Literal["ok", "degraded", "down"], stores: dict[str, str]) -> Health:
        return Health(
            status=status,
            version=self._version,
            llm=self._llm,
            router=self._router,
            stores=stores,
        )

    async def _ask(self, question: Awaitable[object]) -> str:
        try:
            async with asyncio.timeout(self._deadline_s):
                await question
        except (StoreError, TimeoutError):
            return "unavailable"
        return "ok"


async def write_probe(documents: Documents, clock: Clock) -> None:
    """Write a document, as all that is to last must be; raises StoreError."""
    probe = ProbeDocument(id=_PROBE, at=clock.now())
    stored = await documents.get(PROBES, _PROBE)
    try:
        if stored is None:
            await documents.insert(PROBES, probe)
        else:
            await documents.replace(PROBES, structs.replace(stored, at=probe.at))
    except (Conflict, Duplicate):
        return  # another process wrote it: the documents can be written
