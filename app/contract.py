"""Writes the contract for other languages: OpenAPI, AsyncAPI and JSON Schema from the Structs.

`python -m app.contract` writes schemas/generated anew; a test compares.
"""

import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec

from app.asgi import openapi_schema
from schemas.codes import PROTOCOL, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK, CloseCode, Code
from schemas.frames import CLIENT_FRAMES, CONNECTION_FRAMES, LOG_FRAMES

__all__ = ["GENERATED", "documents", "main"]

GENERATED = Path(__file__).parent.parent / "schemas" / "generated"
_SERVER_FRAMES = (*CONNECTION_FRAMES, *LOG_FRAMES)


def documents() -> dict[str, str]:
    """Return the generated files by name."""
    made = {
        "openapi.json": openapi_schema(),
        "asyncapi.json": asyncapi_schema(),
        "frames.schema.json": json_schema(),
    }
    return {name: _text(document) for name, document in made.items()}


def json_schema() -> dict[str, Any]:
    """Return one JSON Schema (2020-12) with a definition for every frame."""
    _, definitions = msgspec.json.schema_components(
        [*CLIENT_FRAMES, *_SERVER_FRAMES], ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Frames of ION protocol {PROTOCOL}",
        "$defs": {
            **definitions,
            "ClientFrame": _one_of(CLIENT_FRAMES),
            "ServerFrame": _one_of(_SERVER_FRAMES),
        },
    }


def asyncapi_schema() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document of the WebSocket."""
    _, definitions = msgspec.json.schema_components(
        [*CLIENT_FRAMES, *_SERVER_FRAMES], ref_template="#/components/schemas/{name}"
    )
    frames = (*CLIENT_FRAMES, *_SERVER_FRAMES)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ION Mentoring",
            "version": PROTOCOL,
            "description": (
                f"Subprotocols: {SUBPROTOCOL_JSON} (text), {SUBPROTOCOL_MSGPACK} (binary). "
                f"Error codes: {', '.join(Code)}. Close codes: {_close_codes()}."
            ),
            "license": {"name": "MIT"},
        },
        "channels": {
            "realtime": {
                "address": "/api/v2.1/ws",
                "messages": {_tag(each): _ref("messages", _tag(each)) for each in frames},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            "receiveFromClient": _operation("receive", CLIENT_FRAMES),
            "sendToClient": _operation("send", _SERVER_FRAMES),
        },
        "components": {
            "messages": {_tag(each): _message(each) for each in frames},
            "schemas": definitions,
        },
    }


def main() -> int:
    """Write the files that changed, and name them."""
    GENERATED.mkdir(exist_ok=True)
    for name, text in documents().items():
        path = GENERATED / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            sys.stdout.write(f"wrote schemas/generated/{name}\n")
    return 0


def _operation(action: str, frames: tuple[type, ...]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/realtime"},
        "messages": [{"$ref": f"#/channels/realtime/messages/{_tag(each)}"} for each in frames],
    }


def _message(frame: type) -> dict[str, Any]:
    return {
        "name": _tag(frame),
        "summary": inspect.getdoc(frame),
        "contentType": "application/json",
        "payload": _ref("schemas", frame.__name__),
    }


def _one_of(frames: tuple[type, ...]) -> dict[str, Any]:
    return {
        "oneOf": [{"$ref": f"#/$defs/{each.__name__}"} for each in frames],
        "discriminator": {
            "propertyName": "type",
            "mapping": {_tag(each): f"#/$defs/{each.__name__}" for each in frames},
        },
    }


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _tag(frame: type) -> str:
    return str(frame.__struct_config__.tag)  # type: ignore[attr-defined]


def _close_codes() -> str:
    codes = {name: value for name, value in vars(CloseCode).items() if name.isupper()}
    return ", ".join(f"{value} {name.lower()}" for name, value in sorted(codes.items()))


def _text(document: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
