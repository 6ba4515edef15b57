"""Rows that are being sent, watched until their worker is given up, by a clock without jumps."""

from collections.abc import Iterable

from push.documents import NotificationDocument

__all__ = ["Watch"]


class Watch:
    """Tells whether a row has been at the same requests for a whole lease, as seen from here.

    The wall clocks of two workers may differ by more than a lease, or jump (G11). Who goes by how
    long it saw a row itself never takes one over whose request may still be on its way.
    """

    def __init__(self, *, lease_s: float) -> None:
        self._lease_s = lease_s
        self._since: dict[str, tuple[int, float]] = {}

    def saw(self, sending: Iterable[NotificationDocument], at: float) -> None:
        """Note what is being sent at `at` (monotonic seconds), and forget what no longer is."""
        self._since = {row.id: self._first(row, at) for row in sending}

    def left_s(self, row: NotificationDocument, at: float) -> float:
        """Return for how long a row is not to be taken over yet, 0 when it may be."""
        first = self._since[row.id] = self._first(row, at)
        return max(0.0, first[1] + self._lease_s - at)

    def forget(self) -> None:
        """Start anew: nobody could write for a while, so all get time to."""
        self._since.clear()

    def _first(self, row: NotificationDocument, at: float) -> tuple[int, float]:
        known = self._since.get(row.id)
        return known if known is not None and known[0] == row.attempts else (row.attempts, at)
