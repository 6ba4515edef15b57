"""The OpenAI wire format over real HTTP, from servers that behave and servers that do not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest

from sessions.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from sessions.llm.openai import OpenAIProvider
from sessions.llm.provider import Chunk
from tests.llm_server import LLMServer
from tests.prompts import make_prompt
from tests.servers import free_port
from tests.virtual_time import in_virtual_time

KEY = "sk-very-secret"
WORDS = [f"w{index} " for index in range(12)]


@pytest.fixture
async def server() -> AsyncIterator[LLMServer]:
    async with LLMServer(tokens=12, interval_ms=0) as running:
        yield running


@pytest.fixture
async def provider(server: LLMServer) -> AsyncIterator[OpenAIProvider]:
    made = _provider(server.url)
    yield made
    await made.aclose()


def _provider(url: str, **changes: float) -> OpenAIProvider:
    return OpenAIProvider(base_url=url, api_key=KEY, model="test-model", **changes)  # type: ignore[arg-type]


async def _answer(provider: OpenAIProvider, text: str = "hello") -> list[Chunk]:
    async with aclosing(provider.stream(make_prompt(text))) as chunks:
        return [chunk async for chunk in chunks]


async def _collect(provider: OpenAIProvider, text: str, into: list[str]) -> None:
    async with aclosing(provider.stream(make_prompt(text))) as chunks:
        async for chunk in chunks:
            into.append(chunk.text)


async def _failure(provider: OpenAIProvider, text: str, after: int = 0) -> ProviderError:
    """Return the error that ends the answer after so many words."""
    seen: list[str] = []
    with pytest.raises(ProviderError) as raised:
        await _collect(provider, text, seen)
    assert seen == WORDS[:after]
    return raised.value


async def test_an_answer_is_streamed_with_its_usage_model_and_reason(
    server: LLMServer, provider: OpenAIProvider
) -> None:
    *words, last = await _answer(provider)

    assert [word.text for word in words] == WORDS
    assert last.finish_reason == "stop"
    assert last.model == "served-model"
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (7, 12)


async def test_the_request_is_what_the_wire_format_asks_for(
    server: LLMServer, provider: OpenAIProvider
) -> None:
    await _answer(provider, "안녕")

    assert server.requests == [
        {
            "model": "test-model",
            "messages": [
                {"role": "system", "content": "You are Lua, a calm mentor."},
                {"role": "user", "content": "안녕"},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0.7,
            "max_tokens": 800,
        }
    ]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


async def test_without_a_key_no_authorization_is_sent(server: LLMServer) -> None:
    provider = OpenAIProvider(base_url=f"{server.url}/", api_key=" ", model="m", name="ollama")
    await _answer(provider)
    await provider.aclose()

    assert "authorization" not in server.headers[0]
    assert provider.name == "ollama"


def test_a_key_that_no_header_can_carry_is_refused_without_naming_it() -> None:
    with pytest.raises(ValueError, match="no header can carry") as raised:
        OpenAIProvider(base_url="http://127.0.0.1", api_key="sk-\x07비밀", model="m")

    assert "sk-" not in str(raised.value)


@pytest.mark.parametrize(
    "marker", ["LOOSE", "NO_DONE", "NO_USAGE", "NO_USAGE NO_DONE", "NO_FINISH", "LOOSE NO_DONE"]
)
async def test_the_spellings_of_many_servers_are_understood(
    provider: OpenAIProvider, marker: str
) -> None:
    *words, last = await _answer(provider, marker)

    assert [word.text for word in words] == WORDS
    assert last.finish_reason == "stop"
    assert (last.usage is None) == ("NO_USAGE" in marker)


async def test_characters_that_packets_split_come_out_whole(provider: OpenAIProvider) -> None:
    *words, last = await _answer(provider, "BYTES")

    assert [word.text for word in words] == [f"낱말🌱{index} " for index in range(12)]
    assert last.finish_reason == "stop"


@pytest.mark.parametrize(
    ("wire", "ours"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "safety"), ("eos", "stop")],
)
async def test_finish_reasons_are_translated(
    provider: OpenAIProvider, wire: str, ours: str
) -> None:
    assert (await _answer(provider, f"FINISH_{wire}"))[-1].finish_reason == ours


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
async def test_a_refused_request_is_not_worth_repeating(
    provider: OpenAIProvider, status: int
) -> None:
    error = await _failure(provider, f"STATUS_{status}")

    assert isinstance(error, ProviderRejected)
    assert not error.retryable


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_a_busy_or_broken_server_is_unavailable(
    provider: OpenAIProvider, status: int
) -> None:
    error = await _failure(provider, f"STATUS_{status} RETRY_AFTER_7")

    assert isinstance(error, ProviderUnavailable)
    assert error.retryable
    assert error.retry_after_ms == 7000


async def test_nobody_listening_is_unavailable() -> None:
    provider = _provider(f"http://127.0.0.1:{free_port()}/v1")

    assert isinstance(await _failure(provider, "hello"), ProviderUnavailable)
    await provider.aclose()


async def test_an_address_that_is_no_web_address_is_rejected() -> None:
    provider = _provider("localhost/v1")

    assert isinstance(await _failure(provider, "hello"), ProviderRejected)
    await provider.aclose()


@pytest.mark.parametrize(
    "marker", ["GARBAGE_{n}", "CUT_{n}", "END_{n}", "ERROR_{n}", "FINISH_error"]
)
@pytest.mark.parametrize("words", [0, 5])
async def test_a_broken_stream_is_unavailable_after_the_words_that_came(
    provider: OpenAIProvider, marker: str, words: int
) -> None:
    after = 12 if marker == "FINISH_error" else words
    error = await _failure(provider, marker.format(n=words), after)

    assert isinstance(error, ProviderUnavailable)


async def test_an_endless_line_is_no_answer() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\ndata: " + b"x" * 3_000_000)
        writer.close()

    async with await asyncio.start_server(endless, "127.0.0.1", 0) as listener:
        provider = _provider(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1")
        error = await _failure(provider, "hello")
        await provider.aclose()

    assert isinstance(error, ProviderUnavailable)


@pytest.mark.parametrize(("marker", "words"), [("SLOW_60000", 0), ("STALL_0", 0), ("STALL_5", 5)])
async def test_silence_is_a_timeout(server: LLMServer, marker: str, words: int) -> None:
    provider = _provider(server.url, first_token_timeout_s=0.2, idle_timeout_s=0.1)
    error = await _failure(provider, marker, words)
    await provider.aclose()

    assert isinstance(error, ProviderTimeout)
    assert error.retryable
    await server.until(cancelled=1)


async def test_a_server_that_takes_connections_but_never_answers_is_a_timeout() -> None:
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        left.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
        provider = _provider(url, first_token_timeout_s=0.1)
        error = await _failure(provider, "hello")
        async with asyncio.timeout(5):
            await left.wait()
        await provider.aclose()

    assert isinstance(error, ProviderTimeout)


class Timed(httpx.AsyncByteStream):
    """A response's body whose blocks come after given pauses."""

    def __init__(self, *blocks: tuple[float, str]) -> None:
        self._blocks = blocks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for pause_s, text in self._blocks:
            await asyncio.sleep(pause_s)
            yield text.encode()


