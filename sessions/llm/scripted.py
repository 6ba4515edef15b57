"""A provider for tests and load runs: known words at exact times, and failures on request."""

import asyncio
from collections.abc import AsyncGenerator

from schemas.resources import Usage
from sessions.errors import ProviderUnavailable
from sessions.llm.provider import Chunk, Prompt
from sessions.tokens import estimate_tokens

__all__ = ["FAIL_AFTER_10", "FAIL_BEFORE_FIRST", "ScriptedProvider"]

FAIL_BEFORE_FIRST = "FAIL_BEFORE_FIRST"
FAIL_AFTER_10 = "FAIL_AFTER_10"


class ScriptedProvider:
    """Answers `w0 w1 w2 …`: `tokens` words, `interval_ms` apart, the first after `first_ms`.

    Words are due at fixed times of the loop's clock, so that a slow reader does not delay the rest.
    A prompt whose text holds one of the two markers fails as the marker says.
    """

    def __init__(
        self, *, tokens: int = 60, interval_ms: float = 20.0, first_ms: float = 0.0
    ) -> None:
        self._tokens = tokens
        self._interval_s = interval_ms / 1000
        self._first_s = first_ms / 1000

    @property
    def name(self) -> str:
        """Return the provider's name as the settings spell it."""
        return "scripted"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the words, then the end with usage; raises ProviderUnavailable where marked."""
        if FAIL_BEFORE_FIRST in prompt.text:
            raise ProviderUnavailable
        failing = FAIL_AFTER_10 in prompt.text
        loop = asyncio.get_running_loop()
        first_at = loop.time() + self._first_s
        for index in range(min(self._tokens, 10) if failing else self._tokens):
            await asyncio.sleep(max(0.0, first_at + index * self._interval_s - loop.time()))
            yield Chunk(text=f"w{index} ")
        if failing:
            raise ProviderUnavailable
        usage = Usage(
            prompt_tokens=sum(estimate_tokens(each.content) for each in prompt.messages),
            completion_tokens=self._tokens,
        )
        yield Chunk(finish_reason="stop", usage=usage, model="scripted")

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""
