"""A provider for tests and benchmarks: words that show any loss, doubling or reordering."""

import asyncio
from collections.abc import AsyncGenerator

from schemas.resources import Usage
from sessions.errors import ProviderUnavailable
from sessions.llm.provider import Chunk, Prompt

__all__ = ["ScriptedProvider"]

_FAIL_AT = {"FAIL_BEFORE_FIRST": 0, "FAIL_AFTER_10": 10}


class ScriptedProvider:
    """Token i is `w{i} `, due `first_ms + i * interval_ms` after the start, without drift.

    A prompt whose text holds FAIL_BEFORE_FIRST or FAIL_AFTER_10 fails there.
    """

    name = "scripted"

    def __init__(
        self, *, tokens: int = 60, interval_ms: float = 20.0, first_ms: float = 0.0
    ) -> None:
        self._tokens = tokens
        self._interval_s = interval_ms / 1000
        self._first_s = first_ms / 1000

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the words; raises ProviderUnavailable where the prompt says so."""
        loop = asyncio.get_running_loop()
        began = loop.time() + self._first_s
        fail_at = min((at for mark, at in _FAIL_AT.items() if mark in prompt.text), default=None)
        for number in range(self._tokens):
            if number == fail_at:
                raise ProviderUnavailable("the script fails here")
            await asyncio.sleep(max(0.0, began + number * self._interval_s - loop.time()))
            yield Chunk(text=f"w{number} ")
        usage = Usage(prompt_tokens=len(prompt.messages), completion_tokens=self._tokens)
        yield Chunk(finish_reason="stop", usage=usage, model=self.name)

    async def aclose(self) -> None:
        """Release nothing."""
