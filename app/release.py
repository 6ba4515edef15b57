"""Which release of the product this is."""

from functools import cache
from importlib.metadata import version

__all__ = ["release"]


@cache
def release() -> str:
    """Return the version of the installed package, read once a process."""
    return version("ion-mentoring")
