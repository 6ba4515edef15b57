"""Says something in a session and follows the turn that answers it, for clients without cursors."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

import msgspec

from app.realtime.replay import finished, so_far
from schemas.codes import Code
from schemas.frames import (
    Ack,
    Delta,
    LogFrame,
    Regenerate,
    Routed,
    Safety,
    Send,
    Snapshot,
    TurnDone,
    TurnFailed,
    TurnRestarted,
    TurnStarted,
)
from sessions.errors import Gone, IonError, LogUnavailable, StoreUnavailable
from sessions.personas.resonance import ResonanceKey
from sessions.reading import Reading
from sessions.service import Sessions
from sessions.threads import Threads

__all__ = ["TurnFailure", "TurnFrame", "TurnReader", "asked"]

TurnFrame: TypeAlias = TurnStarted | TurnRestarted | Routed | Safety | Delta | TurnDone | TurnFailed
_TYPES = (TurnStarted, TurnRestarted, Routed, Safety, Delta, TurnDone, TurnFailed)
_CODES = frozenset(map(str, Code))
_RETRY_S = 0.25
_decode = msgspec.json.Decoder(LogFrame).decode


class TurnFailure(IonError):
    """The turn could not be answered."""

    def __init__(self, frame: TurnFailed) -> None:
        super().__init__(frame.message)
        self.code = Code(frame.code) if frame.code in _CODES else Code.INTERNAL
        self.retryable = frame.retryable


class TurnReader:
    """Reads what a session's log says of one turn, from the turn's beginning to its end.

    `begin_s` is how long the session may be silent before the turn begins, `quiet_s` afterwards;
    every `beat_s` of silence is told.
    """

    def __init__(
        self,
        ack: Ack,
        reading: Reading,
        wake: asyncio.Event,
        threads: Threads,
        *,
        begin_s: float = 30,
        quiet_s: float = 150,
        beat_s: float = 15,
    ) -> None:
        self.ack = ack
        self._reading = reading
        self._wake = wake
        self._threads = threads
        self._begin_s = begin_s
        self._quiet_s = quiet_s
        self._beat_s = beat_s
        self._begun = False
        self._left = False
        self._error: IonError | None = None
        self._held: list[TurnFrame] = []
        self._clock = asyncio.get_running_loop().time
        self._heard_at = self._clock()

    async def prepare(self) -> None:
        """Take in what there is, so that nothing is missed that comes later."""
        self._held = await self._news()

    def leave(self, error: IonError | None = None) -> None:
        """Read no more, or only what there is and then raise `error`; the turn goes on."""
        self._left = True
        self._error = self._error or error
        self._wake.set()

    def close(self) -> None:
        """Stop reading for good."""
        self._reading.close()

    async def frames(self) -> AsyncGenerator[TurnFrame | None, None]:
        """Yield the turn's frames, the last being turn_done or turn_failed; None is silence.

        A turn that ended before is told as if it ran now. Raises LogUnavailable when the session
        is silent for too long, Gone or NotFound when it was deleted, what `leave` was given.
        """
        while not self._left or self._error is not None:
            error = self._error
            held, self._held = self._held, []
            for frame in held or await self._news():
                yield frame
                if isinstance(frame, TurnDone | TurnFailed):
                    return
            if error is not None:
                raise error
            if not self._reading.ready and not await self._woken():
                yield None

    async def _news(self) -> list[TurnFrame]:
        if not self._reading.ready:
            return []
        try:
            found = await self._next()
        except (LogUnavailable, StoreUnavailable):
            self._check_patience()
            await asyncio.sleep(_RETRY_S)
            return []
        self._heard_at = self._clock()
        self._begun = self._begun or bool(found)
        return found

    async def _next(self) -> list[TurnFrame]:
        heads, frames = await self._reading.next()
        found: list[TurnFrame] = []
        for head in heads:
            if isinstance(head, Snapshot):
                found += await self._resumed(head)
        mark = self.ack.turn_id.encode()
        return found + [each for raw in frames if mark in raw for each in self._about(raw)]

    async def _resumed(self, snapshot: Snapshot) -> list[TurnFrame]:
        """Return what is stored, and what a snapshot says, of the turn up to now."""
        turn = await self._threads.turn(self.ack.session_id, self.ack.turn_id)
        if not turn.open:
            if turn.answer is None and turn.failure is None:
                raise Gone("what it said was deleted")
            return [*finished(turn, seq=snapshot.seq)]
        running = snapshot.running_turn
        if running is None or running.turn_id != turn.id:
            return []
        return [*so_far(turn, running, seq=snapshot.seq)]

    def _about(self, raw: bytes) -> list[TurnFrame]:
        try:
            frame = _decode(raw)
        except msgspec.ValidationError:
            return []  # a newer process wrote it
        return [frame] if isinstance(frame, _TYPES) and frame.turn_id == self.ack.turn_id else []

    async def _woken(self) -> bool:
        """Wait for news; False when there were none for `beat_s`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._beat_s):
                await self._wake.wait()
        woken = self._wake.is_set()
        self._wake.clear()
        if not woken:
            self._check_patience()
        return woken

    def _check_patience(self) -> None:
        patience_s = self._quiet_s if self._begun else self._begin_s
        if self._clock() - self._heard_at >= patience_s:
            raise LogUnavailable("the answer does not come; the message is kept")


@asynccontextmanager
async def asked(
    sessions: Sessions,
    threads: Threads,
    user_id: str,
    frame: Send | Regenerate,
    *,
    key: ResonanceKey | None = None,
) -> AsyncIterator[TurnReader]:
    """Make a message durable, have it answered, and read its turn until the block ends.

    A `key` that is named for a new message decides who answers it. The turn does not end with the
    block. Raises what `Sessions.send` and `Sessions.regenerate` do, and LogUnavailable.
    """
    if isinstance(frame, Regenerate):
        accepted = await sessions.regenerate(user_id, frame)
    else:
        accepted = await sessions.send(user_id, frame, key=key)
    try:
        turn = await _prepared(sessions, threads, user_id, accepted.ack)
    finally:
        sessions.begin(accepted)
    try:
        yield turn
    finally:
        turn.close()


async def _prepared(sessions: Sessions, threads: Threads, user_id: str, ack: Ack) -> TurnReader:
    wake = asyncio.Event()
    turn = TurnReader(ack, await _opened(sessions, user_id, ack.session_id, wake), wake, threads)
    try:
        await turn.prepare()
    except BaseException:
        turn.close()
        raise
    return turn


async def _opened(
    sessions: Sessions,
    user_id: str,
    session_id: str,
    wake: asyncio.Event,
    *,
    deadline_s: float = 30,
) -> Reading:
    give_up_at = asyncio.get_running_loop().time() + deadline_s
    while True:
        try:
            return await sessions.read(user_id, session_id, wake.set)
        except LogUnavailable:
            if asyncio.get_running_loop().time() > give_up_at:
                raise
            await asyncio.sleep(_RETRY_S)
