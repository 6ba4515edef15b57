"""The generated contract is the code's contract."""

import json
from datetime import UTC, datetime

import jsonschema
import msgspec
import pytest

from app.contract import GENERATED, documents, json_schema
from schemas.frames import CLIENT_FRAMES, Send, TurnDone
from schemas.resources import Usage


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json", "frames.schema.json"])
def test_the_generated_file_is_fresh(name: str) -> None:
    assert (GENERATED / name).read_text() == documents()[name], "run: make generate"


def test_every_client_frame_is_in_the_schema_by_its_tag() -> None:
    mapping = json_schema()["$defs"]["ClientFrame"]["discriminator"]["mapping"]

    assert set(mapping) == {
        *("hello", "attach", "detach", "send", "stop", "regenerate", "edit"),
        *("feedback", "read", "typing", "ping"),
    }
    assert len(mapping) == len(CLIENT_FRAMES)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("ClientFrame", Send(client_msg_id="c1", text="안녕")),
        (
            "ServerFrame",
            TurnDone(
                session_id="s",
                seq=1,
                at=datetime(2026, 1, 1, tzinfo=UTC),
                turn_id="t",
                message_id="a",
                persona="lua",
                text="hi",
                finish_reason="stop",
                usage=Usage(prompt_tokens=1, completion_tokens=1),
                model="offline",
                memories_used=(),
            ),
        ),
    ],
)
def test_an_encoded_frame_is_valid_by_the_schema(name: str, frame: msgspec.Struct) -> None:
    schema = json_schema() | {"$ref": f"#/$defs/{name}"}

    jsonschema.Draft202012Validator(schema).validate(json.loads(msgspec.json.encode(frame)))


def test_the_schema_refuses_a_message_id_that_is_too_long() -> None:
    schema = json_schema() | {"$ref": "#/$defs/ClientFrame"}
    frame = {"type": "send", "client_msg_id": "x" * 65, "text": "hi"}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(frame)
