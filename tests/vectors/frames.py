"""Frames as vectors write them: patterns that match, bound names, and fields filled in."""

from collections.abc import Mapping
from typing import Any

__all__ = ["Frame", "bound_in", "difference", "filled"]

Frame = dict[str, Any]

_AT = "2026-11-01T09:00:00Z"
_LOG = {"session_id": "s_1", "at": _AT}
_CURSORS = frozenset({"attached", "snapshot"})
_MESSAGE = {"role": "user", "created_at": _AT}
_SESSION = {"id": "s_1", "title": "", "created_at": _AT, "updated_at": _AT}
_CONSTANT: dict[str, Frame] = {
    "welcome": {
        "connection_id": "n_1",
        "user_id": "u_1",
        "protocol": "2.1",
        "server_time": _AT,
        "heartbeat_s": 25,
        "limits": {"text_chars": 8000, "frame_bytes": 65536, "sessions": 16},
    },
    "attached": {"session_id": "s_1", "epoch": "e1", "seq": 0, "recovered": True},
    "snapshot": {"session": {}, "messages": [], "epoch": "e1", "seq": 0},
    "ack": {"session_id": "s_1", "duplicate": False},
    "error": {"message": "", "retryable": False},
    "turn_started": {"attempt": 1},
    "routed": {
        "persona": "lua",
        "choices": [],
        "resonance_key": "calm",
        "resonance_confidence": 0.5,
        "override": False,
    },
    "turn_done": {
        "persona": "lua",
        "finish_reason": "stop",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
        "model": "scripted",
        "memories_used": [],
    },
    "turn_failed": {"message": "", "retryable": False},
}


def filled(frame: Mapping[str, Any]) -> Frame:
    """Return a server frame with the fields that a vector may leave out."""
    kind = frame["type"]
    log = _LOG if "seq" in frame and kind not in _CURSORS else {}
    found = _CONSTANT.get(kind, {}) | log | dict(frame)
    if kind == "message":
        found["message"] = _MESSAGE | frame["message"]
    if kind == "snapshot":
        found["session"] = _SESSION | found["session"]
        found["messages"] = [_MESSAGE | each for each in found["messages"]]
    return found


def bound_in(value: Any, bound: Mapping[str, str]) -> Any:
    """Return a value with each string `$name` replaced; raises KeyError for an unbound name."""
    if isinstance(value, str) and value.startswith("$"):
        return bound[value]
    if isinstance(value, dict):
        return {key: bound_in(each, bound) for key, each in value.items()}
    if isinstance(value, list):
        return [bound_in(each, bound) for each in value]
    return value


def difference(pattern: Any, found: Any, bound: dict[str, str], at: str = "frame") -> str | None:
    """Return where a value does not match, None when it does; binds names seen first.

    Objects may have more fields than the pattern, lists not; null means absent or empty.
    """
    if pattern is None:
        return None if found in (None, "", []) else f"{at} should not be there: {found!r}"
    if isinstance(pattern, str) and pattern.startswith("$") and isinstance(found, str) and found:
        return _unequal(bound.setdefault(pattern, found), found, at)
    if isinstance(pattern, dict) and isinstance(found, dict):
        pairs = [(f"{at}.{key}", each, found.get(key)) for key, each in pattern.items()]
    elif isinstance(pattern, list) and isinstance(found, list) and len(pattern) == len(found):
        numbered = enumerate(zip(pattern, found, strict=True))
        pairs = [(f"{at}[{number}]", each, other) for number, (each, other) in numbered]
    else:
        return _unequal(pattern, found, at)
    problems = (difference(each, other, bound, place) for place, each, other in pairs)
    return next((problem for problem in problems if problem), None)


def _unequal(wanted: Any, found: Any, at: str) -> str | None:
    return None if wanted == found else f"{at} should be {wanted!r} and is {found!r}"