def _timed(*blocks: tuple[float, str]) -> OpenAIProvider:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Timed(*blocks)))
    client = httpx.AsyncClient(transport=transport)
    return OpenAIProvider(base_url="http://llm", api_key="", model="m", client=client)


def _word(text: str) -> str:
    return f'data: {{"choices": [{{"delta": {{"content": "{text}"}}}}]}}\n\n'


STOP = 'data: {"choices": [{"finish_reason": "stop"}]}\n\n'


@in_virtual_time
async def test_a_slow_reader_is_not_a_silent_server() -> None:
    provider = _timed((0, _word("w0")), (19, _word("w1")), (19, STOP))
    words = []
    async with aclosing(provider.stream(make_prompt())) as chunks:
        async for chunk in chunks:
            words.append(chunk.text)
            await asyncio.sleep(100)

    assert words == ["w0", "w1", ""]


@in_virtual_time
async def test_comments_and_roles_are_no_sign_of_an_answer() -> None:
    role = 'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n'
    provider = _timed(*[(5, role), (5, ": keep-alive\n\n")] * 9)

    assert isinstance(await _failure(provider, "hello"), ProviderTimeout)
    assert asyncio.get_running_loop().time() == 20


@in_virtual_time
async def test_after_the_first_word_only_events_put_the_timeout_off() -> None:
    provider = _timed((1, _word("w0 ")), *[(7, ": keep-alive\n\n")] * 9)

    assert isinstance(await _failure(provider, "hello", after=1), ProviderTimeout)
    assert asyncio.get_running_loop().time() == 21


