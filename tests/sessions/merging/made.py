"""Merges as they are stored."""

from datetime import UTC, datetime, timedelta

from sessions.merging.documents import MergeDocument

__all__ = ["merge_of"]


def merge_of(visitor: str, user_id: str) -> MergeDocument:
    """Return an open merge that was decided now."""
    now = datetime.now(UTC)
    return MergeDocument(
        id="mg_1",
        visitor=visitor,
        user_id=user_id,
        subject="pu_1",
        site="pk_1",
        origin="https://site.example",
        asked_at=now,
        next_at=now,
        expires_at=now + timedelta(days=1),
    )
