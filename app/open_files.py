"""Open files: connections have what the system allows but for some, which answers need."""

import resource
import sys
from contextlib import suppress

__all__ = ["most_connections", "raise_limit"]

_ENOUGH = 65_536
# stores, language models and files that are read when they are first needed
_KEPT = 512


def raise_limit() -> None:
    """Let this process, and those that it starts, open as many files as they may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def most_connections() -> int:
    """Return how many connections leave the rest of a process enough open files."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit - min(limit // 4, _KEPT)
