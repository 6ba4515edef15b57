"""An HTTP response of server-sent events that tell one turn in somebody else's protocol."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

import structlog
from litestar.types import Receive, Scope
from litestar.types import Send as SendEvent

from app.product import Product
from app.realtime.connections import Connections
from app.realtime.disconnect import watched
from app.realtime.errors import error_of
from app.realtime.event_writer import EventWriter, Stuck
from app.realtime.turns import TurnReader, asked
from app.security.tokens import Access
from app.telemetry.logs import described
from schemas.frames import Ack, Regenerate, Send
from sessions.errors import InternalFault, IonError, Overloaded

__all__ = ["AnswerStream", "Teller", "turn_headers"]

_RESTART_MS = 2_000

log = structlog.get_logger(__name__)


def turn_headers(ack: Ack) -> dict[str, str]:
    """Return the response headers that say which session and turn it was."""
    return {"x-ion-session": ack.session_id, "x-ion-turn": ack.turn_id}


class Teller(Protocol):
    """Tells a turn in another protocol's events."""

    def chunks(self, turn: TurnReader) -> AsyncGenerator[bytes, None]:
        """Yield encoded events to the turn's end; raises IonError."""
        ...

    def failure(self, error: IonError) -> bytes:
        """Return the events that end a stream in the middle."""
        ...


class _Told:
    """The connection that tells a turn."""

    def __init__(self, turn: TurnReader) -> None:
        self._turn = turn

    def leave(self, code: int, reason: str) -> None:
        """Tell what there is of the turn, and then fail."""
        restarts = Overloaded("the server restarts; ask again", retry_after_ms=_RESTART_MS)
        self._turn.leave(error_of(code, reason) or restarts)

    def announce_drain(self, reconnect_in_ms: int) -> None:
        """Stay: a process that drains waits for its turns, and then calls `leave`."""


class AnswerStream:
    """An ASGI response that makes a message durable and tells the turn that answers it.

    What goes wrong before the first chunk is an error response. When the client goes away, only
    the reading ends; one that takes nothing for 40 s is left alone. It is one of the user's
    connections, and ends with a failure when it is replaced, its token expires or the process
    has drained.
    """

    def __init__(
        self,
        product: Product,
        connections: Connections,
        *,
        access: Access,
        frame: Send | Regenerate,
        teller: Teller,
    ) -> None:
        self._product = product
        self._connections = connections
        self._access = access
        self._frame = frame
        self._teller = teller

    async def __call__(self, scope: Scope, receive: Receive, send: SendEvent) -> None:
        """Tell the turn."""
        product = self._product
        async with (
            asked(product.sessions, product.threads, self._access.user_id, self._frame) as turn,
            watched(receive, product.tasks, turn.leave),
            aclosing(self._teller.chunks(turn)) as chunks,
        ):
            try:
                with self._connections.telling(self._access, _Told(turn), product.clock):
                    await self._send_all(chunks, turn, EventWriter(send, retry_ms=None))
            except Stuck:
                log.info("answer_stream_stuck", turn_id=turn.ack.turn_id)

    async def _send_all(
        self, chunks: AsyncGenerator[bytes, None], turn: TurnReader, writer: EventWriter
    ) -> None:
        started = ended = False
        while not ended:
            chunk, ended = await self._next(chunks, turn, started=started)
            if not started:
                await writer.open(turn_headers(turn.ack))
                started = True
            await writer.write(chunk, more=not ended)

    async def _next(
        self, chunks: AsyncGenerator[bytes, None], turn: TurnReader, *, started: bool
    ) -> tuple[bytes, bool]:
        try:
            return await anext(chunks), False
        except StopAsyncIteration:
            return b"", True
        except Exception as error:
            if not started:
                raise
            return self._teller.failure(self._known(error, turn)), True

    def _known(self, error: Exception, turn: TurnReader) -> IonError:
        if isinstance(error, IonError):
            return error
        log.error("answer_stream_failed", turn_id=turn.ack.turn_id, **described(error))
        return InternalFault()
