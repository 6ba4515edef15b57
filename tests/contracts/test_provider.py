"""What every provider of answers does, whoever it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing

import pytest

from sessions.clock import SystemClock
from sessions.llm.fallback import FallbackProvider
from sessions.llm.offline import OfflineProvider
from sessions.llm.openai import OpenAIProvider
from sessions.llm.provider import Chunk, Prompt, Provider
from sessions.llm.scripted import ScriptedProvider
from tests.llm_server import LLMServer
from tests.prompts import make_prompt


class Subject:
    """A provider, and the language model server behind it if there is one."""

    def __init__(self, provider: Provider, server: LLMServer | None = None) -> None:
        self.provider = provider
        self.server = server

    async def answer(self, prompt: Prompt) -> list[Chunk]:
        """Return all chunks."""
        async with aclosing(self.provider.stream(prompt)) as chunks:
            return [chunk async for chunk in chunks]


@pytest.fixture(params=["scripted", "offline", "openai", "fallback", "fallback to the second"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with AsyncExitStack() as stack:
        made = await _subject(request.param, stack)
        stack.push_async_callback(made.provider.aclose)
        yield made


async def _subject(kind: str, stack: AsyncExitStack) -> Subject:
    if kind == "scripted":
        return Subject(ScriptedProvider(tokens=30, interval_ms=0))
    if kind == "offline":
        return Subject(OfflineProvider(interval_ms=0))
    server = await stack.enter_async_context(LLMServer(tokens=30, interval_ms=1))
    openai = OpenAIProvider(base_url=server.url, api_key="key", model="m")
    if kind == "openai":
        return Subject(openai, server)
    providers: list[Provider] = [openai]
    if kind == "fallback to the second":
        unreachable = await stack.enter_async_context(LLMServer(behaviour="STATUS_401"))
        providers.insert(0, OpenAIProvider(base_url=unreachable.url, api_key="key", model="m"))
    return Subject(FallbackProvider(providers, clock=SystemClock()), server)


def _text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


async def test_it_has_a_name(subject: Subject) -> None:
    assert subject.provider.name in {"scripted", "offline", "openai"}


async def test_an_answer_is_several_pieces_whose_text_is_whole(subject: Subject) -> None:
    chunks = await subject.answer(make_prompt("I want to change my job and don't know how."))
    again = await subject.answer(make_prompt("I want to change my job and don't know how."))

    assert len([chunk for chunk in chunks if chunk.text]) > 5
    assert _text(chunks) == _text(again)
    if subject.provider.name != "offline":
        assert _text(chunks) == "".join(f"w{index} " for index in range(30))


async def test_the_last_chunk_and_no_other_says_why_it_ended(subject: Subject) -> None:
    *pieces, last = await subject.answer(make_prompt())

    assert last.finish_reason == "stop"
    assert last.model
    assert last.usage is not None
    assert last.usage.prompt_tokens > 0
    assert last.usage.completion_tokens > 0
    assert all(piece.finish_reason is None for piece in pieces)


async def test_closing_in_the_middle_ends_the_answer_and_its_request(subject: Subject) -> None:
    chunks = subject.provider.stream(make_prompt())
    assert (await anext(chunks)).text

    await chunks.aclose()

    with pytest.raises(StopAsyncIteration):
        await anext(chunks)
    if subject.server is not None:
        await subject.server.until(cancelled=1)


async def test_cancelling_the_reader_goes_through_and_leaves_no_task(subject: Subject) -> None:
    before, begun = asyncio.all_tasks(), asyncio.Event()

    async def read() -> None:
        async with aclosing(subject.provider.stream(make_prompt())) as chunks:
            async for _ in chunks:
                begun.set()

    reading = asyncio.create_task(read())
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    if subject.server is not None:
        await subject.server.until(cancelled=1)
    async with asyncio.timeout(5):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)


async def test_answers_that_stream_at_once_do_not_mix(subject: Subject) -> None:
    texts = ["I am tired of my exams.", "면접이 너무 걱정돼요.", "Teach me to plan a week."]
    prompts = [make_prompt(text, language="ko" if text[0] > "z" else "en") for text in texts]
    alone = [_text(await subject.answer(prompt)) for prompt in prompts]

    together = await asyncio.gather(*(subject.answer(prompt) for prompt in prompts * 3))

    assert [_text(chunks) for chunks in together] == alone * 3


async def test_a_stream_that_was_left_does_not_disturb_the_next(subject: Subject) -> None:
    whole = _text(await subject.answer(make_prompt()))
    async with aclosing(subject.provider.stream(make_prompt())) as chunks:
        await anext(chunks)

    assert _text(await subject.answer(make_prompt())) == whole
