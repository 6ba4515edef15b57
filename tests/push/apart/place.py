"""Where a worker in a process of its own finds what it needs."""

from msgspec import Struct

__all__ = ["Place"]


class Place(Struct, frozen=True, kw_only=True):
    """The file of documents, FCM's stand-in and the certificate to trust it by.

    In `figures` it leaves what it measured when it is asked to end (SIGTERM). A worker has leases
    of `lease_s`, gives a request up after `send_s`, and looks at the outbox every `poll_s`.
    """

    documents: str
    url: str
    root: str
    figures: str
    lease_s: float = 30.0
    send_s: float = 20.0
    poll_s: float = 1.0
