"""Remembering what was worked out of a text, without keeping the text."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from threading import Lock
from typing import TypeVar

__all__ = ["remembered"]

R = TypeVar("R")


def remembered(*, most: int) -> Callable[[Callable[[str], R]], Callable[[str], R]]:
    """Have a pure function of a text give the last `most` results again; keys are digests.

    It may be called in any thread.
    """

    def decorate(work: Callable[[str], R]) -> Callable[[str], R]:
        kept: OrderedDict[bytes, R] = OrderedDict()
        lock = Lock()

        @wraps(work)
        def once(text: str) -> R:
            key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            with lock:
                if key in kept:
                    kept.move_to_end(key)
                    return kept[key]
            result = work(text)
            with lock:
                kept[key] = result
                kept.move_to_end(key)
                if len(kept) > most:
                    kept.popitem(last=False)
            return result

        return once

    return decorate
