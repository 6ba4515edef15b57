"""An identity provider's keys, asked for when they are needed and kept while it is away."""

import asyncio
from collections.abc import Mapping

import httpx
import structlog
from jwt import PyJWK

from app.oidc.discovery import NotPublished, fetched
from schemas.codes import Code
from sessions.clock import Clock
from sessions.errors import IonError

__all__ = ["KeysUnavailable", "ProviderKeys"]

log = structlog.get_logger(__name__)
_FRESH_S = 600
_PAUSE_S = 60
_RETRY_S = 5
# tokens live for hours: whoever can't be asked for so long has made none that is still good
_KEPT_S = 86_400


class KeysUnavailable(IonError):
    """The keys of the identity provider can't be had now."""

    code = Code.OVERLOADED
    retryable = True


class ProviderKeys:
    """The keys of one issuer.

    It is asked when they are ten minutes old or one is not known: once a minute at most, whatever
    tokens are shown, and every 5 s while there are none. Keys of the last good answer hold for a
    day.
    """

    def __init__(self, issuer: str, *, http: httpx.AsyncClient, clock: Clock) -> None:
        self._issuer = issuer
        self._http = http
        self._clock = clock
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched_at = 0.0
        self._ask_at = 0.0
        self._failed = False
        self._asking = asyncio.Lock()

    async def find(self, kid: str | None) -> PyJWK | None:
        """Return the key of a `kid`, or the only one there is; None when the issuer has none.

        Raises KeysUnavailable when nobody can tell.
        """
        key = self._known(kid)
        if key is None or self._age() >= _FRESH_S:
            await self._renew()
            key = self._known(kid)
        if key is None and self._failed:
            wait_s = max(1.0, self._ask_at - self._clock.monotonic())
            raise KeysUnavailable(retry_after_ms=int(wait_s * 1000))
        return key

    def _known(self, kid: str | None) -> PyJWK | None:
        if self._age() >= _KEPT_S:
            return None
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid or "")

    def _age(self) -> float:
        return self._clock.monotonic() - self._fetched_at

    async def _renew(self) -> None:
        """Ask the issuer unless that was done just now; who comes meanwhile waits for it."""
        async with self._asking:
            if self._clock.monotonic() < self._ask_at:
                return
            try:
                published = await fetched(self._http, self._issuer)
            except NotPublished as error:
                self._failed = True
                log.warning("oidc_keys_not_fetched", issuer=self._issuer, why=str(error))
            else:
                self._failed = False
                self._keys, self._fetched_at = published.keys, self._clock.monotonic()
            pause_s = _PAUSE_S if self._keys else _RETRY_S
            self._ask_at = self._clock.monotonic() + pause_s
