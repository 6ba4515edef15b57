"""Frames to bytes and back, in the two subprotocols."""

import re
from typing import Any, Protocol

import msgspec

from app.allowed import explained
from schemas.codes import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, Code
from schemas.frames import CLIENT_FRAMES, ClientFrame
from sessions.errors import IonError

__all__ = ["BadFrame", "Codec", "JsonCodec", "MsgpackCodec", "choose_codec"]

_from_json: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_from_msgpack: msgspec.msgpack.Decoder[ClientFrame] = msgspec.msgpack.Decoder(ClientFrame)
# what is nested too deep ends the decoder by a RecursionError
_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_BY_TYPE = {each.__struct_config__.tag: each for each in CLIENT_FRAMES}
_PLACED = re.compile(r"(?P<what>.*) - at `\$\.(?P<field>.*)`", re.DOTALL)
_UNKNOWN_TYPE = re.compile(r"Invalid value .* - at `\$\.type`")


class BadFrame(IonError):
    """The frame is not what the protocol allows; `known`: its type is of this version."""

    code = Code.BAD_FRAME

    def __init__(self, message: str, *, ref: str | None = None, known: bool = True) -> None:
        super().__init__(message)
        self.ref = ref
        self.known = known


class Codec(Protocol):
    """One subprotocol."""

    subprotocol: str
    text: bool

    def decode(self, event: dict[str, Any]) -> ClientFrame:
        """Return the frame in an ASGI receive event; raises BadFrame."""
        ...

    def encode(self, frame: bytes) -> bytes:
        """Return the message for a frame given as JSON."""
        ...


class JsonCodec:
    """`ion.v2.1.json`: text frames."""

    subprotocol = SUBPROTOCOL_JSON
    text = True

    def decode(self, event: dict[str, Any]) -> ClientFrame:
        """Return the frame in an ASGI receive event; raises BadFrame."""
        text = event.get("text")
        if text is None:
            raise BadFrame("this subprotocol has text frames")
        try:
            return _from_json.decode(text)
        except _UNREADABLE as error:
            raise _bad(error, _loosely(msgspec.json.decode, text)) from None

    def encode(self, frame: bytes) -> bytes:
        """Return the message for a frame given as JSON."""
        return frame


class MsgpackCodec:
    """`ion.v2.1.msgpack`: binary frames with the same keys and values; times stay strings."""

    subprotocol = SUBPROTOCOL_MSGPACK
    text = False

    def decode(self, event: dict[str, Any]) -> ClientFrame:
        """Return the frame in an ASGI receive event; raises BadFrame."""
        data = event.get("bytes")
        if data is None:
            raise BadFrame("this subprotocol has binary frames")
        try:
            return _from_msgpack.decode(data)
        except _UNREADABLE as error:
            raise _bad(error, _loosely(msgspec.msgpack.decode, data)) from None

    def encode(self, frame: bytes) -> bytes:
        """Return the message for a frame given as JSON."""
        return msgspec.msgpack.encode(msgspec.json.decode(frame))


def choose_codec(offered: list[str]) -> Codec:
    """Return the codec of the first subprotocol that we speak; none offered means JSON."""
    codecs: dict[str, type[Codec]] = {
        SUBPROTOCOL_JSON: JsonCodec,
        SUBPROTOCOL_MSGPACK: MsgpackCodec,
    }
    for name in offered:
        if name in codecs:
            return codecs[name]()
    return JsonCodec()


def _loosely(decode: Any, raw: str | bytes) -> dict[str, Any]:
    try:
        found = decode(raw)
    except _UNREADABLE:
        return {}
    return found if isinstance(found, dict) else {}


def _bad(error: Exception, found: dict[str, Any]) -> BadFrame:
    ref = found.get("client_msg_id") or found.get("session_id")
    known = not _UNKNOWN_TYPE.search(str(error))
    message = _told(str(error), found) if known else "frames of this type are not known here"
    return BadFrame(message, ref=str(ref)[:64] if ref else None, known=known)


def _told(message: str, found: dict[str, Any]) -> str:
    """Return what is wrong with a field, and what is allowed there."""
    placed, type_ = _PLACED.fullmatch(message), found.get("type")
    frame = _BY_TYPE.get(type_) if isinstance(type_, str) else None
    if placed is None or frame is None:
        return message
    return f"{placed['field']}: {explained(placed['what'], frame, placed['field'])}"
