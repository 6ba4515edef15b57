"""What a request asks for: the conversation in its messages, and whether it can be done here."""

from collections.abc import Callable
from typing import Any

from app.api.openai.errors import InvalidParam
from schemas.openai import ChatMessage, ChatRequest
from schemas.resources import Role
from sessions.exchanges import Conversed, paired

__all__ = ["conversation_of", "session_name", "text_of"]

_LISTENED: dict[str, Role] = {"user": "user", "assistant": "assistant"}
_NOT_OBEYED = ("system", "developer")
_Harmless = Callable[[Any], bool]
_UNSUPPORTED: dict[str, _Harmless] = {
    "n": lambda value: value == 1,
    "tools": lambda value: value == [],
    "functions": lambda value: value == [],
    "response_format": lambda value: isinstance(value, dict) and value.get("type") == "text",
    "logprobs": lambda value: value is False,
    "top_logprobs": lambda value: value == 0,
    "logit_bias": lambda value: value == {},
    "stop": lambda value: value in ("", []),
    "modalities": lambda value: value == ["text"],
    "audio": lambda value: False,
    "web_search_options": lambda value: False,
}


def conversation_of(request: ChatRequest) -> Conversed:
    """Return what was said; raises InvalidParam for what would change the answer's meaning."""
    for name, harmless in _UNSUPPORTED.items():
        value = getattr(request, name)
        if value is not None and not harmless(value):
            raise InvalidParam(name, f"{name} is not supported here")
    said = [
        (_LISTENED[each.role], text_of(each, place))
        for place, each in enumerate(request.messages)
        if _listened(each, place)
    ]
    found = paired(said)
    if not found.unanswered:
        raise InvalidParam("messages", "the last message must be the user's, and hold text")
    return found


def text_of(message: ChatMessage, place: int) -> str:
    """Return a message's text parts as one text; raises InvalidParam for images and the like."""
    content = message.content
    if content is None or isinstance(content, str):
        return content or ""
    for part in content:
        if part.type != "text" or part.text is None:
            raise InvalidParam(f"messages[{place}].content", f"no {part.type[:32]!r}, only text")
    return "\n".join(part.text or "" for part in content)


def session_name(request: ChatRequest, header: str | None) -> str | None:
    """Return the name that a request gives its session, None when it gives none.

    The header's comes before `metadata.session_id`; with `user` each user of that name has a
    session of the name, or one session in all when there is no other name. Raises InvalidParam.
    """
    name = header or (request.metadata or {}).get("session_id")
    if name is not None and not isinstance(name, str):
        raise InvalidParam("metadata", "session_id must be a text")
    if not request.user or (name or "").startswith("s_"):
        return name or None
    return f"{request.user}\0{name or ''}"


def _listened(message: ChatMessage, place: int) -> bool:
    if message.role in _LISTENED:
        return True
    if message.role not in _NOT_OBEYED:
        raise InvalidParam(f"messages[{place}].role", f"no role {message.role[:32]!r} here")
    return False
