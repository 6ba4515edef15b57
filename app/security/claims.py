"""Ids that prove by themselves: whoever shows one was handed it by the server."""

import re
from hashlib import sha256
from secrets import token_urlsafe

__all__ = ["is_claim", "masked", "new_claim", "owner_of"]

_CLAIM = re.compile(r"c_[A-Za-z0-9_-]{32}")
_BYTES = 24


def new_claim() -> str:
    """Return a new id, 192 bits of chance; the server keeps no word of it."""
    return f"c_{token_urlsafe(_BYTES)}"


def is_claim(text: str) -> bool:
    """Tell whether this looks like such an id; one that was made up names no session."""
    return _CLAIM.fullmatch(text) is not None


def owner_of(claim: str) -> str:
    """Return the user whose sessions a claim opens: nobody else's, and no token speaks for them."""
    return f"u_{sha256(f'claim {claim}'.encode()).hexdigest()[:40]}"


def masked(path: str) -> str:
    """Return a path as it may be logged."""
    return _CLAIM.sub("c_…", path) if "c_" in path else path
