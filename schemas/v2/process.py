"""Bodies of POST /process, /chat/multi-persona and /bulk-process."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.resources import HelpLine, Usage
from schemas.v2.errors import ErrorInfo
from schemas.v2.parts import MOST_CHARS, KeyParts, Routing, Share, Text, UserId

__all__ = [
    "MOST_HISTORY",
    "MOST_ITEMS",
    "BulkFailure",
    "BulkReply",
    "BulkRequest",
    "Context",
    "HistoryMessage",
    "MultiRequest",
    "Performance",
    "ProcessMetadata",
    "ProcessReply",
    "ProcessRequest",
]

MOST_HISTORY = 50
MOST_ITEMS = 100


class HistoryMessage(Struct, frozen=True, kw_only=True):
    """One earlier message; roles other than user and assistant are left out."""

    role: Annotated[str, Meta(max_length=32)]
    content: Annotated[str, Meta(max_length=MOST_CHARS)]
    timestamp: Annotated[str, Meta(max_length=64)] | float | None = None


class Context(Struct, frozen=True, kw_only=True):
    """What the caller knows of the conversation; `session_id` counts with a token alone."""

    user_id: UserId | None = None
    session_id: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    message_history: Annotated[tuple[HistoryMessage, ...], Meta(max_length=MOST_HISTORY)] = ()
    metadata: dict[str, Any] | None = None


class ProcessRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /process; `prompt_mode` is taken and has no effect."""

    user_input: Text
    resonance_key: KeyParts | Annotated[str, Meta(max_length=256)] | None = None
    context: Context | None = None
    include_metadata: bool = True
    use_cache: bool = True
    prompt_mode: Annotated[str, Meta(max_length=64)] | None = None


class MultiRequest(ProcessRequest, frozen=True, kw_only=True):
    """Body of POST /chat/multi-persona; with `force_multi` at least two personas answer."""

    force_multi: bool = False


class Performance(Struct, frozen=True, kw_only=True):
    """How the answer was served; `cache_key` is null when it can't be cached."""

    execution_time_ms: Annotated[float, Meta(ge=0)]
    cache_hit: bool
    cache_key: str | None


class ProcessMetadata(Struct, frozen=True, kw_only=True):
    """How the answer came to be."""

    model: str
    language: str
    finish_reason: Literal["stop", "length", "stopped", "safety"]
    usage: Usage
    contributors: tuple[str, ...]
    resources: tuple[HelpLine, ...]
    session_id: str | None = None


class ProcessReply(Struct, frozen=True, kw_only=True):
    """An answer."""

    success: bool
    content: str
    persona_used: str
    resonance_key: str
    routing: Routing
    confidence: Share
    performance: Performance
    metadata: ProcessMetadata | None
    timestamp: datetime
    request_id: str


class BulkRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /bulk-process."""

    requests: Annotated[tuple[ProcessRequest, ...], Meta(min_length=1, max_length=MOST_ITEMS)]


class BulkFailure(Struct, frozen=True, kw_only=True):
    """An item that failed, by its place in the request."""

    index: int
    error: ErrorInfo


class BulkReply(Struct, frozen=True, kw_only=True):
    """Answers in the order of the items; `errors` names those that have none."""

    success: bool
    total: int
    successful: int
    failed: int
    results: tuple[ProcessReply, ...]
    errors: tuple[BulkFailure, ...]
    timestamp: datetime
