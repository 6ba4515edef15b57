"""Receipts of erasures: counts and times, no words and nothing that names a person."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

__all__ = ["Kept", "Receipt", "RemovedThings"]


class RemovedThings(Struct, frozen=True, kw_only=True):
    """How many things were removed from one place of a store (documents, log, cache)."""

    store: str
    what: str
    count: int


class Kept(Struct, frozen=True, kw_only=True):
    """What stays, why, and until when; null when that is not known here."""

    what: str
    why: str
    until: datetime | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """What was erased and how far that is.

    `running`: it goes on by itself; `erased`: nothing of it is in any store; `checked`: a second
    look removed what was on its way (`late` of all), and this is final. `files` says by store
    whether its files were written anew after that. The id opens this receipt until `expires_at`,
    without a token: whoever has it can read it, and nobody can guess it.
    """

    id: str
    of: Literal["account", "session", "message", "memory"]
    state: Literal["running", "erased", "checked"]
    asked_at: datetime
    erased_at: datetime | None
    checked_at: datetime | None
    removed: tuple[RemovedThings, ...]
    late: int
    files: dict[str, str]
    kept: tuple[Kept, ...]
    expires_at: datetime