@in_virtual_time
async def test_a_finished_answer_waits_two_seconds_for_its_usage() -> None:
    *words, last = await _answer(_timed((1, _word("w0")), (1, STOP), (60, "data: [DONE]\n\n")))

    assert [word.text for word in words] == ["w0"]
    assert last.finish_reason == "stop"
    assert asyncio.get_running_loop().time() == 4


@in_virtual_time
async def test_a_response_that_does_not_end_after_its_last_event_is_left() -> None:
    done = "data: [DONE]\n\n"

    *_, last = await _answer(_timed((1, _word("w0") + STOP + done), (60, "")))

    assert last.finish_reason == "stop"
    assert asyncio.get_running_loop().time() == 1.25


async def test_closing_the_iterator_cancels_the_request(server: LLMServer) -> None:
    server.interval_ms = 60_000
    provider = _provider(server.url)
    chunks = provider.stream(make_prompt())
    assert (await anext(chunks)).text == "w0 "
    await chunks.aclose()
    # long before the next word
    await server.until(cancelled=1)
    await provider.aclose()


@pytest.mark.parametrize("marker", ["SLOW_60000", "STALL_5"])
async def test_cancelling_the_reader_cancels_the_request(
    server: LLMServer, provider: OpenAIProvider, marker: str
) -> None:
    task = asyncio.create_task(_answer(provider, marker))
    while not server.requests:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.until(cancelled=1)


async def test_whole_answers_share_a_connection(
    server: LLMServer, provider: OpenAIProvider
) -> None:
    for _ in range(5):
        await _answer(provider)

    assert server.connections == 1
    assert server.answered == 5


async def test_no_answer_waits_for_another_to_end(
    server: LLMServer, provider: OpenAIProvider
) -> None:
    streams = [provider.stream(make_prompt("STALL_1")) for _ in range(150)]

    begun = await asyncio.gather(*(anext(stream) for stream in streams))

    assert [chunk.text for chunk in begun] == ["w0 "] * 150
    for stream in streams:
        await stream.aclose()
    await server.until(cancelled=150)


@pytest.mark.parametrize(
    ("field", "instead"),
    [("stream_options", None), ("temperature", None), ("max_tokens", "max_completion_tokens")],
)
async def test_a_field_that_the_server_refuses_is_left_out_from_then_on(
    server: LLMServer, provider: OpenAIProvider, field: str, instead: str | None
) -> None:
    first = await _answer(provider, f"REFUSES_{field}")
    again = await _answer(provider, f"REFUSES_{field}")

    assert [chunk.text for chunk in first] == [chunk.text for chunk in again] == [*WORDS, ""]
    assert [field in request for request in server.requests] == [True, False, False]
    assert instead is None or [instead in request for request in server.requests][1:] == [True] * 2


async def test_of_a_long_complaint_only_the_beginning_is_read() -> None:
    asked = []

    def complain(request: httpx.Request) -> httpx.Response:
        asked.append(b"temperature" in request.content)
        return httpx.Response(400, stream=Timed(*[(0, "x" * 9000)] * 2, (0, "temperature")))

    async with httpx.AsyncClient(transport=httpx.MockTransport(complain)) as client:
        provider = OpenAIProvider(base_url="http://llm", api_key="", model="m", client=client)
        await _failure(provider, "hello")

    assert asked == [True, True]


async def test_a_server_that_has_answered_is_not_asked_differently(
    server: LLMServer, provider: OpenAIProvider
) -> None:
    await _answer(provider)
    await _failure(provider, "STATUS_400")

    assert len(server.requests) == 2


@pytest.mark.parametrize("marker", ["STATUS_400", "STATUS_503", "ERROR_3", "GARBAGE_3", "CUT_3"])
async def test_errors_and_logs_hold_neither_text_nor_key(
    provider: OpenAIProvider, marker: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(ProviderError) as raised:
        await _answer(provider, f"my private words {marker}")
    error: BaseException | None = raised.value
    told = [raised.value.message, caplog.text]
    while error is not None:
        told.append(repr(error))
        error = error.__cause__ or error.__context__

    assert all(told)
    for hidden in (KEY, "private words", "secret details", "w2"):
        assert hidden not in "".join(told)


async def test_a_client_that_was_handed_in_stays_open(server: LLMServer) -> None:
    async with httpx.AsyncClient() as client:
        provider = OpenAIProvider(base_url=server.url, api_key=KEY, model="m", client=client)
        await provider.aclose()

        assert not client.is_closed
        assert len(await _answer(provider)) == 13
