"""Whose subscriptions our signature was refused for: a user's can be made up."""

from collections import OrderedDict

from msgspec import Struct, field

__all__ = ["Refusals"]

_MOST_HOSTS = 1000
_MOST_PRINTS = 10_000
# of users whose very address took our signature before, and of users of whom nothing is known
_USERS, _STRANGERS = 2, 20


class _Host(Struct):
    took: bool = False
    users: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)


class Refusals:
    """Notes refusals by host since it last took a signature.

    A user chooses the address that a request goes to, and so may choose the answer: one that was
    made for another key is refused for ever. So it is our fault only where addresses refuse what
    they took before, or where a host that never took anything refuses many users. Of more than a
    thousand hosts, whose names come from users too, and of ten thousand addresses the oldest are
    forgotten.
    """

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._taken: OrderedDict[str, None] = OrderedDict()

    def add(self, host: str, user_id: str, address: str) -> bool:
        """Note a refusal of a user's address, by its print; tell whether it is our fault."""
        noted, is_known = self._host(host), address in self._taken
        users, most = (noted.users, _USERS) if is_known else (noted.strangers, _STRANGERS)
        if len(users) < most:
            users.add(user_id)
        return len(users) == most and (is_known or not noted.took)

    def taken(self, host: str, address: str) -> None:
        """Note that a signature was taken for an address, and forget the host's refusals."""
        noted = self._host(host)
        noted.took = True
        noted.users.clear()
        noted.strangers.clear()
        self._taken[address] = None
        self._taken.move_to_end(address)
        if len(self._taken) > _MOST_PRINTS:
            self._taken.popitem(last=False)

    def _host(self, name: str) -> _Host:
        noted = self._hosts.setdefault(name, _Host())
        self._hosts.move_to_end(name)
        if len(self._hosts) > _MOST_HOSTS:
            self._hosts.popitem(last=False)
        return noted
