"""Vectors off the event loop: encoded once, bounded, and never waited for long."""

import asyncio
import threading

import numpy as np
import pytest

from sessions.embedding import EncoderBusy, ThreadedEmbedder, Vector, meaning_of


class Slow:
    """An encoder that waits until it is let go."""

    id = "slow"
    dimensions = 2

    def __init__(self, *, free: bool = True) -> None:
        self.texts: list[str] = []
        self.gate = threading.Event()
        if free:
            self.gate.set()

    def encode(self, text: str, *, passage: bool = False) -> Vector:
        self.texts.append(text)
        assert self.gate.wait(10)
        if text == "bad":
            raise RuntimeError(text)
        return np.array([len(text), 1.0], np.float32)


async def test_equal_texts_are_encoded_once() -> None:
    slow = Slow()
    embedder = ThreadedEmbedder(slow)
    vectors = await embedder.embed(["a", "bb", "a"])
    assert [vector[0] for vector in vectors] == [1.0, 2.0, 1.0]
    await embedder.embed(["bb"])
    assert slow.texts == ["a", "bb"]
    assert (embedder.id, embedder.dimensions) == ("slow", 2)
    embedder.close()


async def test_a_full_line_refuses_at_once() -> None:
    slow = Slow(free=False)
    embedder = ThreadedEmbedder(slow, most_waiting=2)
    waiting = [asyncio.ensure_future(embedder.embed([text])) for text in ("a", "b")]
    await asyncio.wait(waiting, timeout=0)
    with pytest.raises(EncoderBusy):
        await embedder.embed(["c"])
    assert await meaning_of("c", embedder) is None
    slow.gate.set()
    await asyncio.gather(*waiting)
    assert len(await embedder.embed(["c"])) == 1
    embedder.close()


async def test_a_slow_vector_is_not_waited_for_and_is_there_the_next_time() -> None:
    slow = Slow(free=False)
    embedder = ThreadedEmbedder(slow)
    assert await meaning_of("a", embedder, patience_s=0) is None
    slow.gate.set()
    vector = await meaning_of("a", embedder, patience_s=10)
    assert vector is not None
    assert slow.texts == ["a"]
    embedder.close()


async def test_an_encoder_that_fails_says_so_and_is_asked_again() -> None:
    slow = Slow()
    embedder = ThreadedEmbedder(slow)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await embedder.embed(["bad"])
    assert slow.texts == ["bad", "bad"]
    embedder.close()


async def test_nothing_has_no_meaning() -> None:
    assert await meaning_of("hello", None) is None
    assert await meaning_of("  \n", ThreadedEmbedder(Slow())) is None
