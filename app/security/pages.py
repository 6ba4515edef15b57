"""Tokens that are for the pages of one origin alone."""

from collections.abc import Mapping

from msgspec import Struct

from sessions.errors import Forbidden

__all__ = ["OtherOrigin", "Page", "check_page", "origin_in"]


class OtherOrigin(Forbidden):
    """The token is for pages of another origin."""


class Page(Struct, frozen=True, kw_only=True):
    """Where a token may be used: at pages of an origin, which a site has under its public key."""

    site: str
    origin: str


def check_page(page: Page | None, origin: str | None) -> None:
    """Raise OtherOrigin for a token of a page that is shown from elsewhere, or from no page."""
    if page is not None and page.origin != origin:
        raise OtherOrigin


def origin_in(headers: Mapping[str, str], scheme: str) -> str | None:
    """Return the origin of the page that asks; None when there is none.

    Browsers don't name it when a page reads from its own server, but say that it does.
    """
    origin = headers.get("origin")
    if origin is None and headers.get("sec-fetch-site") == "same-origin":
        return f"{scheme}://{headers.get('host', '')}"
    return origin
