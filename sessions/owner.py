"""The owner of a session: the one writer of its log, for as long as it has turns to answer."""

import asyncio
from contextlib import suppress

import msgspec
import structlog

from sessions.answering import HAND_OVER_S, Answering, Chore, Means
from sessions.archive import TURNS, TurnDocument
from sessions.command import Command
from sessions.errors import LeaseLost, LogUnavailable, StoreError
from sessions.log import Writer
from sessions.stores.log import Flushed, Lease, LogStore
from sessions.tail import Tail
from sessions.tasks import Tasks

__all__ = ["Owner"]

log = structlog.get_logger(__name__)


class Owner:
    """Holds a session's lease while its accepted turns are answered, then gives it back."""

    def __init__(self, lease: Lease, means: Means, *, store: LogStore, tasks: Tasks) -> None:
        self.lease = lease
        self.gone = asyncio.Event()
        self.decided = asyncio.Event()
        self.gave_up = False
        self.missed = False
        self._store = store
        self._documents = means.documents
        self._logs = means.logs
        self._tasks = tasks
        self._answering = Answering(
            lease.session_id,
            means,
            do=self._do,
            came=self._end_wait,
            begin_epoch=self._begin_epoch,
        )
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._chores: set[asyncio.Task[None]] = set()
        self._mending = False
        self._tail: Tail | None = None
        self._writer: Writer | None = None
        self._commands: list[tuple[Command, TurnDocument | None]] = []
        self._settling: asyncio.Future[None] | None = None
        self._collecting = asyncio.Lock()
        self._received = ""

    def start(self) -> None:
        """Begin to own."""
        self._task = self._tasks.start(self._run(), name=f"owner {self.lease.session_id}")

    def tell(self, command: Command, turn: TurnDocument | None = None) -> bool:
        """Pass on a command; False while the lease is being given back, until `decided`."""
        if self._closing:
            return False
        if self._writer is None:
            self._commands.append((command, turn))
        else:
            self._answering.obey(command, turn)
        return True

    async def collect(self) -> list[tuple[Command, TurnDocument | None]]:
        """Fetch and obey what other processes left in the inbox; return what came too late.

        Where that was `missed`, commands may have been taken whose answer was lost: they come
        again with the next call.
        """
        async with self._collecting:
            try:
                taken = await self._store.take(self.lease, received=self._received)
                late = [told for raw in taken.commands if (told := await self._obey(raw))]
            except BaseException:
                self.missed = True
                raise
            self._received, self.missed = taken.call, False
            return late

    async def _obey(self, raw: bytes) -> tuple[Command, TurnDocument | None] | None:
        """Pass on a command of the inbox; return it when it came too late."""
        try:
            command = _decode(raw)
        except msgspec.DecodeError:
            log.warning("command_not_known", session_id=self.lease.session_id)
            return None
        turn = await self._turn_of(command)
        return None if self.tell(command, turn) else (command, turn)

    async def _turn_of(self, command: Command) -> TurnDocument | None:
        if command.kind != "accepted" or command.turn_id is None:
            return None
        try:
            return await self._documents.get(TURNS, command.turn_id)
        except StoreError:
            return None  # the sweep finds the turn when this lease has been given back

    def hand_over(self) -> None:
        """Leave the running turn to another process."""
        if self._task is not None:
            self._task.cancel()

    def drain(self) -> None:
        """Begin no more turns."""
        self._answering.drain()

    async def _run(self) -> None:
        try:
            await self._own()
        except LeaseLost:
            log.warning("lease_lost", session_id=self.lease.session_id)
        except StoreError as error:
            log.warning("owner_gave_up", session_id=self.lease.session_id, code=str(error.code))
            self.gave_up = True
        except asyncio.CancelledError:
            with suppress(TimeoutError, StoreError):
                async with asyncio.timeout(HAND_OVER_S):
                    while not await self._let_go() and self._answering.draining:
                        await self.collect()
            raise
        finally:
            self._leave()

    async def _own(self) -> None:
        writer = await self._logs.own(self.lease, lost=self._lost)
        self._tail = writer.tail
        await self._answering.take_over(writer)
        self._writer = writer
        for command, accepted in self._commands:
            self._answering.obey(command, accepted)
        while True:
            await self._answering.answer_all()
            if await self._let_go():
                break
            if not self._answering.waits or self._answering.draining:
                await self.collect()
        if self._answering.deleted:
            await self._store.forget(self.lease.session_id)

    async def _let_go(self) -> bool:
        """Give the lease back; False when there is more to do."""
        await self._settle()
        if self._answering.waits and not self._answering.draining:
            return False
        # while it is not known whether the lease is ours, commands are not taken in
        self._closing = True
        self.decided.clear()
        released = await self._store.release(self.lease, received=self._received)
        if not released:
            self._closing = False
            self.decided.set()
        return released

    async def _settle(self) -> None:
        """Wait until no chore runs and the log is in the store; turns that come end the wait."""
        while self._chores or self._answering.draining or not self._answering.waits:
            if self._chores:
                await asyncio.wait(self._chores)
                continue
            if self._writer is None or (settling := self._writer.settling()) is None:
                return
            self._settling = settling
            await asyncio.wait([settling])

    def _end_wait(self) -> None:
        if self._settling is not None and not self._settling.done():
            self._settling.set_result(None)

    def _leave(self) -> None:
        self._closing = True
        if self._tail is not None:
            self._logs.disown(self._tail)
            self._tasks.start(self._logs.check([self.lease.session_id]), name="check log")
        self.gone.set()
        self.decided.set()

    def _do(self, chore: Chore, name: str) -> None:
        """Run something that must have ended before the lease is given back."""
        task = self._tasks.start(chore, name=name)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    def _lost(self, why: Flushed) -> None:
        if why == "gap":
            if not self._mending:
                self._mending = True
                self._do(self._mend(), "mend log")
        elif self._task is not None:
            self._task.cancel()

    async def _mend(self) -> None:
        """Give the log a new epoch after the store lost frames."""
        try:
            await self._begin_epoch()
        finally:
            self._mending = False

    async def _begin_epoch(self) -> None:
        """Begin a new epoch as soon as the log store can."""
        try:
            while self._writer is not None:
                try:
                    return await self._logs.begin_epoch(self._writer)
                except LogUnavailable:
                    await asyncio.sleep(0.25)
        except LeaseLost:
            self.hand_over()


_decode = msgspec.json.Decoder(Command).decode
