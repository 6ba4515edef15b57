"""How answers reach people who are not looking: what sessions ask of whoever tells devices."""

from datetime import timedelta
from typing import Protocol

__all__ = ["UNREAD_FOR", "Nobody", "Reach"]

# so long an answer may stay unread before the user's devices are told of it
UNREAD_FOR = timedelta(seconds=3)


class Reach(Protocol):
    """Those who are told of answers, and what their users do and allow."""

    async def reachable(self, user_id: str) -> bool:
        """Tell whether a user has a device to be told of answers; raises StoreUnavailable."""
        ...

    async def writes_first(self, user_id: str) -> bool:
        """Tell whether a user lets mentors write first, as on a day; raises StoreUnavailable."""
        ...

    def active(self, user_id: str, session_id: str) -> None:
        """Hear that a user is looking at a session."""
        ...

    def read(self, user_id: str, session_id: str, number: int, installation_id: str = "") -> None:
        """Hear that a user has read a session's answers up to that of turn `number`, and where."""
        ...


class Nobody:
    """Nobody is told of anything."""

    async def reachable(self, user_id: str) -> bool:
        """Return False."""
        return False

    async def writes_first(self, user_id: str) -> bool:
        """Return False."""
        return False

    def active(self, user_id: str, session_id: str) -> None:
        """Take no notice."""

    def read(self, user_id: str, session_id: str, number: int, installation_id: str = "") -> None:
        """Take no notice."""
