"""The Authorization header."""

__all__ = ["bearer_token"]


def bearer_token(header: str | None) -> str | None:
    """Return the token of a Bearer header, None when there is none."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
