"""A language model that says what a test wants."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from sessions.errors import ProviderUnavailable
from sessions.llm.provider import Chunk, Prompt

__all__ = ["Model"]


class Model:
    """A provider that answers with what it is told to, after doing something."""

    name = "openai"

    def __init__(self, said: Any) -> None:
        self.said = said if isinstance(said, str) else json.dumps(said)
        self.prompts: list[Prompt] = []
        self.meanwhile: Any = None

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(prompt)
        if self.said == "away":
            raise ProviderUnavailable
        if self.meanwhile is not None:
            await self.meanwhile()
        for piece in (self.said[:7], self.said[7:]):
            yield Chunk(text=piece)

    async def aclose(self) -> None:
        """Nothing is open."""
