"""Ids that clients make or name."""

from typing import Annotated

from msgspec import Meta

__all__ = [
    "Id",
]

Id = Annotated[str, Meta(min_length=1, max_length=64)]
