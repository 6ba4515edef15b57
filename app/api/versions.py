"""Which version of the API an address belongs to, and the headers that say so."""

from datetime import UTC, datetime
from email.utils import format_datetime

__all__ = ["NAMES", "V1_HEADERS", "is_v1", "version_headers", "version_of"]

NAMES = ("X-API-Version", "Deprecation", "Sunset", "Link")
DEPRECATED_AT = datetime(2026, 12, 1, tzinfo=UTC)
SUNSET_AT = datetime(2027, 12, 1, tzinfo=UTC)
SUCCESSOR = "/api/v2"
_V1 = ("/health", "/chat", "/sessions", "/summaries")
Headers = list[tuple[bytes, bytes]]

# RFC 9745, RFC 8594 and RFC 5829
V1_HEADERS: dict[str, str] = {
    "x-api-version": "1",
    "deprecation": f"@{int(DEPRECATED_AT.timestamp())}",
    "sunset": format_datetime(SUNSET_AT, usegmt=True),
    "link": f'<{SUCCESSOR}>; rel="successor-version"',
}
_HEADERS: dict[str, Headers] = {
    "": [],
    "1": [(name.encode(), value.encode()) for name, value in V1_HEADERS.items()],
    "2": [(b"x-api-version", b"2")],
    "2.1": [(b"x-api-version", b"2.1")],
}


def version_of(path: str) -> str:
    """Return the version that answers a path, "" for what is no versioned API.

    The root is not told by its path: browsers get a page there.
    """
    if path.startswith("/api/v2.1/"):
        return "2.1"
    if path.startswith("/api/v2/"):
        return "2"
    return "1" if is_v1(path) else ""


def is_v1(path: str) -> bool:
    """Tell whether a path is one of API v1, the root aside."""
    return any(path == each or path.startswith(f"{each}/") for each in _V1)


def version_headers(path: str) -> Headers:
    """Return the headers of an answer at `path`."""
    return _HEADERS[version_of(path)]
