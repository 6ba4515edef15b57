"""Server-sent events from bytes, however the network cut them."""

from msgspec import Struct

__all__ = ["Event", "EventTooLong", "SSEParser"]

_BOM = b"\xef\xbb\xbf"


class Event(Struct, frozen=True, kw_only=True):
    """One event: its data lines joined by newlines, and its name ("" when it has none)."""

    data: str
    name: str = ""


class EventTooLong(ValueError):
    """An event grew past the limit: this is no event stream."""


class SSEParser:
    """Turns blocks of bytes into events by the rules of the HTML standard, section 9.2.6.

    Lines end with CR, LF or both; ids, retry times and unknown fields are ignored, bytes that are
    not UTF-8 are replaced. `max_bytes` bounds what one event may hold.
    """

    def __init__(self, *, max_bytes: int = 1 << 20) -> None:
        self._max_bytes = max_bytes
        self._rest = b""
        self._after_cr = False
        self._first = True
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, block: bytes) -> list[Event]:
        """Return the events that `block` completes; raises EventTooLong."""
        if not block:
            return []
        if self._after_cr and block[:1] == b"\n":
            block = block[1:]
        self._after_cr = block.endswith(b"\r")
        lines = (self._rest + block).splitlines(keepends=True)
        whole = not lines or lines[-1].endswith((b"\r", b"\n"))
        self._rest = b"" if whole else lines.pop()
        events = [event for line in lines if (event := self._line(line.rstrip(b"\r\n")))]
        if self._size + len(self._rest) > self._max_bytes:
            raise EventTooLong
        return events

    def finish(self) -> list[Event]:
        """Return the event that the end of the stream left without its blank line, if any."""
        last, self._rest = self._rest, b""
        ended = self._line(last) if last else None
        return [event for event in (ended, self._line(b"")) if event]

    def _line(self, line: bytes) -> Event | None:
        if self._first:
            self._first, line = False, line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        text = value.removeprefix(b" ").decode(errors="replace")
        if name == b"data":
            self._data.append(text)
            self._size += len(line)
        elif name == b"event":
            self._name = text
        return None

    def _dispatch(self) -> Event | None:
        event = Event(data="\n".join(self._data), name=self._name) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
