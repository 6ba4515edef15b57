"""Words that are answered whatever else waits."""

import asyncio

from sessions.safety.classify import check

__all__ = ["is_urgent"]


async def is_urgent(text: str) -> bool:
    """Tell whether a message calls for human help: its answer takes no model and no tokens."""
    return await asyncio.to_thread(check, text) is not None
