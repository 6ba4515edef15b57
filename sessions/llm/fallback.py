"""Several providers as one: retry and failover before the first text, deadlines, breakers."""

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing

import structlog
from msgspec import Struct, structs

from sessions.clock import Clock
from sessions.errors import ProviderError, ProviderRejected, ProviderTimeout, ProviderUnavailable
from sessions.llm.breaker import CircuitBreaker, Permit
from sessions.llm.provider import Chunk, Prompt, Provider

__all__ = ["FallbackProvider"]

_PAUSE_MS = 250
_LONGEST_PAUSE_MS = 2000
log = structlog.get_logger(__name__)


class FallbackProvider:
    """Asks providers in order until one begins to answer; from then on its errors go through.

    Each provider has `first_token_deadline_s` to begin, retries and pauses included; the whole
    answer has `total_deadline_s`. A provider that failed at once is asked again up to
    `retries_before_first` times, unless it refused the request, was silent, wants more than two
    seconds of rest, or its breaker opened. `clock` times the breakers, the loop's clock the
    deadlines. Raises ValueError without providers.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        clock: Clock,
        first_token_deadline_s: float = 20,
        total_deadline_s: float = 120,
        retries_before_first: int = 1,
    ) -> None:
        if not providers:
            raise ValueError("a fallback needs at least one provider")
        self._routes = tuple(_Route(provider, CircuitBreaker(clock)) for provider in providers)
        self._first_token_deadline_s = first_token_deadline_s
        self._total_deadline_s = total_deadline_s
        self._attempts = 1 + retries_before_first

    @property
    def name(self) -> str:
        """Return the name of the provider that is asked first."""
        return self._routes[0].provider.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the answer of the first provider that gives one.

        Raises ProviderError: what ended an answer that had begun, or else the last error, one
        that may pass before one that will not.
        """
        deadline = asyncio.get_running_loop().time() + self._total_deadline_s
        answer = await self._begin(prompt, deadline)
        stood_in = answer.route is not self._routes[0]
        async with aclosing(answer.rest):
            for chunk in answer.beginning:
                yield _marked(chunk, stood_in)
            try:
                while (following := await _next(answer.rest, deadline)) is not None:
                    yield _marked(following, stood_in)
            except ProviderError as error:
                answer.route.failed(error, answer.permit)
                raise

    async def aclose(self) -> None:
        """Release the connections of all providers."""
        async with AsyncExitStack() as stack:
            for route in self._routes:
                stack.push_async_callback(route.provider.aclose)

    async def _begin(self, prompt: Prompt, deadline: float) -> "_Answer":
        now = asyncio.get_running_loop().time
        errors: list[ProviderError] = []
        for route in self._routes:
            begin_by = min(deadline, now() + self._first_token_deadline_s)
            for attempts_left in reversed(range(self._attempts)):
                try:
                    return await route.begin(prompt, begin_by)
                except ProviderError as error:
                    errors.append(error)
                if not attempts_left or not await route.rested(errors[-1], begin_by):
                    break
            if now() >= deadline:
                break
        raise next((error for error in reversed(errors) if error.retryable), errors[-1])


class _Answer(Struct, frozen=True, kw_only=True):
    """An answer that has begun: its chunks up to the first text, and those still to come."""

    route: "_Route"
    permit: Permit
    beginning: list[Chunk]
    rest: AsyncGenerator[Chunk, None]


class _Route:
    """A provider and its breaker."""

    def __init__(self, provider: Provider, breaker: CircuitBreaker) -> None:
        self.provider = provider
        self._breaker = breaker

    async def begin(self, prompt: Prompt, begin_by: float) -> _Answer:
        """Return an answer with its first text; raises ProviderError when there is none."""
        permit = self._breaker.admit()
        if permit is None:
            wait_ms = math.ceil(self._breaker.retry_after_s * 1000)
            raise ProviderUnavailable(retry_after_ms=wait_ms or None)
        chunks = self.provider.stream(prompt)
        try:
            beginning = await _beginning(chunks, begin_by)
            self._breaker.succeeded(permit)
        except ProviderError as error:
            self.failed(error, permit)
            raise
        finally:
            self._breaker.abandoned(permit)
        return _Answer(route=self, permit=permit, beginning=beginning, rest=chunks)

    async def rested(self, error: ProviderError, begin_by: float) -> bool:
        """Pause before another attempt; tell whether there is to be one."""
        pause_ms = max(error.retry_after_ms or 0, _PAUSE_MS)
        again_at = asyncio.get_running_loop().time() + pause_ms / 1000
        hopeless = not error.retryable or isinstance(error, ProviderTimeout)
        if hopeless or pause_ms > _LONGEST_PAUSE_MS or again_at >= begin_by:
            return False
        if self._breaker.state != "closed":
            return False
        await asyncio.sleep(pause_ms / 1000)
        return True

    def failed(self, error: ProviderError, permit: Permit) -> None:
        """Tell the breaker and the operators; a refusal is an answer of a working provider."""
        if isinstance(error, ProviderRejected):
            self._breaker.succeeded(permit)
        else:
            self._breaker.failed(permit)
        log.warning(
            "provider_failed",
            provider=self.provider.name,
            error=type(error).__name__,
            reason=error.message,
            breaker=self._breaker.state,
        )


def _marked(chunk: Chunk, stood_in: bool) -> Chunk:
    return structs.replace(chunk, stood_in=True) if stood_in else chunk


async def _beginning(chunks: AsyncGenerator[Chunk, None], begin_by: float) -> list[Chunk]:
    held: list[Chunk] = []
    while (chunk := await _next(chunks, begin_by)) is not None:
        held.append(chunk)
        if chunk.text or chunk.finish_reason == "safety":
            return held
    raise ProviderUnavailable("The language model answered nothing.")


async def _next(chunks: AsyncGenerator[Chunk, None], deadline: float) -> Chunk | None:
    try:
        async with asyncio.timeout_at(deadline) as limit:
            return await anext(chunks, None)
    except TimeoutError:
        if not limit.expired():
            raise
    raise ProviderTimeout
