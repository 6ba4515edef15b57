"""Tokens that are for the pages of one origin alone."""

import re
from collections.abc import Mapping

from msgspec import Struct

from sessions.errors import Forbidden

__all__ = ["OtherOrigin", "Page", "check_page", "origin_in"]

_OWN_MACHINE = re.compile(r"(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?")


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

    Browsers don't name it when a page reads from its own server, but say that it does; they say so
    to `https://` and their own machine alone (Fetch Metadata Request Headers, section 2). So the
    page of any other host is `https://`, whatever a proxy that ends TLS leaves of it on the way.
    `scheme` is that of the request as it came here.
    """
    origin = headers.get("origin")
    if origin is None and headers.get("sec-fetch-site") == "same-origin":
        host = headers.get("host", "")
        return f"{scheme if _OWN_MACHINE.fullmatch(host) else 'https'}://{host}"
    return origin
