"""Bodies of API v2, kept for existing clients; docs/api-v1-v2.md explains each."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from schemas.resources import HelpLine, Message, Session, Usage

__all__ = [
    "Advice",
    "AdvicePage",
    "BulkFailure",
    "BulkReply",
    "BulkRequest",
    "CacheCleared",
    "CacheReport",
    "CacheTier",
    "Capabilities",
    "CompareReply",
    "CompareRequest",
    "Compared",
    "Context",
    "Conversation",
    "ConversationClosed",
    "ConversationList",
    "ConversationPage",
    "ConversationRemoved",
    "ErrorInfo",
    "ErrorReply",
    "FeedbackReply",
    "FeedbackRequest",
    "HealthReply",
    "HistoryMessage",
    "InvalidateReply",
    "InvalidateRequest",
    "KeyParts",
    "MultiRequest",
    "Options",
    "Performance",
    "PersonalizedMetadata",
    "PersonalizedReply",
    "PersonalizedRequest",
    "PersonasReply",
    "ProcessMetadata",
    "ProcessReply",
    "ProcessRequest",
    "Ranked",
    "RecommendReply",
    "RecommendRequest",
    "Recommended",
    "Routing",
    "ServiceStatus",
    "StartConversation",
    "StatusReply",
    "TakeTurn",
    "TurnReply",
    "TurnRunning",
]

MOST_CHARS = 8_000
MOST_HISTORY = 50
MOST_ITEMS = 100
Text = Annotated[str, Meta(min_length=1, max_length=MOST_CHARS)]
UserId = Annotated[str, Meta(min_length=1, max_length=128)]
Part = Annotated[str, Meta(max_length=64)]
Share = Annotated[float, Meta(ge=0, le=1)]


class KeyParts(Struct, frozen=True, kw_only=True):
    """A resonance key in parts; one that is missing or unknown falls back by itself."""

    tone: Part = ""
    pace: Part = ""
    intent: Part = ""


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


class Routing(Struct, frozen=True, kw_only=True):
    """Who answers and why."""

    primary_persona: str
    secondary_persona: str
    confidence: Share
    scores: dict[str, Share]
    reasoning: str


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


class RecommendRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend; without a key in `context` the scenario is analysed."""

    scenario: Text
    context: KeyParts | None = None


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a persona is good at."""

    name: str
    traits: tuple[str, ...]
    strengths: tuple[str, ...]
    best_for_tones: tuple[str, ...]
    best_for_paces: tuple[str, ...]
    best_for_intents: tuple[str, ...]


class RecommendReply(Struct, frozen=True, kw_only=True):
    """Who should answer."""

    recommended_persona: str
    scores: dict[str, Share]
    capabilities: Capabilities
    reasoning: str
    timestamp: datetime


class CompareRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend/compare; without `personas` all are compared."""

    scenario: Text
    personas: Annotated[tuple[Part, ...], Meta(max_length=32)] = ()
    context: KeyParts | None = None


class Compared(Struct, frozen=True, kw_only=True):
    """One persona beside the others; `reason` is null where none is known."""

    persona: str
    score: Share
    reason: str | None
    capabilities: Capabilities


class CompareReply(Struct, frozen=True, kw_only=True):
    """Personas in the order in which they fit."""

    recommended_persona: str
    comparison: tuple[Compared, ...]
    reasoning: str
    timestamp: datetime


class BulkRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /bulk-process."""

    requests: Annotated[tuple[ProcessRequest, ...], Meta(min_length=1, max_length=MOST_ITEMS)]


class ErrorInfo(Struct, frozen=True, kw_only=True):
    """What went wrong; `field` is the part of the request that is meant."""

    code: str
    message: str
    field: str | None = None
    details: dict[str, Any] | None = None


class ErrorReply(Struct, frozen=True, kw_only=True):
    """An error; `errors` lists it too, for clients that read lists."""

    success: Literal[False]
    error: ErrorInfo
    errors: tuple[ErrorInfo, ...]
    request_id: str
    timestamp: datetime


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


class PersonasReply(Struct, frozen=True, kw_only=True):
    """All personas in their fixed order."""

    total: int
    personas: tuple[Capabilities, ...]


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """This process since it started; `error_rate` is the share of 5xx among its API answers."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: datetime
    uptime_ms: Annotated[int, Meta(ge=0)]
    cached_requests: Annotated[int, Meta(ge=0)]
    error_rate: Share


class HealthReply(Struct, frozen=True, kw_only=True):
    """Whether answers can be given."""

    healthy: bool
    service_status: ServiceStatus
    dependencies: dict[str, str]


class CacheTier(Struct, frozen=True, kw_only=True):
    """One tier since the process started; `entries` is null when it is not counted."""

    hits: int
    misses: int
    evictions: int
    hit_rate: Share
    entries: int | None


class CacheReport(Struct, frozen=True, kw_only=True):
    """Both tiers of this process's cache."""

    total_hits: int
    total_misses: int
    hit_rate: Share
    l1: CacheTier
    l2: CacheTier
    timestamp: datetime


