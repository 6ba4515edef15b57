"""What `ion doctor` says of identity providers."""

from datetime import datetime

import httpx

from app.oidc.discovery import NotPublished, Published, fetched
from app.oidc.id_tokens import Issuer, read_issuers
from app.settings import Settings
from sessions.clock import Clock, SystemClock

__all__ = ["issuers"]

# a sign-in goes wrong at a minute
_CLOCKS_DIFFER_S = 30


async def issuers(settings: Settings, clock: Clock | None = None) -> str:
    """Return what the issuers in the settings publish.

    Raises RuntimeError naming those that can't be asked, or whose clock is another.
    """
    named = read_issuers(settings.oidc_issuers)
    if not named:
        return "with a site's word alone, ION_OIDC_ISSUERS is not set here"
    clock = clock or SystemClock()
    found: list[str] = []
    wrong: list[str] = []
    async with httpx.AsyncClient() as http:
        for each in named:
            try:
                found.append(_told(each, await fetched(http, each.url), clock.now()))
            except NotPublished as error:
                wrong.append(f"ION_OIDC_ISSUERS={each.url}: {error}")
            except ValueError as error:
                wrong.append(f"{each.url}: {error}")
    if wrong:
        raise RuntimeError("\n".join(wrong))
    return "\n".join(found)


def _told(issuer: Issuer, published: Published, now: datetime) -> str:
    if published.at is not None:
        ahead_s = (now - published.at).total_seconds()
        if abs(ahead_s) > _CLOCKS_DIFFER_S:
            direction = "ahead of" if ahead_s > 0 else "behind"
            raise ValueError(f"this machine's clock is {abs(ahead_s):.0f} s {direction} its own")
    clients = ", ".join(issuer.audiences)
    return f"{issuer.url}: keys to sign with: {len(published.keys)}, for {clients}"
