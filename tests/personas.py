"""The packaged personas, which tests in one process read once."""

from functools import cache

from sessions.personas.catalogue import Catalogue, load_catalogue

__all__ = ["packaged"]


@cache
def packaged() -> Catalogue:
    """Return the packaged catalogue, which nothing changes."""
    return load_catalogue()
