"""Recommendations that users asked for."""

from datetime import datetime

from schemas.resources import Rating
from sessions.stores.documents import Collection, Document, Index

__all__ = [
    "ADVICE",
    "AdviceDocument",
]


class AdviceDocument(Document, frozen=True, kw_only=True):
    """A recommendation that a user asked for, without the words it was made from.

    `user` is a pseudonym.
    """

    user: str
    at: datetime
    persona: str
    confidence: float
    scores: dict[str, float]
    resonance_key: str
    expires_at: datetime
    rating: Rating = 0


ADVICE = Collection(
    name="advice",
    type=AdviceDocument,
    indexes=(
        Index(
            name="by_user",
            fields=("user", "at"),
            serves="a user's recommendations, the newest first, and erasing them",
        ),
    ),
    expires="expires_at",
)
