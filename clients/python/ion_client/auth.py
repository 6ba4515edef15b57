"""Where access tokens come from: given, asked for, or an anonymous account that renews itself."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from .errors import IonClientError, Unreachable
from .http import Http
from .timing import Clock

__all__ = [
    "AccountTokens",
    "AskedToken",
    "Credentials",
    "FileTokens",
    "GivenToken",
    "MemoryTokens",
    "TokenStore",
    "Tokens",
    "authorised",
    "chosen",
]

T = TypeVar("T")
_EARLY_S = 30.0
_HANGS_AFTER_S = 3.0
_logger = logging.getLogger("ion_client")


class Tokens(Struct, frozen=True, kw_only=True):
    """What an account holds; `expires_at` is the access token's end in seconds since 1970."""

    user_id: str
    access_token: str
    refresh_token: str
    expires_at: float


class TokenStore(Protocol):
    """Where tokens are kept between runs."""

    def load(self) -> Tokens | None:
        """Return the tokens, None when there are none."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Keep these instead of the ones before."""
        ...


class MemoryTokens:
    """Keeps tokens as long as the program runs."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        """Return the tokens, None when there are none."""
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        """Keep these instead of the ones before."""
        self._tokens = tokens


class FileTokens:
    """Keeps tokens in a file that only its owner can read (mode 0600)."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def load(self) -> Tokens | None:
        """Return the tokens, None when there is no file or none that makes sense."""
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._path.read_bytes(), type=Tokens)
        return None

    def save(self, tokens: Tokens) -> None:
        """Replace the file as a whole, so that a crash leaves the old one or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(tokens))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)


class Credentials(Protocol):
    """Gives access tokens; both methods raise IonClientError, retryable when asking failed."""

    async def token(self) -> str:
        """Return a token that should be valid."""
        ...

    async def renew(self, refused: str) -> None:
        """See to it that `token` returns another one than the one that was refused."""
        ...


class GivenToken:
    """One token, for as long as it is valid."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        """Return the token."""
        return self._token

    async def renew(self, refused: str) -> None:
        """Raise: there is no other."""
        raise IonClientError("unauthenticated", "the server does not accept the token")


class AskedToken:
    """Tokens from a function of the program, asked anew when one is refused."""

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self._ask = ask
        self._token: str | None = None

    async def token(self) -> str:
        """Return the last token, or ask for the first."""
        if self._token is None:
            self._token = await self._ask()
        return self._token

    async def renew(self, refused: str) -> None:
        """Ask again."""
        if self._token == refused:
            self._token = await self._ask()


class AccountTokens:
    """An account kept in a store; without one it becomes an anonymous user.

    Refresh tokens are used once, one renewal at a time; a renewal that another program made in
    the same store is taken over. Tokens that the store can't keep (OSError) are used, and kept as
    soon as it can.
    """

    def __init__(self, http: Http, store: TokenStore, clock: Clock) -> None:
        self._http = http
        self._store = store
        self._clock = clock
        self._tokens: Tokens | None = None
        self._unkept: Tokens | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """Return the access token, renewed when it is about to expire."""
        async with self._lock:
            self._tokens = self._tokens or self._store.load()
            if self._unkept is not None:
                self._keep(self._unkept)
            if self._tokens is None:
                await self._obtain("/auth/anonymous", None)
            elif self._tokens.expires_at - self._clock.wall() < _EARLY_S:
                await self._refresh(self._tokens)
            return self._held().access_token

    async def renew(self, refused: str) -> None:
        """Use the refresh token, unless somebody did since."""
        async with self._lock:
            if self._held().access_token == refused:
                await self._refresh(self._held())

    async def _refresh(self, tokens: Tokens) -> None:
        # what is stored where these could not be kept is older
        stored = None if self._unkept else self._store.load()
        if stored is not None and stored.access_token != tokens.access_token:
            self._tokens = stored
            return
        await self._obtain("/auth/refresh", {"refresh_token": tokens.refresh_token})

    async def _obtain(self, path: str, body: dict[str, str] | None) -> None:
        pair = await self._asked(path, body)
        self._tokens = Tokens(
            user_id=pair.user_id,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_at=self._clock.wall() + pair.expires_in,
        )
        self._keep(self._tokens)

    def _keep(self, tokens: Tokens) -> None:
        try:
            self._store.save(tokens)
        except OSError as error:
            if self._unkept is None:
                _logger.warning("the account's tokens can't be kept yet (%s)", error)
            self._unkept = tokens
        else:
            self._unkept = None

    async def _asked(self, path: str, body: dict[str, str] | None) -> "_Pair":
        # what hangs may be a connection of before the machine slept: then a renewal, which within
        # a minute works once more, is asked anew; asked twice for an account the server makes two
        if body is not None:
            with suppress(Unreachable):
                return await self._http.call(
                    "POST", path, _Pair, body=body, within_s=_HANGS_AFTER_S
                )
        return await self._http.call("POST", path, _Pair, body=body)

    def _held(self) -> Tokens:
        if self._tokens is None:
            raise IonClientError("unauthenticated", "there are no tokens yet")
        return self._tokens


def chosen(
    token: str | None,
    tokens: TokenStore | Callable[[], Awaitable[str]] | None,
    http: Http,
    clock: Clock,
) -> Credentials:
    """Return what gives tokens: the one given, the function that is asked, or an account."""
    if token is not None:
        return GivenToken(token)
    if callable(tokens):
        return AskedToken(tokens)
    return AccountTokens(http, tokens or MemoryTokens(), clock)


async def authorised(credentials: Credentials, call: Callable[..., Awaitable[T]]) -> T:
    """Return what `call` does with a token, and with another when that one is refused."""
    token = await credentials.token()
    try:
        return await call(token=token)
    except IonClientError as error:
        if error.code not in ("unauthenticated", "account_merged"):
            raise
    await credentials.renew(token)
    return await call(token=await credentials.token())


class _Pair(Struct, frozen=True, kw_only=True):
    user_id: str
    access_token: str
    refresh_token: str
    expires_in: float
