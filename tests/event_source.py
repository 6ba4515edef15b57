"""Server-sent events as the HTML standard says they are read, and a reader that comes back."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import httpx
from msgspec import Struct

from tests.device import View

__all__ = ["Event", "EventParser", "EventReader"]


class Event(Struct, frozen=True, kw_only=True):
    """One dispatched event; `last_id` is what a reader would come back with after it."""

    type: str
    data: str
    last_id: str

    @property
    def frame(self) -> dict[str, Any]:
        """Return the data as the object it is."""
        found: dict[str, Any] = json.loads(self.data)
        return found


class EventParser:
    """Bytes in any pieces to events: an id counts from the blank line that ends its event."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry_ms: int | None = None
        self.comments = 0
        self._rest = b""
        self._fields: dict[str, str] = {}

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        events = [self._line(line.decode()) for line in lines]
        return [each for each in events if each is not None]

    def _line(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not name:
            self.comments += 1
        elif name == "retry":
            self.retry_ms = int(value)
        elif name == "data" and "data" in self._fields:
            self._fields["data"] += f"\n{value}"
        else:
            self._fields[name] = value
        return None

    def _dispatch(self) -> Event | None:
        fields, self._fields = self._fields, {}
        self.last_id = fields.get("id", self.last_id)
        if not fields.get("data"):
            return None
        return Event(type=fields.get("event", "message"), data=fields["data"], last_id=self.last_id)


class EventReader:
    """Reads one session, one request at a time; what it knows outlives the requests.

    `view` follows readers that began with a snapshot or at the log's very start.
    """

    def __init__(self, client: httpx.AsyncClient, session_id: str, *, last_id: str = "") -> None:
        self.path = f"/sessions/{session_id}/events"
        self.last_id = last_id
        self.retry_ms: int | None = None
        self.events: list[Event] = []
        self.view = View()
        self._client = client
        self._viewed = not last_id

    def of(self, *types: str) -> list[dict[str, Any]]:
        """Return the frames of these types that were received."""
        return [each.frame for each in self.events if each.type in types]

    async def read(
        self,
        until: Callable[[Event], bool] = lambda _: False,
        *,
        deadline_s: float = 20,
        **params: Any,
    ) -> None:
        """Read on from where it was, up to such an event or to the end of the stream."""
        async with asyncio.timeout(deadline_s), aclosing(self.listen(**params)) as events:
            async for event in events:
                if until(event):
                    return

    async def listen(self, **params: Any) -> AsyncGenerator[Event, None]:
        """Yield events; raises HTTPStatusError."""
        headers = {"accept": "text/event-stream"}
        if self.last_id:
            headers["last-event-id"] = self.last_id
        parser = EventParser(self.last_id)
        self._viewed = self._viewed and "after" not in params
        async with self._client.stream(
            "GET", self.path, headers=headers, params=params, timeout=20
        ) as answer:
            if answer.is_error:
                await answer.aread()
            answer.raise_for_status()
            async for data in answer.aiter_raw():
                for event in parser.feed(data):
                    self._take(event, parser)
                    yield event

    def _take(self, event: Event, parser: EventParser) -> None:
        self.events.append(event)
        self.last_id = event.last_id
        self.retry_ms = parser.retry_ms
        if self._viewed:
            self.view.apply(event.frame)
