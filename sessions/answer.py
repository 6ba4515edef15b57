"""What comes of a turn besides its text, while it is answered."""

from msgspec import Struct

from schemas.resources import FinishReason, HelpLine, Usage
from sessions.llm.provider import Chunk

__all__ = ["Answer"]


class Answer(Struct, kw_only=True):
    """How an answer ended, what it took, and what it rests on."""

    finish_reason: FinishReason = "stop"
    usage: Usage | None = None
    model: str = ""
    resources: tuple[HelpLine, ...] = ()
    memories_used: tuple[str, ...] = ()

    def note(self, chunk: Chunk) -> None:
        """Take over what a provider says besides text."""
        if chunk.finish_reason is not None:
            self.finish_reason = chunk.finish_reason
        if chunk.usage is not None:
            self.usage = chunk.usage
        if chunk.model is not None:
            self.model = chunk.model
