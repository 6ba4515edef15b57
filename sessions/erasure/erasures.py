"""Erasures from being asked for to their second look; a process that dies loses none."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

import structlog
from msgspec import structs

from sessions.archive import SESSIONS, TOMBSTONES
from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate, NotFound, StoreError
from sessions.memory.documents import FACTS
from sessions.profiles.pseudonyms import Pseudonyms
from sessions.stores.documents import Documents, Range
from sessions.tasks import Tasks

from .counts import Counts, added
from .documents import ERASURES, ErasureDocument, ErasureKind
from .emptying import Emptying
from .ended import Ended
from .eraser import Eraser, made_again
from .scrubber import Scrubber

__all__ = ["Erasures"]

log = structlog.get_logger(__name__)
_AT_ONCE = 20
_RECEIPT_BYTES = 24
# no key of an account lives longer
_KEPT = timedelta(days=366)


class Erasures:
    """Erases, looks again after `settle_s` for what was on its way, and keeps receipts.

    `wait_s` is how long to wait for what is removed, of an account also for the files. Whoever
    carries an erasure on holds it for `lease_s`, anew with every step. All methods raise
    StoreUnavailable.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        eraser: Eraser,
        emptying: Emptying,
        scrubber: Scrubber,
        ended: Ended,
        names: Pseudonyms,
        clock: Clock,
        tasks: Tasks,
        settle_s: float = 120,
        lease_s: float = 15,
    ) -> None:
        self._documents = documents
        self._eraser = eraser
        self._emptying = emptying
        self._scrubber = scrubber
        self._ended = ended
        self._names = names
        self._clock = clock
        self._tasks = tasks
        self._settle = timedelta(seconds=settle_s)
        self._lease_s = lease_s

    async def account(self, user_id: str, *, wait_s: float = 0) -> ErasureDocument:
        """Erase all of a user, and wait up to `wait_s` for it; asked again it is the same erasure.

        From now on no token opens the account.
        """
        subject = self._names.user(user_id)
        return await self._erase("account", subject, wait_s, user_id=user_id)

    async def session(self, user_id: str, session_id: str, *, wait_s: float = 0) -> ErasureDocument:
        """Delete a session and all that came of it; raises NotFound."""
        named = f"erase session {user_id} {session_id}"
        subject = self._names.turn(named)
        known = await self._known(subject)
        if known is None:
            await self._check_session(user_id, session_id)
        elif (session := await made_again(self._documents, known)) is not None:
            subject = self._names.turn(f"{named} {session.created_at.isoformat()}")
        of = {"user_id": user_id, "session_id": session_id}
        return await self._erase("session", subject, wait_s, **of)

    async def message(
        self, user_id: str, session_id: str, message_id: str, *, wait_s: float = 0
    ) -> ErasureDocument:
        """Take a message out of a session, with what it was edited from and to and the answers.

        Raises NotFound.
        """
        subject = self._names.turn(f"erase message {user_id} {session_id} {message_id}")
        if await self._known(subject) is None:
            await self._emptying.find(user_id, session_id, message_id)
        of = {"user_id": user_id, "session_id": session_id, "target": message_id}
        return await self._erase("message", subject, wait_s, **of)

    async def fact(
        self, user_id: str, fact_id: str, *, refuse: bool = False, wait_s: float = 0
    ) -> ErasureDocument:
        """Forget a fact and what it superseded; with `refuse` no message teaches it again.

        Raises NotFound.
        """
        subject = self._names.turn(f"erase memory {user_id} {fact_id}")
        if await self._known(subject) is None:
            fact = await self._documents.get(FACTS, fact_id)
            if fact is None or fact.user_id != user_id:
                raise NotFound("there is no such memory")
        of: dict[str, Any] = {"user_id": user_id, "target": fact_id, "refuse": refuse}
        return await self._erase("memory", subject, wait_s, **of)

    async def receipt(self, receipt_id: str) -> ErasureDocument:
        """Return an erasure by the id that was handed out; raises NotFound."""
        found = await self._documents.get(ERASURES, receipt_id)
        if found is None or found.expires_at <= self._clock.now():
            raise NotFound("there is no such receipt, or its time is over")
        return found

    async def resume(self) -> None:
        """Carry on what somebody left, and look again where it is time."""
        now = self._clock.now()
        due = {"open": True}
        bounds = Range(lte=now)
        if await self._documents.find(ERASURES, "due", due, bounds=bounds, limit=1):
            until = now + timedelta(seconds=self._lease_s)
            claimed = await self._documents.claim(
                ERASURES, "due", due, now=now, until=until, limit=_AT_ONCE
            )
            # together, so that they share the scrubs of the files
            await asyncio.gather(*(self._attempt(each, asyncio.Event()) for each in claimed))

    async def _check_session(self, user_id: str, session_id: str) -> None:
        session = await self._documents.get(SESSIONS, session_id)
        buried = await self._documents.get(TOMBSTONES, session_id)
        unfinished = buried is not None and not buried.finished and buried.user_id == user_id
        if not unfinished and (session is None or session.user_id != user_id):
            raise NotFound("there is no such session")

    async def _known(self, subject: str) -> ErasureDocument | None:
        found = await self._documents.find(ERASURES, "by_subject", {"subject": subject}, limit=1)
        return found[0] if found else None

    async def _erase(
        self, kind: ErasureKind, subject: str, wait_s: float, **of: Any
    ) -> ErasureDocument:
        erasure, fresh = await self._begun(kind, subject, **of)
        if kind == "account":
            self._ended.end(erasure)
        if fresh:
            removed = asyncio.Event()
            attempt = self._tasks.start(self._attempt(erasure, removed), name="erase")
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await (asyncio.wait({attempt}) if kind == "account" else removed.wait())
        return await self._documents.get(ERASURES, erasure.id) or erasure

    async def _begun(
        self, kind: ErasureKind, subject: str, **of: Any
    ) -> tuple[ErasureDocument, bool]:
        """Return the erasure, and whether it was not asked for before."""
        now = self._clock.now()
        erasure = ErasureDocument(
            id=f"er_{token_urlsafe(_RECEIPT_BYTES)}",
            kind=kind,
            asked_at=now,
            expires_at=now + _KEPT,
            next_at=now + timedelta(seconds=self._lease_s),
            subject=(subject,),
            **of,
        )
        while (known := await self._known(subject)) is None:
            with suppress(Duplicate):
                await self._documents.insert(ERASURES, erasure)
                return erasure, True
        return known, False

    async def _attempt(self, erasure: ErasureDocument, removed: asyncio.Event) -> None:
        """Go on; what fails is tried again when the lease is over."""
        try:
            await self._go_on(erasure, removed)
        except StoreError as error:
            log.warning("erasure_not_finished", kind=erasure.kind, code=str(error.code))
        finally:
            removed.set()

    async def _go_on(self, erasure: ErasureDocument, removed: asyncio.Event) -> None:
        again = erasure.erased_at is not None
        async for counts in self._eraser.steps(erasure):
            erasure = await self._noted(erasure, counts, late=again)
        removed.set()
        files = await self._scrubbed(erasure)
        if files is None:
            return
        now = self._clock.now()
        if not again:
            await self._change(
                erasure, erased_at=now, files=dict(files), next_at=now + self._settle
            )
            return
        closed: dict[str, Any] = {"open": False, "user_id": "", "session_id": "", "target": ""}
        if erasure.kind != "account":
            closed["subject"] = ()
        await self._change(erasure, checked_at=now, files=dict(files), **closed)

    async def _noted(
        self, erasure: ErasureDocument, counts: Counts, *, late: bool
    ) -> ErasureDocument:
        """Keep what a step removed, and hold the erasure on."""
        newest = await self._documents.get(ERASURES, erasure.id) or erasure
        return await self._change(
            newest,
            removed=added(newest.removed, counts),
            late=newest.late + (sum(counts.values()) if late else 0),
            next_at=self._clock.now() + timedelta(seconds=self._lease_s),
        )

    async def _scrubbed(self, erasure: ErasureDocument) -> Mapping[str, str] | None:
        """Have all files written anew, and hold the erasure meanwhile."""
        holding = self._tasks.start(self._hold(erasure), name="hold erasure")
        try:
            return await self._scrubber.scrub()
        finally:
            holding.cancel()

    async def _hold(self, erasure: ErasureDocument) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            with suppress(StoreError):
                await self._noted(erasure, Counter(), late=False)

    async def _change(self, erasure: ErasureDocument, **fields: Any) -> ErasureDocument:
        """Write fields, also over what another process wrote that went on with the same."""
        while True:
            try:
                changed = structs.replace(erasure, **fields)
                return await self._documents.replace(ERASURES, changed)
            except Conflict:
                newest = await self._documents.get(ERASURES, erasure.id)
                if newest is None:
                    raise
                erasure = newest
