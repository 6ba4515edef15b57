"""AG-UI events, stamped and encoded as server-sent events."""

from collections.abc import Callable
from typing import Any

import msgspec

from schemas.agui import Event
from sessions.clock import Clock

__all__ = ["Stamp"]

_encode = msgspec.json.Encoder().encode


class Stamp:
    """Makes events of this moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, type_: Callable[..., Event], **fields: Any) -> bytes:
        """Return an event of `type_` with `fields`, ready to be sent."""
        millis = int(self._clock.now().timestamp() * 1000)
        return b"data: %b\n\n" % _encode(type_(timestamp=millis, **fields))
