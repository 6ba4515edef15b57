"""Says something in a session and waits for the whole answer, for request/response clients."""

import asyncio

from msgspec import Struct

from app.product import Product
from app.realtime.turns import TurnFailure, TurnReader, asked
from schemas.frames import Ack, Routed, Safety, Send, TurnDone, TurnFailed
from sessions.errors import InternalFault
from sessions.personas.resonance import ResonanceKey

__all__ = ["Told", "talk"]


class Told(Struct, frozen=True, kw_only=True):
    """What a session's log said of one turn; without `done` it was still being answered."""

    ack: Ack
    routed: Routed | None = None
    safety: Safety | None = None
    done: TurnDone | None = None


async def talk(
    product: Product,
    user_id: str,
    frame: Send,
    *,
    deadline_s: float,
    key: ResonanceKey | None = None,
) -> Told:
    """Have a message answered; after `deadline_s` return what is known, the turn goes on.

    Raises what `Sessions.send` does, TurnFailure, LogUnavailable.
    """
    async with asked(product.sessions, product.threads, user_id, frame, key=key) as turn:
        try:
            async with asyncio.timeout(deadline_s):
                return await _whole(turn)
        except TimeoutError:
            return Told(ack=turn.ack)


async def _whole(turn: TurnReader) -> Told:
    routed: Routed | None = None
    safety: Safety | None = None
    async for each in turn.frames():
        if isinstance(each, Routed):
            routed = each
        elif isinstance(each, Safety):
            safety = each
        elif isinstance(each, TurnFailed):
            raise TurnFailure(each)
        elif isinstance(each, TurnDone):
            return Told(ack=turn.ack, routed=routed, safety=safety, done=each)
    raise InternalFault
