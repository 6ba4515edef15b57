"""Which network a caller belongs to: the unit that address limits count by."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

__all__ = ["network_of"]

_SITE_BITS = 64


@lru_cache(maxsize=4096)
def network_of(host: str) -> str | None:
    """Return an IPv4 address, or the /64 of an IPv6 address, which one home has for itself.

    None for this machine and for what is no address: a proxy here that hides its callers must not
    make all of them one.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return None
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), _SITE_BITS), strict=False))
    return str(address)
