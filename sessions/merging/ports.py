"""What a merge asks of push."""

from collections.abc import Mapping
from typing import Protocol

__all__ = ["MergeNews", "PushMoves"]


class PushMoves(Protocol):
    """What devices are told of somebody, and how; counts are by collection."""

    async def move_user(self, visitor: str, user_id: str) -> Mapping[str, int]:
        """Make devices, check-ins and settings those of another user; again it finds nothing."""
        ...


class MergeNews(Protocol):
    """Tells people of merges on their devices."""

    async def merged(self, user_id: str, merge_id: str) -> None:
        """Tell a user that what a visitor said is theirs; once for each merge."""
        ...
