"""Indexes in memory, the last used first, in so many bytes."""

from collections import OrderedDict

from .loaded import Loaded

__all__ = ["Shelf"]


class Shelf:
    """At most `most_bytes` of indexes; the last used stays, whatever its size."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[str, Loaded] = OrderedDict()
        self._bytes = 0

    def get(self, user_id: str) -> Loaded | None:
        """Return a user's index, if it is here."""
        if user_id in self._held:
            self._held.move_to_end(user_id)
        return self._held.get(user_id)

    def put(self, user_id: str, loaded: Loaded) -> None:
        """Keep a user's index, and let go of those not used for longest."""
        self.drop(user_id)
        self._held[user_id] = loaded
        self._bytes += loaded.nbytes
        while self._bytes > self._most_bytes and len(self._held) > 1:
            self.drop(next(iter(self._held)))

    def drop(self, user_id: str) -> None:
        """Let go of a user's index."""
        held = self._held.pop(user_id, None)
        if held is not None:
            self._bytes -= held.nbytes
