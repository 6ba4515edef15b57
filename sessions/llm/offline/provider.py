"""The offline engine as a provider: composes an answer and streams it word by word."""

import asyncio
import re
from collections.abc import AsyncGenerator

from schemas.resources import Usage
from sessions.llm.offline.compose import compose
from sessions.llm.offline.reading import prepare
from sessions.llm.provider import Chunk, Prompt
from sessions.tokens import estimate_tokens

__all__ = ["OfflineProvider"]

PIECE = re.compile(r"\S+\s*")


class OfflineProvider:
    """Answers from authored moves, what was said and the persona's shape; no model, no network.

    `interval_ms` is the pause between words.
    """

    def __init__(self, *, interval_ms: float = 12.0) -> None:
        self._interval_s = interval_ms / 1000
        prepare()

    @property
    def name(self) -> str:
        """Return the provider's name as the settings spell it."""
        return "offline"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the answer word by word, then its end with estimated usage; raises nothing."""
        answer = compose(prompt)
        for index, piece in enumerate(PIECE.findall(answer)):
            if index:
                await asyncio.sleep(self._interval_s)
            yield Chunk(text=piece)
        usage = Usage(
            prompt_tokens=sum(estimate_tokens(each.content) for each in prompt.messages),
            completion_tokens=estimate_tokens(answer),
        )
        yield Chunk(finish_reason="stop", usage=usage, model="offline")

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""
