"""What a v2 request asks for: the question it holds, or the message in a session."""

from hashlib import sha256
from secrets import token_hex

from app.api.endpoint import Asked
from app.product import Product
from schemas.frames import Send
from schemas.resources import Role
from schemas.v2.parts import KeyParts
from schemas.v2.process import Context, ProcessRequest
from sessions.exchanges import Exchange, paired
from sessions.oneshot import Question
from sessions.personas.resonance import ResonanceKey, make_key, parse_key
from sessions.text import checked_text

__all__ = ["is_keyed", "key_of", "message_id", "question_of", "session_frame"]

_HEARD, _HEARD_CHARS = 20, 2_000
_LISTENED: dict[str, Role] = {"user": "user", "assistant": "assistant"}


def key_of(named: KeyParts | str | None) -> ResonanceKey | None:
    """Return the key that is meant, None when none is named; never raises."""
    if isinstance(named, str):
        return parse_key(named) if named.strip() else None
    if named is None or not (named.tone or named.pace or named.intent):
        return None
    return make_key(named.tone, named.pace, named.intent)


def question_of(data: ProcessRequest) -> Question:
    """Return the question of a request; raises TextInvalid, TextTooLong."""
    text = checked_text(data.user_input)
    return Question(text=text, earlier=_earlier(data.context, text), key=key_of(data.resonance_key))


def is_keyed(request: Asked) -> bool:
    """Tell whether a request carries an Idempotency-Key."""
    return bool(request.headers.get("idempotency-key"))


def message_id(request: Asked) -> str:
    """Return the client_msg_id that a request's Idempotency-Key stands for, or a new one."""
    key = request.headers.get("idempotency-key")
    return f"i-{sha256(key.encode()).hexdigest()[:40]}" if key else f"v2-{token_hex(12)}"


async def session_frame(
    product: Product, user_id: str, data: ProcessRequest, *, client_msg_id: str
) -> Send:
    """Return the message of a request in the user's session of that name, made when it is new.

    The history in the request does not count: the session knows its own. Raises NotFound,
    BadRequest.
    """
    name = data.context.session_id if data.context else None
    text = checked_text(data.user_input)
    session_id = await product.threads.named(user_id, name or "", text=text)
    return Send(
        client_msg_id=client_msg_id,
        text=text,
        session_id=session_id,
        policy="queue",
    )


def _earlier(context: Context | None, text: str) -> tuple[Exchange, ...]:
    """Return what was said before; many clients tell the very words that are to be answered too."""
    if context is None:
        return ()
    said = paired(
        (_LISTENED[each.role], each.content[:_HEARD_CHARS])
        for each in context.message_history[-_HEARD:]
        if each.role in _LISTENED
    )
    unanswered = said.unanswered
    if unanswered and unanswered[-1].strip() == text[:_HEARD_CHARS].strip():
        unanswered = unanswered[:-1]
    last = (Exchange("\n\n".join(unanswered), ""),) if unanswered else ()
    return (*said.exchanges, *last)
