"""What is remembered of the caller: seen, corrected, pinned, forgotten, paused."""

from typing import Annotated, TypeAlias

from litestar import Controller, Response, delete, get, patch
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET

from app.api.v21.me import RECEIPT, WAIT_S
from app.api.v21.parts import (
    Caller,
    ErasuresPart,
    FactsPart,
    LimitsPart,
    RetellingPart,
    ShownMemoryPart,
)
from app.security.rates import READ, WRITE, spend
from schemas.memory import (
    Memory,
    MemoryKind,
    MemoryPage,
    MemorySettings,
    UpdateMemory,
    UpdateMemorySettings,
)
from sessions.memory.cursors import read_cursor
from sessions.memory.shown import MemoryFilter

__all__ = ["MemoryController"]

MemoryId: TypeAlias = FromPath[str]
Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=100)]
Ids: TypeAlias = Annotated[list[str] | None, QueryParameter(name="id", max_items=100)]
Words: TypeAlias = Annotated[str, QueryParameter(max_length=200)]
Before: TypeAlias = Annotated[str | None, QueryParameter(max_length=64)]


class MemoryController(Controller):
    """What is remembered of a user; another user's memories do not exist (404)."""

    path = "/memory"
    tags = ("memory",)

    @get("/", summary="List what is remembered of you, the pinned first, then the last changed")
    async def page(
        self,
        user_id: Caller,
        shown: ShownMemoryPart,
        limits: LimitsPart,
        kind: FromQuery[MemoryKind | None] = None,
        q: Words = "",
        ids: Ids = None,
        superseded: FromQuery[bool] = False,
        before: Before = None,
        limit: Limit = 50,
    ) -> MemoryPage:
        """Return a page; `before` is the `next` of the page before.

        `q` is a part of the text, `id` (repeated) names memories, `superseded` adds what no longer
        holds.
        """
        cursor = read_cursor(before) if before else None
        await spend(limits, READ, user_id)
        asked = MemoryFilter(kind=kind, q=q, ids=tuple(ids or ()), superseded=superseded)
        return await shown.page(user_id, asked, before=cursor, limit=limit)

    @get("/settings", summary="See whether memory is paused")
    async def settings(
        self, user_id: Caller, facts: FactsPart, limits: LimitsPart
    ) -> MemorySettings:
        """Return how the user wants to be remembered."""
        await spend(limits, READ, user_id)
        return MemorySettings(paused=(await facts.settings(user_id)).paused)

    @patch("/settings", summary="Pause memory, or go on")
    async def set(
        self,
        data: JSONBody[UpdateMemorySettings],
        user_id: Caller,
        facts: FactsPart,
        limits: LimitsPart,
    ) -> MemorySettings:
        """Set what the body names. What is remembered stays; while paused nothing is added."""
        await spend(limits, WRITE, user_id)
        if data.paused is not UNSET:
            await facts.pause(user_id, data.paused)
        return MemorySettings(paused=(await facts.settings(user_id)).paused)

    @get("/{memory_id:str}", summary="See why something is remembered")
    async def one(
        self,
        memory_id: MemoryId,
        user_id: Caller,
        facts: FactsPart,
        shown: ShownMemoryPart,
        limits: LimitsPart,
    ) -> Memory:
        """Return one memory with all messages it comes from, and what held before it."""
        await spend(limits, READ, user_id)
        return await shown.one(await facts.get(user_id, memory_id))

    @patch("/{memory_id:str}", summary="Correct, pin or share a memory")
    async def update(
        self,
        memory_id: MemoryId,
        data: JSONBody[UpdateMemory],
        user_id: Caller,
        facts: FactsPart,
        shown: ShownMemoryPart,
        retelling: RetellingPart,
        limits: LimitsPart,
    ) -> Memory:
        """Change what the body names, and nothing else."""
        await spend(limits, WRITE, user_id)
        fact = await facts.update(user_id, memory_id, data)
        if data.text is not UNSET:
            await retelling.corrected(fact)
        return await shown.one(fact)

    @delete("/{memory_id:str}", summary="Forget something")
    async def forget(
        self,
        memory_id: MemoryId,
        user_id: Caller,
        facts: FactsPart,
        erasures: ErasuresPart,
        limits: LimitsPart,
        refuse: FromQuery[bool] = False,
    ) -> Response[None]:
        """Delete a memory with all it superseded; X-ION-Receipt names the receipt.

        The messages it came from don't teach it again; with `refuse` no message does.
        """
        await spend(limits, WRITE, user_id)
        await facts.get(user_id, memory_id)
        erasure = await erasures.fact(user_id, memory_id, refuse=refuse, wait_s=WAIT_S)
        return Response(None, status_code=204, headers={RECEIPT: erasure.id})
