"""Says something in a session and waits for the whole answer, for request/response clients."""

import asyncio

from msgspec import Struct

from app.product import Product
from app.realtime.turns import TurnFailure, TurnReader, asked
from schemas.frames import Ack, Routed, Safety, Send, TurnDone, TurnFailed
from sessions.errors import InternalFault, KeyReused
from sessions.personas.resonance import ResonanceKey
from sessions.text import checked_text

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
    keyed: bool = False,
) -> Told:
    """Have a message answered; after `deadline_s` return what is known, the turn goes on.

    `keyed`: the message's id stands for an Idempotency-Key, which names one request for ever.
    Raises what `Sessions.send` does, KeyReused, TurnFailure, LogUnavailable.
    """
    async with asked(product.sessions, product.threads, user_id, frame, key=key) as turn:
        if keyed and turn.ack.duplicate:
            await _check_same(product, turn.ack, frame, key)
        try:
            async with asyncio.timeout(deadline_s):
                return await _whole(turn)
        except TimeoutError:
            return Told(ack=turn.ack)


async def _check_same(product: Product, ack: Ack, frame: Send, key: ResonanceKey | None) -> None:
    """Raise KeyReused when the message of that id says or asks for something else."""
    turn = await product.threads.turn_of(ack.session_id, ack.client_msg_id)
    if turn is None:
        return
    said = {each.client_msg_id: each.text for each in turn.messages}
    before = (said.get(ack.client_msg_id), turn.persona, turn.key)
    if before != (checked_text(frame.text), frame.persona, str(key) if key else None):
        raise KeyReused


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
