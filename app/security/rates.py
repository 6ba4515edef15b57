"""How often things may be done; the defaults of protocol 2.1, section 6."""

from sessions.stores.limits import Rate

__all__ = ["ANONYMOUS", "CONNECT", "REFRESH", "SEND"]

SEND = Rate(name="send", per_minute=60, burst=30)
CONNECT = Rate(name="connect", per_minute=60, burst=40)
ANONYMOUS = Rate(name="anonymous", per_minute=60, burst=60)
REFRESH = Rate(name="refresh", per_minute=60, burst=60)
