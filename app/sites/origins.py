"""Origins of pages: what browsers send, what operators write, and whether the two agree."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import idna

__all__ = ["LOOPBACK", "allows", "is_origin", "read_pattern"]

# any port of this machine, under each of its names
LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
_PORTS = {"http": 80, "https": 443}
_MOST_PORT = 65_535
_MOST_CHARS = 300
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_ORIGIN = re.compile(rf"(https?)://({_HOST}|\[[0-9a-f:.]+\])(?::([1-9][0-9]{{0,4}}))?")
_PATTERN = re.compile(r"(https?)://(\*\.)?([^\s/?#@\\:\[\]*]+|\[[0-9a-f:.]+\])(?::([0-9]+|\*))?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_OWN = ("localhost", "127.0.0.1", "[::1]")


def is_origin(text: str) -> bool:
    """Tell whether a browser may send this as the origin of a page with an address.

    None of `null`, capitals, a trailing dot, a default port or letters outside ASCII is ever sent.
    """
    if len(text) > _MOST_CHARS or (found := _ORIGIN.fullmatch(text)) is None:
        return False
    scheme, host, port = found.groups()
    if port and (int(port) > _MOST_PORT or int(port) == _PORTS[scheme]):
        return False
    return _is_host(host)


def allows(pattern: str, origin: str) -> bool:
    """Tell whether a pattern, as `read_pattern` returns it, holds for the origin of a page.

    `https://*.example.org` holds for the subdomains of example.org, of any depth, not for itself.
    """
    if not is_origin(origin):
        return False
    if pattern.endswith(":*"):
        return re.sub(r":[0-9]+$", "", origin) == pattern[:-2]
    scheme, wild, rest = pattern.partition("://*.")
    if not wild:
        return origin == pattern
    return origin.startswith(f"{scheme}://") and origin.endswith(f".{rest}")


def read_pattern(raw: str) -> str:
    """Return an origin, or `https://*.` and a domain, as browsers write it; raises ValueError.

    `:*` stands for any port, of this machine alone.
    """
    found = _PATTERN.fullmatch(raw.strip().lower())
    if found is None:
        raise ValueError(f"{raw!r} is no origin like https://www.example.org (without a path)")
    scheme, wild, written, port = found.groups()
    host = _ascii(written, raw)
    if wild and ("." not in host or not _is_name(host)):
        raise ValueError(f"{raw!r}: *. stands before a domain with a dot, like *.example.org")
    if port == "*" and (wild or host not in _OWN):
        raise ValueError(f"{raw!r}: only this machine may have any port (http://localhost:*)")
    if port not in (None, "*") and not 1 <= int(port) <= _MOST_PORT:
        raise ValueError(f"{raw!r}: there is no such port")
    shown = "" if port is None or port == str(_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{wild or ''}{host}{shown}"


def _ascii(host: str, raw: str) -> str:
    """Return a host as browsers send it: punycode where it is not ASCII."""
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(f"{raw!r} names no host: {error}") from None
    if host.startswith("["):
        host = _six(host)
    if not _is_host(host):
        raise ValueError(f"{raw!r} names no host")
    return host


def _six(host: str) -> str:
    try:
        return f"[{IPv6Address(host[1:-1]).compressed}]"
    except AddressValueError:
        return ""


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _six(host) == host
    return re.fullmatch(_HOST, host) is not None and (_is_name(host) or _is_four(host))


def _is_name(host: str) -> bool:
    """Tell a name from an address: browsers read a number at the end as one."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is None


def _is_four(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except AddressValueError:
        return False
