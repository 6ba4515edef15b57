"""Headers that say who sends, made once for each push service and made again in time."""

import re
from datetime import datetime, timedelta

from cachetools import LRUCache
from msgspec import Struct

from push.webpush.keys import VapidKey
from sessions.clock import Clock

__all__ = ["VapidHeader", "VapidHeaders", "check_subject"]

# services refuse more than 24 hours (RFC 8292, 2), and clocks differ
_LIFE = timedelta(hours=12)
_LEFT = timedelta(hours=1)
_MOST_ORIGINS = 256
_MAIL = re.compile(r"mailto:[^@\s,]+@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_PAGE = re.compile(r"https://(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
# names that are nobody's: Apple answers 403 for them, the others don't mind
_NOBODY = (".local", ".localhost", ".localdomain", ".internal", ".invalid", ".test")


class VapidHeader(Struct):
    """An Authorization header, and when a service last took it."""

    text: str
    renew_at: datetime
    taken_at: datetime | None = None

    def was_taken(self, now: datetime, *, within: timedelta) -> bool:
        """Tell whether a service took this header a short while ago; clocks may jump."""
        return self.taken_at is not None and abs(now - self.taken_at) <= within


class VapidHeaders:
    """Signs for an origin when there is no header yet, or its last hour has begun (F9)."""

    def __init__(self, *, subject: str, clock: Clock) -> None:
        check_subject(subject)
        self._subject = subject
        self._clock = clock
        self._headers: LRUCache[tuple[str, str], VapidHeader] = LRUCache(_MOST_ORIGINS)

    def header(self, key: VapidKey, origin: str) -> VapidHeader:
        """Return the header for requests to `origin` in the name of a key."""
        now = self._clock.now()
        header = self._headers.get((key.public, origin))
        if header is None or now >= header.renew_at:
            expires = now + _LIFE
            text = key.authorization(
                audience=origin, subject=self._subject, expires=int(expires.timestamp())
            )
            header = VapidHeader(text=text, renew_at=expires - _LEFT)
            self._headers[key.public, origin] = header
        return header


def check_subject(subject: str) -> None:
    """Raise ValueError unless a push service could reach us there: mailto: or https:."""
    if not (_MAIL.fullmatch(subject) or _PAGE.fullmatch(subject)):
        raise ValueError("name who sends, as mailto:you@example.org or https://example.org")
    if subject.lower().endswith(_NOBODY):
        raise ValueError("Apple takes no address of a local domain")
