"""A provider that speaks the OpenAI chat wire format to any base URL."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

import httpx

from sessions.errors import ProviderRejected, ProviderTimeout, ProviderUnavailable
from sessions.llm.provider import Chunk, Prompt
from sessions.llm.sse import Event, EventTooLong, SSEParser
from sessions.llm.wire import Dialect, WireAnswer, adapted, encode_request, refusal

__all__ = ["OpenAIProvider"]

_USAGE_WITHIN_S = 2.0
_END_WITHIN_S = 0.25
_COMPLAINT_BYTES = 16_384


class OpenAIProvider:
    """Streams from OpenAI, Gemini's and Anthropic's compatible endpoints, vLLM, Ollama, llama.cpp.

    `first_token_timeout_s` runs from the request to the first text, `idle_timeout_s` between
    events after it (comments that only keep the connection open do not count). A `client` that is
    handed in stays open. Raises ValueError when the key cannot stand in a header.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        model: str,
        client: httpx.AsyncClient | None = None,
        connect_timeout_s: float = 5,
        first_token_timeout_s: float = 20,
        idle_timeout_s: float = 20,
        name: str = "openai",
    ) -> None:
        self._url = httpx.URL(f"{base_url.rstrip('/')}/chat/completions")
        self._headers = _headers(api_key)
        self._model = model
        self._own_client = client is None
        # a limit would make an answer wait for another to end
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        self._client = client or httpx.AsyncClient(limits=limits)
        self._timeout = httpx.Timeout(None, connect=connect_timeout_s)
        self._first_token_timeout_s = first_token_timeout_s
        self._idle_timeout_s = idle_timeout_s
        self._name = name
        self._dialect = Dialect()
        self._understood = False

    @property
    def name(self) -> str:
        """Return the provider's name as the settings spell it."""
        return self._name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the answer's text as it comes, then its end with usage when the server counts.

        Raises ProviderRejected, ProviderTimeout, ProviderUnavailable.
        """
        answer = WireAnswer(self._model)
        begin_by = asyncio.get_running_loop().time() + self._first_token_timeout_s
        async with (
            aclosing(await self._open(prompt, begin_by)) as response,
            aclosing(self._texts(response, answer, begin_by)) as texts,
        ):
            async for text in texts:
                yield Chunk(text=text)
        yield answer.last()

    async def aclose(self) -> None:
        """Release connections."""
        if self._own_client:
            await self._client.aclose()

    async def _open(self, prompt: Prompt, deadline: float) -> httpx.Response:
        """Return the answering response; until one succeeds, learn what the server understands."""
        dialect: Dialect | None = self._dialect
        while dialect is not None:
            response = await self._post(
                encode_request(prompt, model=self._model, dialect=dialect), deadline
            )
            if response.is_success:
                self._dialect, self._understood = dialect, True
                return response
            async with aclosing(response):
                if self._understood or response.status_code not in (400, 422):
                    break
                dialect = adapted(dialect, await _complaint(response, deadline))
        raise refusal(response.status_code, response.headers)

    async def _post(self, body: bytes, deadline: float) -> httpx.Response:
        request = self._client.build_request(
            "POST", self._url, content=body, headers=self._headers, timeout=self._timeout
        )
        try:
            async with asyncio.timeout_at(deadline):
                return await self._client.send(request, stream=True)
        except (TimeoutError, httpx.TimeoutException):
            raise ProviderTimeout from None
        except httpx.UnsupportedProtocol:
            raise ProviderRejected("The language model's address is no web address.") from None
        except httpx.HTTPError:
            raise ProviderUnavailable from None

    async def _texts(
        self, response: httpx.Response, answer: WireAnswer, deadline: float
    ) -> AsyncGenerator[str, None]:
        parser = SSEParser()
        blocks = response.aiter_bytes()
        block: bytes | None = b""
        while block is not None:
            block = await _next(blocks, deadline, answer)
            events = _events(parser, block)
            for event in events:
                if text := answer.take(event):
                    yield text
            if events:
                deadline = self._next_by(answer, deadline)

    def _next_by(self, answer: WireAnswer, deadline: float) -> float:
        now = asyncio.get_running_loop().time()
        if answer.done:
            # reading on to the response's end lets the connection serve the next request
            return now + _END_WITHIN_S
        if answer.finished:
            return now + _USAGE_WITHIN_S
        return now + self._idle_timeout_s if answer.begun else deadline


async def _next(blocks: AsyncIterator[bytes], deadline: float, answer: WireAnswer) -> bytes | None:
    """Return the next bytes, or None at the end; a finished answer ends however it is cut."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(blocks, None)
    except (TimeoutError, httpx.HTTPError) as error:
        if answer.finished:
            return None
        late = isinstance(error, TimeoutError | httpx.TimeoutException)
    if late:
        raise ProviderTimeout
    raise ProviderUnavailable("The language model's answer was cut off.")


def _events(parser: SSEParser, block: bytes | None) -> list[Event]:
    try:
        return parser.finish() if block is None else parser.feed(block)
    except EventTooLong:
        raise ProviderUnavailable("The language model's answer made no sense.") from None


async def _complaint(response: httpx.Response, deadline: float) -> str:
    """Return the beginning of a refusal's body."""
    body = b""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout_at(deadline):
            async for block in response.aiter_bytes():
                body += block
                if len(body) >= _COMPLAINT_BYTES:
                    break
    return body.decode(errors="replace")


def _headers(api_key: str) -> dict[str, str]:
    headers = {
        "accept": "text/event-stream",
        "accept-encoding": "identity",
        "content-type": "application/json",
    }
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("the language model's key holds characters that no header can carry")
    return headers | ({"authorization": f"Bearer {key}"} if key else {})
