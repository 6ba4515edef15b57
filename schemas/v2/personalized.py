"""Bodies of POST /recommend/personalized and /recommend/feedback, and of GET /recommend/history."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.v2.parts import KeyParts, Share, Text, UserId

__all__ = [
    "Advice",
    "AdvicePage",
    "FeedbackReply",
    "FeedbackRequest",
    "Options",
    "PersonalizedMetadata",
    "PersonalizedReply",
    "PersonalizedRequest",
    "Ranked",
    "Recommended",
]


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
