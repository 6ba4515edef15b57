"""Google's access token, renewed in a thread ahead of its end."""

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import httpx
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from push.outcomes import Configuration, Held, Outcome
from sessions.clock import Clock

__all__ = ["Bearer"]

_AHEAD = timedelta(minutes=5)
_AGAIN = timedelta(seconds=10)


class Bearer(httpx.Auth):
    """Signs requests with a token that `ready` has made sure of, and never makes one again.

    google-auth renews with a blocking client; here that happens in a thread.
    """

    def __init__(self, credential: Credentials, clock: Clock, *, project: str) -> None:
        self.credential = credential
        self._clock = clock
        self._project = project
        self._renewing = asyncio.Lock()
        self._refused: str | None = None
        self._may_help = True

    @property
    def token(self) -> str:
        """The token that requests are signed with now."""
        return self.credential.token or ""

    async def ready(self) -> Outcome | None:
        """Have a token at hand; return what keeps it from us, None when there is one.

        While one is renewed ahead of time, others go on with the one before.
        """
        if self._is_good(_AHEAD) or (self._is_good(timedelta(0)) and self._renewing.locked()):
            return None
        async with self._renewing:
            if self._is_good(_AHEAD):
                return None
            try:
                await asyncio.to_thread(self.credential.refresh, Request())
            except GoogleAuthError as error:
                return None if self._is_good(timedelta(0)) else self._missing(error)
            return None

    def refused(self, token: str) -> bool:
        """Note that a token was not taken; tell whether a new one may help.

        It may not when the one before was refused too (A8).
        """
        if token == self.token and token != self._refused:
            self._may_help = self._refused is None
            self._refused = token
        return self._may_help

    def taken(self) -> None:
        """Note that a token was taken."""
        self._refused = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign a request; whatever the answer is, there is no second one (A19)."""
        self.credential.apply(request.headers)  # type: ignore[no-untyped-call]
        yield request

    def _is_good(self, margin: timedelta) -> bool:
        if not self.token or self.token == self._refused:
            return False
        expiry = self.credential.expiry
        return expiry is None or _utc(expiry) > self._clock.now() + margin

    def _missing(self, error: GoogleAuthError) -> Outcome:
        if not isinstance(error, TransportError) and not error.retryable:
            return Configuration(reason="credential_refused", scope="project", lane=self._project)
        return Held(
            reason="credential_unreachable", retry_after=_AGAIN, scope="project", lane=self._project
        )


def _utc(expiry: datetime) -> datetime:
    return expiry.replace(tzinfo=UTC) if expiry.tzinfo is None else expiry
