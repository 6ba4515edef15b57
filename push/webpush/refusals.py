"""Whose subscriptions our signature was refused for: one user's can be made up."""

from collections import OrderedDict

__all__ = ["Refusals"]

_MOST_HOSTS = 1000


class Refusals:
    """Notes refusals by host since it last took a signature.

    A user chooses the address that a request goes to, and so may choose the answer. Of more than a
    thousand hosts, whose names come from users too, the oldest are forgotten.
    """

    def __init__(self) -> None:
        self._users: OrderedDict[str, set[str]] = OrderedDict()

    def add(self, host: str, user_id: str) -> bool:
        """Note a refusal; tell whether there were some for two users, so that it is our fault."""
        users = self._users.setdefault(host, set())
        self._users.move_to_end(host)
        if len(users) < 2:
            users.add(user_id)
        if len(self._users) > _MOST_HOSTS:
            self._users.popitem(last=False)
        return len(users) == 2

    def forget(self, host: str) -> None:
        """Forget a host's, as it took a signature."""
        self._users.pop(host, None)
