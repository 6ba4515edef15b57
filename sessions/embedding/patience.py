"""A vector if there is one soon; nobody waits long for the meaning of a text."""

import asyncio

from .embedder import Embedder, EncoderBusy
from .encoder import Vector

__all__ = ["meaning_of"]


async def meaning_of(
    text: str, embedder: Embedder | None, *, patience_s: float = 0.15
) -> Vector | None:
    """Return the vector of `text`, or None without an encoder or when it is not ready in time."""
    if embedder is None or not text.strip():
        return None
    try:
        async with asyncio.timeout(patience_s):
            return (await embedder.embed([text]))[0]
    except (TimeoutError, EncoderBusy):
        return None
