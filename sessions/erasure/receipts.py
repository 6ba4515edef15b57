"""An erasure as whoever asked for it sees it."""

from datetime import datetime, timedelta
from typing import Literal

from schemas.erasure import Kept, Receipt, RemovedThings
from sessions.sync import TOMBSTONE_DAYS

from .documents import ErasureDocument

__all__ = ["receipt_of"]


def receipt_of(erasure: ErasureDocument) -> Receipt:
    """Return the receipt of an erasure as far as it is."""
    state: Literal["running", "erased", "checked"] = "erased" if erasure.erased_at else "running"
    return Receipt(
        id=erasure.id,
        of=erasure.kind,
        state="checked" if erasure.checked_at else state,
        asked_at=erasure.asked_at,
        erased_at=erasure.erased_at,
        checked_at=erasure.checked_at,
        removed=tuple(
            RemovedThings(store=each.store, what=each.what, count=each.count)
            for each in erasure.removed
        ),
        late=erasure.late,
        files=erasure.files,
        kept=(*_kept(erasure), *_left(erasure)),
        expires_at=erasure.expires_at,
    )


def _kept(erasure: ErasureDocument) -> list[Kept]:
    until: datetime | None
    match erasure.kind:
        case "account":
            what = "a keyed hash of the user's id"
            why, until = "so that no token or key opens the account again", erasure.expires_at
        case "session":
            what, why = "the session's id", "for devices that have not heard of its end"
            until = erasure.asked_at + timedelta(days=TOMBSTONE_DAYS)
        case "message":
            what = "its place: ids, number and times"
            why, until = "for the order of the session; it goes with the session", None
        case "memory":
            what = "keyed hashes of what it said"
            why, until = "so that it is not learned again; they go with the account", None
    receipt = Kept(what="this receipt", why="for you", until=erasure.expires_at)
    return [Kept(what=what, why=why, until=until), receipt]


def _left(erasure: ErasureDocument) -> list[Kept]:
    """Return what the servers of stores keep that no client can have written anew."""
    return [
        Kept(
            what=f"old files and copies of the server of {store}",
            why="until it writes over them; its operator says when",
        )
        for store, state in sorted(erasure.files.items())
        if state == "left"
    ]
