"""All sessions this process owns, and how any process reaches the owner of any session."""

import asyncio
from contextlib import suppress
from weakref import WeakValueDictionary

import msgspec
import structlog

from schemas.resources import Session
from sessions.admission import Admission
from sessions.answering import Means
from sessions.archive import SessionDocument, TurnDocument
from sessions.budget import Budget
from sessions.chronicle import Chronicle
from sessions.clock import Clock
from sessions.command import Command
from sessions.errors import LogUnavailable, StoreError, StoreUnavailable
from sessions.keeper import Keeper
from sessions.life import Life
from sessions.log import Logs
from sessions.memory.documents import FactDocument
from sessions.memory.memory import Memory
from sessions.owner import Owner
from sessions.profiles.learner import Learner
from sessions.remembering import Remembering
from sessions.stores.documents import Documents
from sessions.stores.log import Held, LogStore
from sessions.tasks import Tasks
from sessions.turn import TurnEngine
from sessions.views import session_view
from sessions.watch import Watch

__all__ = ["Owners"]

log = structlog.get_logger(__name__)
# what only a frame tells readers of
_SHOWN = ("updated", "branched", "read", "feedback")


class Owners:
    """Leases of this process: taken when there is work, renewed, given back, taken over.

    `heartbeat_s` must be well below the store's lease time; a lease time plus `sweep_s` is how
    long the turns of a dead process wait.
    """

    def __init__(
        self,
        *,
        store: LogStore,
        documents: Documents,
        logs: Logs,
        engine: TurnEngine,
        admission: Admission,
        budget: Budget,
        learner: Learner,
        clock: Clock,
        tasks: Tasks,
        memory: Memory | None = None,
        life: Life = Life(),  # noqa: B008 - a frozen value
        chronicle: Chronicle | None = None,
        heartbeat_s: float = 1.5,
        sweep_s: float = 1.5,
        forgotten_s: float = 10.0,
    ) -> None:
        self._store = store
        self._logs = logs
        self._remembering = Remembering(memory, tasks, self._remembered) if memory else None
        self._means = Means(
            documents=documents,
            logs=logs,
            engine=engine,
            keeper=Keeper(documents, clock, engine.notice_for, self._kept),
            admission=admission,
            budget=budget,
            learner=learner,
            remember=self._remembering.ended if self._remembering else _nothing,
            view=self._view,
        )
        self._chronicle = chronicle
        self._admission = admission
        self._clock = clock
        self._tasks = tasks
        self._life = life
        self._heartbeat_s = heartbeat_s
        self._sweep_s = sweep_s
        self._watch = Watch(
            documents=documents, store=store, logs=logs, clock=clock, forgotten_s=forgotten_s
        )
        self._owners: dict[str, Owner] = {}
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.draining = False

    def __len__(self) -> int:
        return len(self._owners)

    async def tell(
        self, session_id: str, command: Command, turn: TurnDocument | None = None
    ) -> None:
        """Pass a command to the session's owner, or become it; raises LogUnavailable."""
        lock = self._asking.setdefault(session_id, asyncio.Lock())
        async with lock:
            while (owner := self._owners.get(session_id)) is not None:
                if owner.tell(command, turn):
                    return
                await owner.decided.wait()
                if owner.gone.is_set():
                    self._forget(owner)
            if self.draining:
                # who owns it elsewhere must hear of it; turns nobody owns are found by a sweep
                left = await self._store.leave(session_id, msgspec.json.encode(command))
                if left or command.kind not in _SHOWN:
                    return
            await self._acquire(session_id, command, turn)

    def _kept(self, session: SessionDocument) -> None:
        if self._chronicle is not None and not self.draining:
            chronicled = self._chronicled(self._chronicle, session)
            self._tasks.start(chronicled, name="tell of session")

    async def _chronicled(self, chronicle: Chronicle, session: SessionDocument) -> None:
        try:
            retitled = await chronicle.ended(session)
        except StoreUnavailable as error:
            log.warning("session_not_told", session_id=session.id, code=str(error.code))
            return
        if retitled:
            await self.insist(session.id, Command(kind="updated"))

    async def hint(self, session_id: str, command: Command) -> None:
        """Pass a command on where the session has an owner; elsewhere it means nothing.

        Raises LogUnavailable.
        """
        owner = self._owners.get(session_id)
        if owner is not None:
            owner.tell(command)
        else:
            await self._store.leave(session_id, msgspec.json.encode(command))

    async def _acquire(self, session_id: str, command: Command, turn: TurnDocument | None) -> None:
        lease = await self._store.acquire(session_id, msgspec.json.encode(command))
        if isinstance(lease, Held):
            return
        owner = Owner(lease, self._means, store=self._store, tasks=self._tasks)
        self._owners[session_id] = owner
        if self.draining:
            # the drain began while the lease was asked for
            owner.drain()
        owner.tell(command, turn)
        owner.start()
        self._tasks.start(self._retire(owner), name="retire owner")

    def _view(self, session: SessionDocument, *, running: bool) -> Session:
        return session_view(session, running=running, life=self._life, now=self._clock.now())

    def rebranched(self, session: SessionDocument) -> None:
        """Have memory hold what the branch tells that a session shows now."""
        if self._remembering is not None:
            self._remembering.rebranched(session)

    async def _remembered(self, turn: TurnDocument, fact: FactDocument) -> None:
        """Tell a session's readers what was remembered of a turn."""
        if not self.draining:
            told = Command(kind="remembered", turn_id=turn.id, memory_id=fact.id)
            with suppress(LogUnavailable):
                await self.tell(turn.session_id, told)

    async def _retire(self, owner: Owner) -> None:
        await owner.gone.wait()
        self._forget(owner)
        if owner.gave_up:
            self._watch.given_up.add(owner.lease.session_id)

    def _forget(self, owner: Owner) -> None:
        if self._owners.get(owner.lease.session_id) is owner:
            del self._owners[owner.lease.session_id]

    async def insist(
        self, session_id: str, command: Command, turn: TurnDocument | None = None
    ) -> None:
        """As `tell`, but wait for the log store to come back, up to half a minute."""
        pause_s = 0.1
        for _ in range(18):
            try:
                return await self.tell(session_id, command, turn)
            except LogUnavailable:
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, 2.0)
        return None  # the sweep finds the turn

    async def collect(self, session_id: str) -> bool:
        """Fetch an owned session's inbox; False when the session is not owned here."""
        owner = self._owners.get(session_id)
        if owner is None:
            return False
        for command, turn in await owner.collect():
            # nobody has them but we: they outlast a log store that is away
            insisted = self.insist(session_id, command, turn)
            self._tasks.start(insisted, name=f"tell {command.kind}")
        return True

    async def answer_bells(self) -> None:
        """Fetch what bells tell of, for ever; after a silence, all that may have been missed."""
        async for session_id in self._store.bells():
            try:
                await self._answer_bell(session_id)
            except StoreError:
                continue  # polls, heartbeats and sweeps find what was missed

    async def _answer_bell(self, session_id: str) -> None:
        if session_id:
            if not await self.collect(session_id):
                await self._logs.refresh(session_id)
            return
        await self._logs.check()
        for owned in list(self._owners):
            await self.collect(owned)

    async def heartbeat(self) -> None:
        """Renew all leases, for ever, and fetch commands whose bell was lost."""
        while True:
            await asyncio.sleep(self._heartbeat_s)
            try:
                await self._renew()
            except StoreError:
                continue  # a lease that ends meanwhile is taken back with the next append

    async def _renew(self) -> None:
        # a session may have another owner here by the time of the answer
        owners = dict(self._owners)
        renewals = await self._store.renew([each.lease for each in owners.values()])
        for session_id in renewals.lost:
            owners[session_id].hand_over()
        missed = [session_id for session_id, owner in owners.items() if owner.missed]
        for session_id in {*renewals.waiting, *missed}:
            # documents that are slow must not hold up the next renewal
            self._tasks.start(self._collected(session_id), name="collect")

    async def _collected(self, session_id: str) -> None:
        with suppress(StoreError):  # the next heartbeat tries again
            await self.collect(session_id)

    async def watch_over(self) -> None:
        """Look for turns whose process died or never began, for ever."""
        age_s = 0.0
        while True:
            try:
                await self.sweep(min_age_s=age_s)
                age_s = 1.0
            except (LogUnavailable, StoreUnavailable):
                pass
            await asyncio.sleep(self._sweep_s)

    async def sweep(self, *, min_age_s: float) -> None:
        """Take over open turns nobody owns; raises LogUnavailable, StoreUnavailable."""
        if self.draining:
            return
        async for session_id, command in self._watch.look(self._owners, min_age_s=min_age_s):
            await self.tell(session_id, command)

    async def remembered(self, *, deadline_s: float | None = None) -> None:
        """Wait until memory has taken in and indexed what has ended here."""
        if self._remembering is not None:
            await self._remembering.settled(deadline_s=deadline_s)

    async def drain(self, *, deadline_s: float) -> None:
        """Begin no more turns, let the running ones end until the deadline, hand over the rest."""
        self.draining = True
        owners = list(self._owners.values())
        for owner in owners:
            owner.drain()
        self._admission.drain()
        waits = [self._tasks.start(_until(each.gone), name="drain owner") for each in owners]
        if waits:
            await asyncio.wait(waits, timeout=deadline_s)
        for owner in owners:
            if not owner.gone.is_set():
                owner.hand_over()
        if waits:
            await asyncio.wait(waits, timeout=2.0)
        await self.remembered(deadline_s=2.0)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _nothing(_turn: TurnDocument, _session: SessionDocument) -> None:
    """Remember nothing: there is no memory."""
