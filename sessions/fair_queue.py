"""Who is served next when more is wanted than can be done at once: users take turns."""

from collections import Counter, OrderedDict, deque
from typing import Generic, TypeVar

__all__ = ["FairQueue"]

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Round-robin over users who wait, first come first served for each of them.

    At most `slots` run at once, at most `slots_a_user` of one user; `places` is how many may wait.
    """

    def __init__(self, *, slots: int, slots_a_user: int, places: int) -> None:
        self._slots = slots
        self._slots_a_user = slots_a_user
        self._places = places
        self._running: Counter[str] = Counter()
        self._ring: OrderedDict[str, deque[T]] = OrderedDict()
        self.running = 0
        self.waiting = 0

    def room_for(self, user_id: str) -> bool:
        """Tell whether one more of this user may wait.

        A user may have as many places as are still free (Choudhury and Hahne, dynamic queue
        length thresholds, 1998): one alone fills half of them, and the next finds room.
        """
        return len(self._ring.get(user_id, ())) < self._places - self.waiting

    def is_free(self, user_id: str) -> bool:
        """Tell whether one more of this user would begin at once."""
        return self.running < self._slots and self._may_run(user_id)

    def ask(self, user_id: str, ticket: T) -> bool:
        """Begin at once and return True, or wait until `end` gives the ticket out."""
        if self.is_free(user_id):
            self._begin(user_id)
            return True
        self._ring.setdefault(user_id, deque()).append(ticket)
        self.waiting += 1
        return False

    def leave(self, user_id: str, ticket: T) -> bool:
        """Wait no longer; False when the ticket does not wait."""
        tickets = self._ring.get(user_id, deque())
        if ticket not in tickets:
            return False
        tickets.remove(ticket)
        self._one_less(user_id)
        return True

    def end(self, user_id: str) -> T | None:
        """End what runs for a user, and return the ticket that runs instead."""
        self.running -= 1
        self._running[user_id] -= 1
        if not self._running[user_id]:
            del self._running[user_id]
        chosen = next((each for each in self._ring if self._may_run(each)), None)
        if chosen is None:
            return None
        ticket = self._ring[chosen].popleft()
        self._ring.move_to_end(chosen)
        self._one_less(chosen)
        self._begin(chosen)
        return ticket

    def _may_run(self, user_id: str) -> bool:
        return self._running[user_id] < self._slots_a_user

    def _begin(self, user_id: str) -> None:
        self.running += 1
        self._running[user_id] += 1

    def _one_less(self, user_id: str) -> None:
        self.waiting -= 1
        if not self._ring[user_id]:
            del self._ring[user_id]
