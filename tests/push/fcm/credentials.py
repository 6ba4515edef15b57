"""A Google credential that asks nobody."""

import threading
from datetime import timedelta
from typing import Any

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError

from sessions.clock import Clock

__all__ = ["TestCredential"]


class TestCredential(Credentials):
    """Gives the next of `tokens` for an hour; `may_renew` holds that back, `error` fails it."""

    __test__ = False

    def __init__(self, clock: Clock) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tokens = ["good-token"]
        self.renewals = 0
        self.threads: list[str] = []
        self.error: GoogleAuthError | None = None
        self.may_renew = threading.Event()
        self.may_renew.set()
        self._clock = clock

    def refresh(self, request: Any) -> None:
        """Take the next token, the last one again when there are no more."""
        self.renewals += 1
        self.threads.append(threading.current_thread().name)
        assert self.may_renew.wait(10)
        if self.error is not None:
            raise self.error
        self.token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        self.expiry = (self._clock.now() + timedelta(hours=1)).replace(tzinfo=None)
