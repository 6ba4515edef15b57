"""The port to language models, and what goes through it."""

from collections.abc import AsyncGenerator
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from schemas.resources import FinishReason, Usage
from sessions.conversation import Conversation, Remembered
from sessions.personas.analysis import Analysis

__all__ = ["Chunk", "Promises", "Prompt", "PromptMessage", "Provider"]

# What a mentor may promise of a day: nothing, to ask when the user is back after it, or on it.
Promises: TypeAlias = Literal["none", "later", "day"]


class PromptMessage(Struct, frozen=True, kw_only=True):
    """One message in the wire sense: role is system, user or assistant."""

    role: str
    content: str


class Prompt(Struct, frozen=True, kw_only=True):
    """Everything an answer is made from.

    `messages` is what a language model gets. The other fields are the same facts before they
    became text,
    for engines that are not language models. `promises` is what would be kept, and
    when memory could not be read in time, the prompt is not `whole`. `kept_by` is the persona
    that was told what the message asks for, where that stays with it.
    """

    messages: tuple[PromptMessage, ...]
    persona: str
    language: str
    text: str
    analysis: Analysis
    conversation: Conversation
    remembered: tuple[Remembered, ...] = ()
    promises: Promises = "none"
    whole: bool = True
    kept_by: str = ""
    temperature: float = 0.7
    max_tokens: int = 800


class Chunk(Struct, frozen=True, kw_only=True):
    """A piece of an answer.

    The last one carries `finish_reason` and, if the provider counts, `usage`. `stood_in`: it is
    not from the provider that is asked first.
    """

    text: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    model: str | None = None
    stood_in: bool = False


class Provider(Protocol):
    """A source of answers."""

    @property
    def name(self) -> str:
        """Return the provider's name as the settings spell it."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces.

        Raises ProviderError, and closing the iterator cancels the request.
        """
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...
