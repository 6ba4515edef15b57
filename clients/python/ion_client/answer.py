"""What happens, as streams: all that happens in a session, or the answer to one message."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from .errors import ClientClosed, IonClientError, Unreachable
from .events import Acked, Done, Event, Failed

if TYPE_CHECKING:
    from .session import Session

__all__ = ["Answer", "EventStream"]


class EventStream(AsyncIterator[Event]):
    """Events from the moment it was made; nothing is lost however slowly it is read.

    With `timeout_s` it raises Unreachable when it has not ended that long after it was made.
    """

    def __init__(self, *, timeout_s: float | None = None) -> None:
        self._timeout_s = timeout_s
        self._deadline = (
            asyncio.get_running_loop().time() + timeout_s if timeout_s is not None else None
        )
        self._queue: asyncio.Queue[Event | IonClientError | None] = asyncio.Queue()
        self._over = False

    def push(self, item: Event | IonClientError | None) -> None:
        """Add an event, an error that ends the stream, or its end (None)."""
        self._queue.put_nowait(item)

    def __aiter__(self) -> "EventStream":
        return self

    async def __anext__(self) -> Event:
        if self._over:
            raise StopAsyncIteration
        item = await self._next()
        if item is None or isinstance(item, IonClientError):
            self._over = True
            raise item or StopAsyncIteration
        self._over = self._last(item)
        return item

    async def _next(self) -> Event | IonClientError | None:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._queue.get()
        except TimeoutError:
            return Unreachable(f"no whole answer within {self._timeout_s} s")

    def _last(self, event: Event) -> bool:
        return False


class Answer(EventStream):
    """The events of one message's turn; it ends after Done or Failed.

    Iterating raises IonClientError when the message is refused. Reading only a part of it, or
    nothing at all, changes nothing for the turn.
    """

    def __init__(
        self, session: "Session", client_msg_id: str, text: str, *, timeout_s: float | None = None
    ) -> None:
        super().__init__(timeout_s=timeout_s)
        self.session = session
        self.client_msg_id = client_msg_id
        self.text = text
        self.turn_id: str | None = None
        self._end: Done | Failed | IonClientError | None = None

    def push(self, item: Event | IonClientError | None) -> None:
        """Add an event, or an error that ends the answer."""
        if isinstance(item, Acked):
            self.turn_id = item.turn_id
        elif isinstance(item, Done | Failed | IonClientError):
            self._end = item
        super().push(item)

    def _last(self, event: Event) -> bool:
        return isinstance(event, Done | Failed)

    async def whole(self) -> Done:
        """Return the finished answer; raises IonClientError when refused or failed."""
        async for _ in self:
            pass
        match self._end:
            case Done():
                return self._end
            case Failed(code=code, message=message, retryable=retryable):
                raise IonClientError(code, message, retryable=retryable)
        raise self._end or ClientClosed()
