"""Where in a log turns end: which answer is the first that a reader has not seen whole."""

import asyncio

import msgspec
from msgspec import Struct

from sessions.stores.log import LogStore, Slice

__all__ = ["Unseen", "first_unseen"]

_PAGE = 500
_FLUSHES = 10
_FLUSH_S = 0.03
_ENDS = frozenset({"turn_done", "turn_failed"})


class Unseen(Struct, frozen=True, kw_only=True):
    """The turn whose end comes first behind a place in the log; None: all ended before it."""

    turn_id: str | None


class _Frame(Struct, frozen=True):
    type: str
    turn_id: str = ""


async def first_unseen(
    store: LogStore, session_id: str, *, epoch: str | None, seq: int
) -> Unseen | None:
    """Return the first turn that ends after `seq`, or still runs.

    None when the log can't tell: it is in another epoch than `epoch`, or frames after `seq` are
    gone. Raises LogUnavailable.
    """
    after = await _reached(store, session_id, seq)
    while True:
        page = await store.read(session_id, after=after, limit=_PAGE)
        if epoch not in (None, page.head.epoch) or _gap(page, after):
            return None
        for frame in _frames(page):
            if frame.type in _ENDS:
                return Unseen(turn_id=frame.turn_id)
        after += len(page.frames)
        if not page.frames or after >= page.head.seq:
            return Unseen(turn_id=await _running(store, session_id))


async def _reached(store: LogStore, session_id: str, seq: int) -> int:
    """Wait a little for the store to have what a reader beside the writer has seen already."""
    for _ in range(_FLUSHES):
        head = (await store.heads([session_id]))[session_id]
        if head.seq >= seq:
            return seq
        await asyncio.sleep(_FLUSH_S)
    return head.seq


async def _running(store: LogStore, session_id: str) -> str | None:
    """Return the newest turn in the log if its end is not there."""
    running: str | None = None
    after: int | None = None
    while True:
        page = await store.read(session_id, after=after, limit=_PAGE)
        for frame in _frames(page):
            if frame.type == "turn_started":
                running = frame.turn_id
            elif frame.type in _ENDS:
                running = None
        if not page.frames or page.frames[-1][0] >= page.head.seq:
            return running
        after = page.frames[-1][0]


def _gap(page: Slice, after: int) -> bool:
    expected = after < page.head.seq
    return expected and (not page.frames or page.frames[0][0] != after + 1)


def _frames(page: Slice) -> list[_Frame]:
    return [_decode(data) for _, data in page.frames]


_decode = msgspec.json.Decoder(_Frame).decode
