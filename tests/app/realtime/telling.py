"""A turn that is known beforehand, for tests of what tells it."""

from collections.abc import AsyncGenerator
from typing import Any

from app.realtime.turns import TurnFrame
from schemas.frames import Ack

__all__ = ["Known"]


class Known:
    """Stands in for a TurnReader: yields the frames it was given, and None for silence."""

    def __init__(self, *frames: Any) -> None:
        self.ack = Ack(
            client_msg_id="c1", session_id="s1", turn_id="t_1", message_id="m_1", duplicate=False
        )
        self._frames = frames

    async def frames(self) -> AsyncGenerator[TurnFrame | None, None]:
        for frame in self._frames:
            yield frame
