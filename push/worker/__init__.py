"""Takes rows out of the outbox, decides on them again, has them sent, and settles them."""

from .worker import Worker

__all__ = ["Worker"]
