"""What addresses in settings must look like; a message never repeats them: they hold passwords."""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

__all__ = [
    "read_database_name",
    "read_fallbacks",
    "read_host",
    "read_http_url",
    "read_issuers",
    "read_mongodb_uri",
    "read_origins",
    "read_proxies",
    "read_redis_url",
]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_MONGODB_HOST = re.compile(r"(\[[^\[\]]+\]|[^:\[\]]+)(:\d+)?")
_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")


def read_host(raw: str) -> str:
    """Return a name or an IP address to listen on, without brackets; raises ValueError."""
    host = raw[1:-1] if raw.startswith("[") and raw.endswith("]") else raw
    if ":" in host:
        try:
            ip_address(host)
        except ValueError:
            told = "it is a name or an IP address, without http:// and a port"
            raise ValueError(told) from None
    return host


def read_redis_url(raw: str) -> str:
    """Return the address of a Redis or Valkey; raises ValueError."""
    url = _split(raw, "redis", "rediss", "unix")
    if url.scheme == "unix":
        if not url.path.strip("/"):
            raise ValueError("it names no socket")
    elif not _has_host(url):
        raise ValueError("its host or port makes no sense")
    elif not re.fullmatch(r"/?|/\d+/?", url.path):
        raise ValueError("its database is no number")
    return raw


def read_mongodb_uri(raw: str) -> str:
    """Return the address of a MongoDB; raises ValueError."""
    url = _split(raw, "mongodb", "mongodb+srv")
    hosts = url.netloc.rpartition("@")[2]
    if not hosts:
        raise ValueError("it names no host")
    # else what is behind the sign would be shown, taken for a host's
    if "@" in url.path or not all(map(_MONGODB_HOST.fullmatch, hosts.split(","))):
        raise ValueError(
            "a host or port makes no sense; in a password write / ? # @ as %2F and so on"
        )
    return raw


def read_http_url(raw: str) -> str:
    """Return an address to call over HTTP, without a slash at its end; raises ValueError."""
    url = _split(raw, "http", "https")
    if not _has_host(url):
        raise ValueError("its host or port makes no sense")
    if url.query or url.fragment:
        raise ValueError("it has a path at most, no ? and no #")
    return raw.rstrip("/")


def read_database_name(raw: str) -> str:
    """Return the name of a database; raises ValueError."""
    if not _DATABASE.fullmatch(raw):
        raise ValueError(f"{raw!r} is no name: use up to 63 letters, digits, - and _")
    return raw


def read_origins(raw: str) -> tuple[str, ...]:
    """Return origins of pages, or `*` for all; raises ValueError."""
    return _each(raw, _origin)


def read_proxies(raw: str) -> tuple[str, ...]:
    """Return addresses and networks of proxies, or `*` for all; raises ValueError."""
    return _each(raw, _proxy)


def read_issuers(raw: str) -> tuple[str, ...]:
    """Return `issuer=audience` pairs, each issuer without a slash at its end; raises ValueError."""
    return _each(raw, _issuer)


def read_fallbacks(raw: str) -> tuple[str, ...]:
    """Return `offline`, `model` or `model@base-url`, any number of them; raises ValueError."""
    return _each(raw, _fallback)


def _each(raw: str, read: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(read(part.strip()) for part in raw.split(",") if part.strip())


def _origin(raw: str) -> str:
    """Return an origin as browsers send it: in small letters, without a path."""
    if raw == "*":
        return raw
    url = urlsplit(raw)
    rest = url.path or url.query or url.fragment or url.username is not None
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*", url.scheme) or not _has_host(url) or rest:
        raise ValueError(f"{raw!r} is no origin like https://app.example.org (without a path)")
    return raw.lower()


def _proxy(raw: str) -> str:
    if raw == "*":
        return raw
    try:
        ip_network(raw)
    except ValueError:
        raise ValueError(f"{raw!r} is no IP address or network like 10.0.0.0/8") from None
    return raw


def _issuer(raw: str) -> str:
    issuer, _, audience = (part.strip() for part in raw.partition("="))
    if not audience:
        raise ValueError("it is no pair like https://accounts.example.org=client-id")
    if re.search(r"[\s;<>\"']", audience):
        raise ValueError("a client's id has no blanks, quotes, ; < or >; pairs stand after a comma")
    url = _split(issuer, "https", "http")
    if not _has_host(url) or url.query or url.fragment or "@" in url.netloc:
        raise ValueError("an issuer is an address with a host, and a path at most")
    if url.scheme == "http" and url.hostname not in _LOOPBACK:
        raise ValueError("an issuer begins with https://; http:// is for this machine alone")
    return f"{issuer.rstrip('/')}={audience}"


def _fallback(raw: str) -> str:
    model, at, base_url = raw.partition("@")
    if not model:
        raise ValueError("a fallback names no model")
    if at:
        return f"{model}@{read_http_url(base_url)}"
    return raw


def _split(raw: str, *schemes: str) -> SplitResult:
    """Return an address in its parts; raises ValueError for another scheme."""
    wanted = ", ".join(f"{scheme}://" for scheme in schemes)
    try:
        url = urlsplit(raw)
    except ValueError:
        raise ValueError("it is no address") from None
    if url.scheme not in schemes or "://" not in raw:
        raise ValueError(f"it must begin with one of {wanted}")
    return url


def _has_host(url: SplitResult) -> bool:
    try:
        return bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        return False
