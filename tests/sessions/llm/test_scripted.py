"""The provider with known words at exact times."""

import asyncio
from contextlib import aclosing

import pytest

from sessions.errors import ProviderUnavailable
from sessions.llm.scripted import FAIL_AFTER_10, FAIL_BEFORE_FIRST, ScriptedProvider
from tests.prompts import make_prompt
from tests.virtual_time import in_virtual_time


async def _texts(provider: ScriptedProvider, text: str, into: list[str]) -> None:
    async with aclosing(provider.stream(make_prompt(text))) as chunks:
        async for chunk in chunks:
            into.append(chunk.text)


async def test_words_are_numbered_from_zero_and_the_end_counts_them() -> None:
    provider = ScriptedProvider(tokens=3, interval_ms=0)

    async with aclosing(provider.stream(make_prompt("hi there"))) as chunks:
        *words, last = [chunk async for chunk in chunks]

    assert [word.text for word in words] == ["w0 ", "w1 ", "w2 "]
    assert all(word.finish_reason is None for word in words)
    assert (last.finish_reason, last.model, last.text) == ("stop", "scripted", "")
    assert last.usage is not None
    assert last.usage.completion_tokens == 3
    assert last.usage.prompt_tokens > 0


@in_virtual_time
async def test_each_word_comes_at_its_own_time_however_slow_the_reader_is() -> None:
    loop, times = asyncio.get_running_loop(), []
    provider = ScriptedProvider(tokens=6, interval_ms=100, first_ms=500)

    async with aclosing(provider.stream(make_prompt())) as chunks:
        async for chunk in chunks:
            times.append(round(loop.time(), 6))
            if chunk.text == "w1 ":
                await asyncio.sleep(0.25)

    assert times == [0.5, 0.6, 0.85, 0.85, 0.9, 1.0, 1.0]


async def test_a_marked_prompt_fails_before_the_first_word() -> None:
    seen: list[str] = []

    with pytest.raises(ProviderUnavailable):
        await _texts(ScriptedProvider(), f"please {FAIL_BEFORE_FIRST} now", seen)

    assert seen == []


@pytest.mark.parametrize(("tokens", "before"), [(60, 10), (10, 10), (4, 4)])
async def test_a_marked_prompt_fails_after_ten_words_at_most(tokens: int, before: int) -> None:
    seen: list[str] = []

    with pytest.raises(ProviderUnavailable):
        await _texts(ScriptedProvider(tokens=tokens, interval_ms=0), FAIL_AFTER_10, seen)

    assert seen == [f"w{index} " for index in range(before)]
