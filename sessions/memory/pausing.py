"""When a user wants nothing to be remembered: settings with the pauses there were."""

from contextlib import suppress
from datetime import datetime

from msgspec import structs

from sessions.clock import Clock
from sessions.errors import Conflict, Duplicate
from sessions.stores.documents import Documents

from .documents import MEMORY_SETTINGS, MemorySettings, Pause

__all__ = ["load_settings", "write_pause"]

_MOST_PAUSES = 100


async def load_settings(documents: Documents, user_id: str) -> MemorySettings:
    """Return how a user wants to be remembered; raises StoreUnavailable."""
    stored = await documents.get(MEMORY_SETTINGS, user_id)
    return stored or MemorySettings(id=user_id)


async def write_pause(
    documents: Documents, user_id: str, paused: bool, clock: Clock
) -> MemorySettings:
    """Begin a pause or end it, and return the settings; raises StoreUnavailable."""
    while True:
        stored = await documents.get(MEMORY_SETTINGS, user_id)
        known = stored or MemorySettings(id=user_id)
        wanted = _paused(known, paused, clock.now())
        with suppress(Conflict, Duplicate):
            if stored is not None:
                return await documents.replace(MEMORY_SETTINGS, wanted)
            await documents.insert(MEMORY_SETTINGS, wanted)
            return wanted


def _paused(known: MemorySettings, paused: bool, now: datetime) -> MemorySettings:
    """Return settings with a pause begun or ended at `now`; long ago, short breaks are forgotten.

    So the list stays short, and nothing is indexed that should not be.
    """
    pauses = known.pauses
    if paused and not known.paused:
        pauses += (Pause(since=now),)
    elif not paused and pauses and pauses[-1].until is None:
        pauses = (*pauses[:-1], structs.replace(pauses[-1], until=now))
    if len(pauses) > _MOST_PAUSES:
        one, two, *rest = pauses
        pauses = (structs.replace(one, until=two.until), *rest)
    return structs.replace(known, paused=paused, pauses=pauses, updated_at=now)
