"""How many notifications came to what: every change of state is counted (G10)."""

from collections import Counter
from typing import Literal, TypeAlias

from push.kinds import Kind

__all__ = ["Event", "Tally"]

Event: TypeAlias = Literal[
    "enqueued",
    "deferred",
    "collapsed",
    "cancelled",
    "expired",
    "sent",
    "dead",
    "erased",
    "redriven",
    "attempted",
    "accepted",
    "ambiguous",
    "retried",
    "failed",
    "gone",
    "acked",
    "opened",
    "lowered",
]


class Tally:
    """Counts of one process since it started, by event, kind and reason."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[Event, Kind, str]] = Counter()

    def count(self, event: Event, kind: Kind, reason: str = "") -> None:
        """Count an event; a reason is one of few, never anybody's words."""
        self.counts[event, kind, reason] += 1

    def total(self, event: Event) -> int:
        """Return how often an event came, over all kinds and reasons."""
        return sum(count for (each, _, _), count in self.counts.items() if each == event)
