"""Remembering what was worked out of a text, without keeping the text."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import TypeVar

__all__ = ["remembered"]

R = TypeVar("R")
_NOTHING = object()


def remembered(*, most: int) -> Callable[[Callable[[str], R]], Callable[[str], R]]:
    """Have a pure function of a text give the last `most` results again; keys are digests."""

    def decorate(work: Callable[[str], R]) -> Callable[[str], R]:
        kept: dict[bytes, R] = {}

        @wraps(work)
        def once(text: str) -> R:
            key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            result: R | object = kept.pop(key, _NOTHING)
            if result is _NOTHING:
                result = work(text)
                while len(kept) >= most:
                    kept.pop(next(iter(kept)), None)
            kept[key] = result  # type: ignore[assignment]
            return result  # type: ignore[return-value]

        return once

    return decorate
