"""Vectors without holding up the event loop: one thread, a bounded queue, a memory of digests."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from typing import Protocol

from cachetools import LRUCache

from sessions.errors import Overloaded

from .encoder import Encoder, Vector

__all__ = ["Embedder", "EncoderBusy", "ThreadedEmbedder"]


class EncoderBusy(Overloaded):
    """More texts wait for the encoder than it will keep."""


class Embedder(Protocol):
    """Gives the vectors of texts; vectors of different `id`s can't be compared."""

    @property
    def id(self) -> str:
        """Return the name that is stored with every vector."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        ...

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        """Return one unit vector for each text, see Encoder.encode; raises EncoderBusy."""
        ...


class ThreadedEmbedder:
    """Encodes in one thread; `most_waiting` bounds the texts in line, `most_kept` the memory.

    A caller that gives up leaves its text in the works, and the vector is there the next time.
    """

    def __init__(self, encoder: Encoder, *, most_waiting: int = 8, most_kept: int = 2048) -> None:
        self._encoder = encoder
        self._most_waiting = most_waiting
        self._kept: LRUCache[bytes, Vector] = LRUCache(most_kept)
        self._waiting: dict[bytes, asyncio.Future[Vector]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")

    @property
    def id(self) -> str:
        """Return the encoder's id."""
        return self._encoder.id

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return self._encoder.dimensions

    async def embed(self, texts: Sequence[str], *, passages: bool = False) -> list[Vector]:
        """Return one unit vector for each text; equal texts are encoded once.

        Raises EncoderBusy at once when the line is full.
        """
        return list(await asyncio.gather(*(self._one(text, passages) for text in texts)))

    def close(self) -> None:
        """End the thread after the text that it is at."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _one(self, text: str, passage: bool) -> Vector:
        hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
        key = hashed.digest() + bytes([passage])
        if (known := self._kept.get(key)) is not None:
            return known
        if (begun := self._waiting.get(key)) is None:
            if len(self._waiting) >= self._most_waiting:
                raise EncoderBusy
            loop = asyncio.get_running_loop()
            encode = partial(self._encoder.encode, text, passage=passage)
            begun = loop.run_in_executor(self._thread, encode)
            self._waiting[key] = begun
            begun.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(begun)

    def _keep(self, key: bytes, done: "asyncio.Future[Vector]") -> None:
        self._waiting.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._kept[key] = done.result()
