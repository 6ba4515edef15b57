"""Bodies of API v1, kept for existing clients; docs/api-v1-v2.md explains each."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

__all__ = [
    "ChatMetadata",
    "ChatReply",
    "ChatRequest",
    "EndReply",
    "ErrorReply",
    "Finding",
    "HealthReply",
    "MessageReply",
    "MessageRequest",
    "PreviewMessage",
    "PreviewReply",
    "PreviewRequest",
    "RedisCache",
    "Rhythm",
    "RootReply",
    "RoutingNote",
    "SummaryReply",
    "SummaryStatus",
    "ToneNote",
    "Unprocessable",
]

MOST_CHARS = 1_000
MOST_USER_CHARS = 128
MOST_PREVIEWED = 200
Share = Annotated[float, Meta(ge=0, le=1)]
SummaryStatus = Literal["not_found", "generating", "failed", "completed"]


class ErrorReply(Struct, frozen=True, kw_only=True):
    """An error; a body that can't be processed is told by Unprocessable."""

    error: str
    status_code: int


class Finding(Struct, frozen=True, kw_only=True):
    """What is wrong with one field, which `loc` leads to."""

    type: str
    loc: tuple[str | int, ...]
    msg: str
    input: Any


class Unprocessable(Struct, frozen=True, kw_only=True):
    """Why a request can't be processed (422)."""

    detail: tuple[Finding, ...]


class RootReply(Struct, frozen=True, kw_only=True):
    """What GET / tells programs; browsers get the chat."""

    service: str
    version: str
    status: Literal["running"]
    docs: str
    health: str


class RedisCache(Struct, frozen=True, kw_only=True):
    """Whether the shared cache is in use and answers."""

    enabled: bool
    connected: bool


class HealthReply(Struct, frozen=True, kw_only=True):
    """Whether answers can be given."""

    status: Literal["healthy", "degraded"]
    version: str
    pipeline_ready: bool
    redis_cache: RedisCache


class ChatRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /chat; lengths count without surrounding space: 1 to 1000, 1 to 128."""

    message: Annotated[str, Meta(min_length=1)]
    user_id: Annotated[str, Meta(min_length=1)]


class Rhythm(Struct, frozen=True, kw_only=True):
    """How the message runs: words a sentence, and the share of punctuation in its characters."""

    pace: str
    avg_length: Annotated[float, Meta(ge=0)]
    punctuation_density: Share


class ToneNote(Struct, frozen=True, kw_only=True):
    """What the message sounds like; `confidence` is the first tone's probability."""

    primary: str
    confidence: Share
    secondary: str


class RoutingNote(Struct, frozen=True, kw_only=True):
    """Who else could have answered, and why this one did."""

    secondary_persona: str
    reasoning: str


class ChatMetadata(Struct, frozen=True, kw_only=True):
    """How the message was heard."""

    rhythm: Rhythm
    tone: ToneNote
    routing: RoutingNote


class ChatReply(Struct, frozen=True, kw_only=True):
    """An answer."""

    content: str
    persona_used: str
    resonance_key: str
    confidence: Share
    metadata: ChatMetadata


class EndReply(Struct, frozen=True, kw_only=True):
    """The session has ended; a summary that is not ready yet is under `summary_url`."""

    status: Literal["ended"]
    message: str
    summary_url: str | None
    summary: str | None


class MessageRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /sessions/{id}/messages."""

    message: Annotated[str, Meta(min_length=1)]


class MessageReply(Struct, frozen=True, kw_only=True):
    """The message is kept; go on with `session_id`, which may be another than was asked for."""

    session_id: str
    count: Annotated[int, Meta(ge=1)]


class SummaryReply(Struct, frozen=True, kw_only=True):
    """A session's summary; `summary` is null unless it is completed."""

    status: SummaryStatus
    summary: str | None


class PreviewMessage(Struct, frozen=True, kw_only=True):
    """One message of a conversation."""

    role: Annotated[str, Meta(max_length=32)] = "user"
    content: str


class PreviewRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /summaries/preview."""

    messages: Annotated[
        tuple[str | PreviewMessage, ...], Meta(min_length=1, max_length=MOST_PREVIEWED)
    ]


class PreviewReply(Struct, frozen=True, kw_only=True):
    """The summary that these messages would have."""

    status: SummaryStatus
    duration_ms: Annotated[float, Meta(ge=0)]
    summary: str | None
