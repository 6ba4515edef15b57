"""The wire format of OpenAI's chat completions and models, as far as it is served here.

https://platform.openai.com/docs/api-reference/chat
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

__all__ = [
    "AssistantMessage",
    "ChatChoice",
    "ChatChunk",
    "ChatChunkChoice",
    "ChatCompletion",
    "ChatMessage",
    "ChatRequest",
    "ChatUsage",
    "ChunkDelta",
    "ContentPart",
    "ErrorBody",
    "ErrorDetail",
    "Model",
    "ModelList",
    "StreamOptions",
]

Finish = Literal["stop", "length"]


class ContentPart(Struct, frozen=True, kw_only=True):
    """A part of a message's content."""

    type: str
    text: str | None = None


class ChatMessage(Struct, frozen=True, kw_only=True):
    """One message of a request."""

    role: str
    content: str | tuple[ContentPart, ...] | None = None


class StreamOptions(Struct, frozen=True, kw_only=True):
    """What a stream carries besides the text."""

    include_usage: bool | None = None


class ChatRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /chat/completions; fields that are not named here are ignored."""

    model: Annotated[str, Meta(max_length=256)]
    messages: Annotated[tuple[ChatMessage, ...], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    metadata: dict[str, Any] | None = None
    n: int | None = None
    stop: Any = None
    tools: Any = None
    functions: Any = None
    response_format: Any = None
    logprobs: Any = None
    top_logprobs: Any = None
    logit_bias: Any = None
    modalities: Any = None
    audio: Any = None
    web_search_options: Any = None


class ChatUsage(Struct, frozen=True, kw_only=True):
    """Tokens of one answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AssistantMessage(Struct, frozen=True, kw_only=True):
    """The answer."""

    content: str
    role: Literal["assistant"] = "assistant"
    refusal: None = None


class ChatChoice(Struct, frozen=True, kw_only=True):
    """The one answer there is."""

    message: AssistantMessage
    finish_reason: Finish
    index: int = 0
    logprobs: None = None


class ChatCompletion(Struct, frozen=True, kw_only=True):
    """Answer to a request without `stream`."""

    id: str
    created: int
    model: str
    choices: tuple[ChatChoice, ...]
    usage: ChatUsage
    object: Literal["chat.completion"] = "chat.completion"


class ChunkDelta(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a chunk adds."""

    role: str | None = None
    content: str | None = None


class ChatChunkChoice(Struct, frozen=True, kw_only=True):
    """The one answer there is, a piece of it."""

    delta: ChunkDelta
    finish_reason: Finish | None = None
    index: int = 0
    logprobs: None = None


class ChatChunk(Struct, frozen=True, kw_only=True):
    """One event of a stream."""

    id: str
    created: int
    model: str
    choices: tuple[ChatChunkChoice, ...]
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    usage: ChatUsage | None = None


class Model(Struct, frozen=True, kw_only=True):
    """A model that requests may name."""

    id: str
    created: int
    owned_by: str = "ion"
    object: Literal["model"] = "model"


class ModelList(Struct, frozen=True, kw_only=True):
    """All models."""

    data: tuple[Model, ...]
    object: Literal["list"] = "list"


class ErrorDetail(Struct, frozen=True, kw_only=True):
    """What went wrong; `code` is ours and never changes meaning."""

    message: str
    type: str
    code: str
    param: str | None = None


class ErrorBody(Struct, frozen=True, kw_only=True):
    """Body of every error."""

    error: ErrorDetail
