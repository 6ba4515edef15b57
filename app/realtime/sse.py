"""Frames as server-sent events: encoded frames pass through as they are."""

from collections.abc import Iterable, Iterator

__all__ = ["COMMENT", "chunks", "event", "log_events", "retry", "type_of"]

COMMENT = b":\n\n"
_TYPE_AT = len(b'{"type":"')


def type_of(frame: bytes) -> bytes:
    """Return the type of an encoded frame, which msgspec writes first."""
    return frame[_TYPE_AT : frame.index(b'"', _TYPE_AT)]


def event(frame: bytes, id_: bytes | None = None) -> bytes:
    """Return a frame as an event; without an id the reader's last one stays."""
    head = b"id: %b\n" % id_ if id_ else b""
    return b"%bevent: %b\ndata: %b\n\n" % (head, type_of(frame), frame)


def log_events(frames: list[bytes], *, epoch: str, last: int) -> Iterator[bytes]:
    """Yield consecutive frames of a log as events, the last of them having seq `last`."""
    head = epoch.encode()
    for seq, frame in enumerate(frames, last - len(frames) + 1):
        yield b"id: %b:%d\nevent: %b\ndata: %b\n\n" % (head, seq, type_of(frame), frame)


def retry(ms: int) -> bytes:
    """Return the field that tells a reader how long to wait before it comes back."""
    return b"retry: %d\n" % ms


def chunks(events: Iterable[bytes], *, most_bytes: int = 32_768) -> Iterator[bytes]:
    """Join events to chunks of about `most_bytes`, so that neither calls nor buffers are many."""
    held: list[bytes] = []
    size = 0
    for each in events:
        held.append(each)
        size += len(each)
        if size >= most_bytes:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
