"""What a merge asks of others: push."""

from collections.abc import Mapping
from typing import Protocol

__all__ = ["PushMoves"]


class PushMoves(Protocol):
    """What devices are told of somebody, and how; counts are by collection."""

    async def move_user(self, visitor: str, user_id: str) -> Mapping[str, int]:
        """Make devices, check-ins and settings those of another user; again it finds nothing."""
        ...
