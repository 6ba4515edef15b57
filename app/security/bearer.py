"""The Authorization header."""

from app.security.accounts import Accounts
from app.security.tokens import Access
from sessions.errors import Unauthenticated

__all__ = ["bearer_access", "bearer_token"]


async def bearer_access(
    accounts: Accounts, header: str | None, origin: str | None = None
) -> Access:
    """Return whom the header's token speaks for, shown by a page of `origin`.

    Raises Unauthenticated, AccountMerged, OtherOrigin, StoreUnavailable.
    """
    token = bearer_token(header)
    if token is None:
        raise Unauthenticated("the Authorization header carries no Bearer token")
    return await accounts.open(token, origin)


def bearer_token(header: str | None) -> str | None:
    """Return the token of a Bearer header, None when there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