class StatusReply(Struct, frozen=True, kw_only=True):
    """The version that answers, and its cache."""

    version: str
    status: Literal["healthy", "degraded", "unhealthy"]
    cache_stats: CacheReport
    timestamp: datetime


class CacheCleared(Struct, frozen=True, kw_only=True):
    """The cache is empty; `deleted_count` entries were in it."""

    success: bool
    deleted_count: int


class InvalidateRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /cache/invalidate: a tag (answers, routing)."""

    pattern: Annotated[str, Meta(min_length=1, max_length=128)]


class InvalidateReply(Struct, frozen=True, kw_only=True):
    """How many entries were dropped."""

    success: bool
    pattern: str
    deleted_count: int


class Options(Struct, frozen=True, kw_only=True):
    """How much to tell."""

    top_k: Annotated[int, Meta(ge=1, le=32)] = 3
    include_explanation: bool = True


class PersonalizedRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend/personalized; with a token the user is the token's."""

    user_id: UserId
    query: Text
    context: KeyParts | None = None
    options: Options = Options()


class Ranked(Struct, frozen=True, kw_only=True):
    """One place of a ranking; `reason` is null without explanations."""

    persona: str
    score: Share
    reason: str | None


class Recommended(Struct, frozen=True, kw_only=True):
    """A ranking of personas."""

    primary_persona: str
    confidence: Share
    all_scores: dict[str, Share]
    ranked_recommendations: tuple[Ranked, ...]


class PersonalizedMetadata(Struct, frozen=True, kw_only=True):
    """How the ranking was made; `recommendation_id` names one that is kept (with a token).

    `ab_group` is what the user is given in the running experiment, null for who takes no part.
    """

    model_version: str
    processing_time_ms: Annotated[float, Meta(ge=0)]
    algorithm: str
    ab_group: str | None
    recommendation_id: str | None


class PersonalizedReply(Struct, frozen=True, kw_only=True):
    """Who should answer this user."""

    recommendation: Recommended
    metadata: PersonalizedMetadata


class FeedbackRequest(Struct, frozen=True, kw_only=True):
    """Body of POST /recommend/feedback: what the user thinks of a recommendation."""

    recommendation_id: Annotated[str, Meta(min_length=1, max_length=64)]
    rating: Literal[-1, 0, 1]


class FeedbackReply(Struct, frozen=True, kw_only=True):
    """The rating is kept."""

    success: bool
    recommendation_id: str
    timestamp: datetime


class Advice(Struct, frozen=True, kw_only=True):
    """A recommendation that was given."""

    recommendation_id: str
    primary_persona: str
    confidence: Share
    scores: dict[str, Share]
    resonance_key: str
    rating: Literal[-1, 0, 1]
    timestamp: datetime


class AdvicePage(Struct, frozen=True, kw_only=True):
    """Recommendations, the newest first; without a token none are kept."""

    total: int
    history: tuple[Advice, ...]


class StartConversation(Struct, frozen=True, kw_only=True):
    """Body of POST /conversations; `user_id` is checked and not kept."""

    user_id: UserId | None = None
    title: Annotated[str, Meta(max_length=200)] = ""
    persona: Part | None = None


class Conversation(Struct, frozen=True, kw_only=True):
    """A conversation: a session, by the id that its client knows."""

    conversation_id: str
    status: Literal["active", "closed"]
    session: Session


class ConversationList(Struct, frozen=True, kw_only=True):
    """The conversations of the token's user, the last used first; without a token none."""

    conversations: tuple[Conversation, ...]
    next: str | None


class ConversationPage(Struct, frozen=True, kw_only=True):
    """A conversation and its messages in order; `before` reaches further back."""

    conversation: Conversation
    messages: tuple[Message, ...]
    before: str | None


class ConversationClosed(Struct, frozen=True, kw_only=True):
    """The conversation takes no more turns; the summary is null while an answer still ends."""

    success: bool
    conversation_id: str
    status: Literal["closed"]
    summary: str | None


class ConversationRemoved(Struct, frozen=True, kw_only=True):
    """The conversation and all that was said in it is deleted."""

    success: bool
    conversation_id: str


class TakeTurn(Struct, frozen=True, kw_only=True):
    """Body of POST /conversations/{id}/turns; the same `client_msg_id` is answered once."""

    user_input: Text
    client_msg_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    persona: Part | None = None


class TurnReply(Struct, frozen=True, kw_only=True):
    """An answer in a conversation; `duplicate` says that the message had come before."""

    success: bool
    conversation_id: str
    turn_id: str
    client_msg_id: str
    duplicate: bool
    status: Literal["done"]
    content: str
    persona_used: str
    resonance_key: str
    routing: Routing
    confidence: Share
    finish_reason: Literal["stop", "length", "stopped", "safety"]
    resources: tuple[HelpLine, ...]
    timestamp: datetime
    request_id: str


class TurnRunning(Struct, frozen=True, kw_only=True):
    """The answer takes longer than was waited: it will be at `location`."""

    success: bool
    conversation_id: str
    turn_id: str
    client_msg_id: str
    duplicate: bool
    status: Literal["running"]
    location: str
    timestamp: datetime
    request_id: str
