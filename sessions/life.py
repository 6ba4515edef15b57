"""Whether a session is in use, at rest or closed: worked out from its times and the clock."""

from datetime import datetime, timedelta

from msgspec import Struct

from schemas.resources import SessionState
from sessions.archive import SessionDocument

__all__ = ["Life"]


class Life(Struct, frozen=True, kw_only=True):
    """How long a session is open after somebody spoke in it.

    After `idle` without a word it is idle, after `ttl` it has closed of itself: it is not lost, a
    message opens it again. A `ttl` of zero leaves sessions open.
    """

    ttl: timedelta = timedelta(hours=24)
    idle: timedelta = timedelta(minutes=30)

    def state(
        self, session: SessionDocument, now: datetime, *, running: bool = False
    ) -> SessionState:
        """Return the state at `now`; one that is being answered is in use unless it was closed."""
        if session.closed_at is not None:
            return "closed"
        quiet = now - _spoken(session)
        if running or quiet < min(self.idle, self.ttl or self.idle):
            return "active"
        return "closed" if self.ttl and quiet >= self.ttl else "idle"

    def closes_at(self, session: SessionDocument) -> datetime | None:
        """Return when the session closes of itself if nobody speaks; None when it never does."""
        if session.closed_at is not None or not self.ttl:
            return None
        return _spoken(session) + self.ttl

    def gone(self, session: SessionDocument, now: datetime) -> bool:
        """Tell whether nothing may be left of the session: it is private and has closed."""
        return session.private and self.state(session, now) == "closed"


def _spoken(session: SessionDocument) -> datetime:
    """Return when somebody last spoke or came back."""
    return max(session.updated_at, session.resumed_at or session.updated_at)
