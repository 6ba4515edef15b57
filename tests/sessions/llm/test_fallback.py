"""Several providers as one: who is asked, when, and what the reader gets."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from sessions.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from sessions.llm.fallback import FallbackProvider
from sessions.llm.openai import OpenAIProvider
from sessions.llm.provider import Chunk, Prompt, Provider
from sessions.llm.scripted import ScriptedProvider
from tests.clocks import FakeClock
from tests.llm_server import LLMServer
from tests.prompts import make_prompt
from tests.virtual_time import LoopClock, in_virtual_time

Step = Chunk | float | Exception
END = Chunk(finish_reason="stop", model="told")


class Told:
    """Does what it is told: yields chunks, waits seconds, raises; call by call, the last again."""

    def __init__(self, *calls: Sequence[Step], name: str = "told") -> None:
        self.name = name
        self.calls = 0
        self.open = 0
        self.closed = False
        self._calls = calls

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        steps = self._calls[min(self.calls, len(self._calls) - 1)]
        self.calls += 1
        self.open += 1
        try:
            for step in steps:
                if isinstance(step, Chunk):
                    yield step
                elif isinstance(step, Exception):
                    raise step
                else:
                    await asyncio.sleep(step)
        finally:
            self.open -= 1

    async def aclose(self) -> None:
        self.closed = True


def _says(*words: str) -> list[Step]:
    return [*(Chunk(text=word) for word in words), END]


async def _texts(provider: Provider, into: list[str] | None = None, text: str = "hi") -> list[str]:
    texts: list[str] = [] if into is None else into
    async with aclosing(provider.stream(make_prompt(text))) as chunks:
        async for chunk in chunks:
            texts.append(chunk.text)
    return texts


async def _error(provider: Provider, *, after: Sequence[str] = ()) -> ProviderError:
    seen: list[str] = []
    with pytest.raises(ProviderError) as raised:
        await _texts(provider, seen)
    assert seen == list(after)
    return raised.value


def _now() -> float:
    return asyncio.get_running_loop().time()


def test_without_providers_there_is_no_fallback() -> None:
    with pytest.raises(ValueError, match="at least one"):
        FallbackProvider([], clock=FakeClock())


async def test_the_first_provider_answers_and_gives_its_name() -> None:
    first, second = Told(_says("a", "b"), name="first"), Told(_says("c"))
    provider = FallbackProvider([first, second], clock=FakeClock())

    assert await _texts(provider) == ["a", "b", ""]
    assert provider.name == "first"
    assert (first.calls, second.calls) == (1, 0)


@in_virtual_time
async def test_a_provider_that_fails_once_is_asked_again() -> None:
    first = Told([ProviderUnavailable()], _says("a"))
    provider = FallbackProvider([first, Told(_says("b"))], clock=LoopClock())

    assert await _texts(provider) == ["a", ""]
    assert first.calls == 2
    assert _now() == 0.25


@in_virtual_time
async def test_a_provider_that_keeps_failing_is_left_for_the_next() -> None:
    first, second = Told([ProviderUnavailable()]), Told(_says("b"))
    provider = FallbackProvider([first, second], clock=LoopClock(), retries_before_first=2)

    assert await _texts(provider) == ["b", ""]
    assert (first.calls, first.open, second.calls) == (3, 0, 1)


@pytest.mark.parametrize(
    "error", [ProviderRejected(), ProviderTimeout(), ProviderUnavailable(retry_after_ms=2001)]
)
@in_virtual_time
async def test_what_a_retry_cannot_mend_goes_to_the_next_at_once(error: ProviderError) -> None:
    first, second = Told([error]), Told(_says("b"))
    provider = FallbackProvider([first, second], clock=LoopClock())

    assert await _texts(provider) == ["b", ""]
    assert (first.calls, _now()) == (1, 0)


@in_virtual_time
async def test_a_retry_waits_as_long_as_the_provider_asks() -> None:
    first = Told([ProviderUnavailable(retry_after_ms=1500)], _says("a"))

    assert await _texts(FallbackProvider([first], clock=LoopClock())) == ["a", ""]
    assert _now() == 1.5


@in_virtual_time
@pytest.mark.parametrize("failing", [False, True])
async def test_a_chunk_tells_whether_another_stood_in(failing: bool) -> None:
    first = Told([ProviderRejected()] if failing else _says("a"), name="openai")
    provider = FallbackProvider([first, Told(_says("b"), name="openai")], clock=LoopClock())
    async with aclosing(provider.stream(make_prompt())) as chunks:
        stood_in = [chunk.stood_in async for chunk in chunks]

    assert stood_in == [failing, failing]


@in_virtual_time
async def test_what_came_before_the_first_text_of_a_failed_attempt_is_not_passed_on() -> None:
    role = Chunk(text="", model="failed")
    first = Told([role, ProviderUnavailable()], [role, ProviderUnavailable()])
    second = Told([Chunk(model="second"), Chunk(text="b"), END])
    models = []
    async with aclosing(
        FallbackProvider([first, second], clock=LoopClock()).stream(make_prompt())
    ) as chunks:
        async for chunk in chunks:
            models.append(chunk.model)

    assert models == ["second", None, "told"]


@pytest.mark.parametrize("error", [ProviderUnavailable(), ProviderTimeout(), ProviderRejected()])
async def test_after_the_first_text_errors_go_through(error: ProviderError) -> None:
    first, second = Told([Chunk(text="a"), error]), Told(_says("b"))
    provider = FallbackProvider([first, second], clock=FakeClock())

    assert await _error(provider, after=["a"]) is error
    assert (first.calls, first.open, second.calls) == (1, 0, 0)


@pytest.mark.parametrize("steps", [[END], [Chunk(text=""), END], []])
@in_virtual_time
async def test_an_answer_without_a_word_is_none(steps: list[Step]) -> None:
    assert await _texts(FallbackProvider([Told(steps), Told(_says("b"))], clock=LoopClock())) == [
        "b",
        "",
    ]


async def test_an_answer_that_safety_withholds_is_one() -> None:
    withheld = Told([Chunk(finish_reason="safety")])
    provider = FallbackProvider([withheld, Told(_says("b"))], clock=FakeClock())

    assert await _texts(provider) == [""]


@pytest.mark.parametrize(
    ("errors", "raised"),
    [
        ([ProviderUnavailable("1"), ProviderTimeout("2")], "2"),
        ([ProviderRejected("1"), ProviderUnavailable("2")], "2"),
        ([ProviderUnavailable("1"), ProviderRejected("2")], "1"),
        ([ProviderRejected("1"), ProviderRejected("2")], "2"),
    ],
)
@in_virtual_time
async def test_when_all_fail_the_last_error_that_may_pass_is_raised(
    errors: list[ProviderError], raised: str
) -> None:
    told = [Told([error]) for error in errors]
    error = await _error(FallbackProvider(told, clock=LoopClock()))

    assert error.message == raised
    assert error.retryable == any(each.retryable for each in errors)


@in_virtual_time
async def test_a_silent_provider_is_left_at_its_deadline() -> None:
    first, second = Told([60.0]), Told(_says("b"))
    provider = FallbackProvider([first, second], clock=LoopClock(), first_token_deadline_s=7)

    assert await _texts(provider) == ["b", ""]
    assert (first.calls, first.open, _now()) == (1, 0, 7)


@in_virtual_time
async def test_retries_share_the_deadline_of_the_first_text() -> None:
    first = Told([4.0, ProviderUnavailable()])
    provider = FallbackProvider(
        [first], clock=LoopClock(), first_token_deadline_s=10, retries_before_first=9
    )

    assert isinstance(await _error(provider), ProviderTimeout)
    assert (first.calls, _now()) == (3, 10)


@in_virtual_time
async def test_a_retry_that_could_not_begin_in_time_is_not_made() -> None:
    first = Told([4.9, ProviderUnavailable()])
    provider = FallbackProvider([first], clock=LoopClock(), first_token_deadline_s=5)

    assert isinstance(await _error(provider), ProviderUnavailable)
    assert (first.calls, _now()) == (1, 4.9)


@in_virtual_time
async def test_the_whole_answer_has_a_deadline() -> None:
    endless = Told([step for _ in range(100) for step in (1.0, Chunk(text="a"))])
    provider = FallbackProvider([endless], clock=LoopClock(), total_deadline_s=4.5)

    assert isinstance(await _error(provider, after=["a"] * 4), ProviderTimeout)
    assert (endless.open, _now()) == (0, 4.5)


@in_virtual_time
async def test_after_the_whole_deadline_nobody_else_is_asked() -> None:
    first, second = Told([60.0]), Told(_says("b"))
    provider = FallbackProvider([first, second], clock=LoopClock(), total_deadline_s=5)

    assert isinstance(await _error(provider), ProviderTimeout)
    assert (second.calls, _now()) == (0, 5)


@in_virtual_time
async def test_a_provider_that_failed_often_rests_and_comes_back_with_one_probe() -> None:
    first = Told(*[[ProviderUnavailable()]] * 5, _says("a"))
    provider = FallbackProvider(
        [first, Told(_says("b"))], clock=LoopClock(), retries_before_first=0
    )
    for _ in range(7):
        assert await _texts(provider) == ["b", ""]
    assert first.calls == 5

    await asyncio.sleep(10)
    together = await asyncio.gather(_texts(provider), _texts(provider))

    assert first.calls in (6, 7)
    assert ["a", ""] in together
    assert await _texts(provider) == ["a", ""]


@in_virtual_time
async def test_when_everyone_rests_the_error_says_for_how_long() -> None:
    only = Told([ProviderUnavailable()])
    provider = FallbackProvider([only], clock=LoopClock())
    for _ in range(3):
        await _error(provider)
    calls, began = only.calls, _now()

    error = await _error(provider)

    assert (only.calls, calls, _now()) == (5, 5, began)
    assert error.retryable
    assert error.retry_after_ms == 10_000


@in_virtual_time
async def test_refusals_of_requests_do_not_silence_a_provider() -> None:
    first = Told(*[[ProviderRejected()]] * 20, _says("a"))
    provider = FallbackProvider([first, Told(_says("b"))], clock=LoopClock())
    for _ in range(20):
        assert await _texts(provider) == ["b", ""]

    assert await _texts(provider) == ["a", ""]


@in_virtual_time
async def test_answers_that_are_cut_off_silence_a_provider() -> None:
    first = Told([Chunk(text="a"), ProviderUnavailable()])
    provider = FallbackProvider([first, Told(_says("b"))], clock=LoopClock())
    for _ in range(5):
        await _error(provider, after=["a"])

    assert await _texts(provider) == ["b", ""]


@in_virtual_time
async def test_a_probe_whose_reader_leaves_does_not_keep_others_out() -> None:
    first = Told(*[[ProviderUnavailable()]] * 5, [60.0], _says("a"))
    provider = FallbackProvider(
        [first, Told(_says("b"))], clock=LoopClock(), retries_before_first=0
    )
    for _ in range(5):
        await _texts(provider)
    await asyncio.sleep(10)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_texts(provider), timeout=1)
    assert first.open == 0

    assert await _texts(provider) == ["a", ""]


@pytest.mark.parametrize("error", [RuntimeError("a slip"), TimeoutError("its own")])
async def test_an_error_that_no_provider_should_raise_goes_through(error: Exception) -> None:
    first, second = Told([error]), Told(_says("b"))
    with pytest.raises(type(error), match=str(error)):
        await _texts(FallbackProvider([first, second], clock=FakeClock()))

    assert (first.open, second.calls) == (0, 0)


async def test_failures_are_told_to_operators_without_text_or_key() -> None:
    first = Told([ProviderRejected("The language model answered with status 401.")], name="one")
    with capture_logs() as logs:
        await _texts(
            FallbackProvider([first, Told(_says("b"))], clock=FakeClock()), text="private words"
        )

    assert logs == [
        {
            "event": "provider_failed",
            "log_level": "warning",
            "provider": "one",
            "error": "ProviderRejected",
            "reason": "The language model answered with status 401.",
            "breaker": "closed",
        }
    ]


async def test_a_reader_that_leaves_closes_the_answer_at_once() -> None:
    told = Told(_says("a", "b"))
    chunks = FallbackProvider([told], clock=FakeClock()).stream(make_prompt())
    assert (await anext(chunks)).text == "a"
    assert told.open == 1

    await chunks.aclose()

    assert told.open == 0


class Broken(Told):
    """Cannot even be closed."""

    async def aclose(self) -> None:
        raise RuntimeError("stuck")


async def test_closing_closes_every_provider_even_after_one_that_cannot_be() -> None:
    first, last = Told(_says("a")), Told(_says("c"))
    with pytest.raises(RuntimeError, match="stuck"):
        await FallbackProvider([first, Broken(_says("b")), last], clock=FakeClock()).aclose()

    assert first.closed
    assert last.closed


@pytest.fixture
async def server() -> AsyncIterator[LLMServer]:
    async with LLMServer(tokens=12, interval_ms=0) as running:
        yield running


@pytest.fixture
async def chain(server: LLMServer) -> AsyncIterator[FallbackProvider]:
    """A language model over real HTTP, and the scripted one behind it."""
    first = OpenAIProvider(base_url=server.url, api_key="k", model="m")
    made = FallbackProvider([first, ScriptedProvider(tokens=3, interval_ms=0)], clock=LoopClock())
    yield made
    await made.aclose()


@pytest.mark.parametrize(
    ("marker", "requests"),
    [("STATUS_503", 2), ("STATUS_401", 1), ("CUT_0", 2), ("GARBAGE_0", 2), ("EMPTY", 2)],
)
async def test_over_http_the_next_provider_answers_when_the_first_does_not(
    server: LLMServer, chain: FallbackProvider, marker: str, requests: int
) -> None:
    assert await _texts(chain, text=marker) == ["w0 ", "w1 ", "w2 ", ""]
    assert len(server.requests) == requests


@pytest.mark.parametrize("marker", ["CUT_5", "ERROR_5", "GARBAGE_5", "END_5"])
async def test_over_http_an_answer_that_breaks_off_is_neither_mended_nor_doubled(
    server: LLMServer, chain: FallbackProvider, marker: str
) -> None:
    seen: list[str] = []
    with pytest.raises(ProviderUnavailable):
        await _texts(chain, seen, marker)

    assert seen == [f"w{index} " for index in range(5)]
    assert len(server.requests) == 1


@pytest.mark.parametrize("marker", ["SLOW_60000", "STALL_5"])
async def test_over_http_cancelling_leaves_no_request_and_no_task(
    server: LLMServer, chain: FallbackProvider, marker: str
) -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(_texts(chain, text=marker))
    while not server.requests:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.until(cancelled=1)
    async with asyncio.timeout(5):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left)

    assert len(server.requests) == 1
