"""Google's access token, renewed in a thread ahead of its end."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request

from push.outcomes import Configuration, Held
from sessions.clock import Clock

__all__ = ["Bearer"]

_AHEAD = timedelta(minutes=5)
_AGAIN = timedelta(seconds=10)


class Bearer:
    """Signs requests with a token that `ready` has made sure of, and never makes one again.

    google-auth renews with a blocking client; here that happens in a thread, in which Google has
    `renew_s` to answer. Nobody waits for it longer than `patience_s`. After a failure the next
    renewal comes 10 s later at the earliest.
    """

    def __init__(
        self,
        credential: Credentials,
        clock: Clock,
        *,
        project: str,
        patience_s: float = 2.0,
        renew_s: float = 10.0,
    ) -> None:
        self.credential = credential
        self._clock = clock
        self._project = project
        self._patience_s = patience_s
        self._renew_s = renew_s
        self._renewal: asyncio.Future[GoogleAuthError | None] | None = None
        self._again_at = 0.0
        self._refused: str | None = None
        self._may_help = True

    @property
    def token(self) -> str:
        """The token that requests are signed with now."""
        return self.credential.token or ""

    async def ready(self) -> Held | Configuration | None:
        """Have a token at hand; return what keeps it from us, None when there is one.

        While one is renewed ahead of time, all go on with the one before.
        """
        if self._is_good(_AHEAD):
            return None
        renewal = self._renewing()
        if not self._is_good(timedelta()):
            await asyncio.wait([renewal], timeout=self._patience_s)
        if self._is_good(timedelta()):
            return None
        if not renewal.done():
            return self._held("slow")
        return self._missing(error) if (error := renewal.result()) is not None else None

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

    def sign(self, headers: dict[str, str]) -> None:
        """Sign a request; whatever the answer is, there is no second one (A19)."""
        self.credential.apply(headers)  # type: ignore[no-untyped-call]

    def _is_good(self, margin: timedelta) -> bool:
        if not self.token or self.token == self._refused:
            return False
        expiry = self.credential.expiry
        return expiry is None or _utc(expiry) > self._clock.now() + margin

    def _renewing(self) -> "asyncio.Future[GoogleAuthError | None]":
        """Return the renewal that is on its way, or failed a moment ago, or begin one."""
        renewal = self._renewal
        if renewal is None or (renewal.done() and self._clock.monotonic() >= self._again_at):
            renewal = asyncio.get_running_loop().run_in_executor(None, self._renew)
            renewal.add_done_callback(self._renewed)
            self._renewal = renewal
        return renewal

    def _renew(self) -> GoogleAuthError | None:
        try:
            self.credential.refresh(partial(Request(), timeout=self._renew_s))  # type: ignore[no-untyped-call]
        except GoogleAuthError as error:
            return error
        return None

    def _renewed(self, renewal: "asyncio.Future[GoogleAuthError | None]") -> None:
        failed = renewal.cancelled() or renewal.exception() or renewal.result()
        pause_s = _AGAIN.total_seconds() if failed else 0.0
        self._again_at = self._clock.monotonic() + pause_s

    def _missing(self, error: GoogleAuthError) -> Held | Configuration:
        if isinstance(error, TransportError) or error.retryable:
            return self._held("unreachable")
        return Configuration(reason="credential_refused", scope="project", lane=self._project)

    def _held(self, why: str) -> Held:
        return Held(
            reason=f"credential_{why}", retry_after=_AGAIN, scope="project", lane=self._project
        )


def _utc(expiry: datetime) -> datetime:
    return expiry.replace(tzinfo=UTC) if expiry.tzinfo is None else expiry
