"""The two subprotocols."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.realtime.codec import BadFrame, JsonCodec, MsgpackCodec, choose_codec
from schemas.frames import CLIENT_FRAMES, Attach, ClientFrame, Send

CODECS = [JsonCodec(), MsgpackCodec()]
FRAMES = st.one_of(
    st.builds(
        Send,
        client_msg_id=st.text(min_size=1, max_size=64),
        text=st.text(),
        session_id=st.none() | st.text(min_size=1, max_size=64),
    ),
    st.builds(
        Attach,
        session_id=st.text(min_size=1, max_size=64),
        after=st.none() | st.integers(0, 2**60),
    ),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def event(codec: JsonCodec | MsgpackCodec, value: Any) -> dict[str, Any]:
    if isinstance(codec, JsonCodec):
        return {"type": "websocket.receive", "text": msgspec.json.encode(value).decode()}
    return {"type": "websocket.receive", "bytes": msgspec.msgpack.encode(value)}


@pytest.mark.parametrize("codec", CODECS)
@given(frame=FRAMES)
def test_what_a_client_encodes_is_what_we_read(
    codec: JsonCodec | MsgpackCodec, frame: ClientFrame
) -> None:
    assert codec.decode(event(codec, frame)) == frame


@pytest.mark.parametrize("codec", CODECS)
@given(value=ANYTHING)
def test_anything_else_is_a_bad_frame_and_never_another_error(
    codec: JsonCodec | MsgpackCodec, value: Any
) -> None:
    try:
        frame = codec.decode(event(codec, value))
    except BadFrame:
        return
    assert isinstance(frame, CLIENT_FRAMES)


@given(raw=st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        frame = MsgpackCodec().decode({"bytes": raw})
    except BadFrame:
        return
    assert isinstance(frame, CLIENT_FRAMES)


@given(raw=st.text())
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        frame = JsonCodec().decode({"text": raw})
    except BadFrame:
        return
    assert isinstance(frame, CLIENT_FRAMES)


@pytest.mark.parametrize(("codec", "wrong"), [(CODECS[0], "bytes"), (CODECS[1], "text")])
def test_frames_of_the_other_kind_are_refused(codec: JsonCodec | MsgpackCodec, wrong: str) -> None:
    with pytest.raises(BadFrame, match="frames"):
        codec.decode({wrong: b"" if wrong == "bytes" else ""})


@pytest.mark.parametrize(
    ("codec", "deep"),
    [
        (CODECS[0], {"text": '{"type":"ping","more":' + "[" * 50_000}),
        (CODECS[1], {"bytes": b"\x82\xa4type\xa4ping\xa4more" + b"\x91" * 50_000}),
    ],
)
def test_a_frame_that_is_nested_too_deep_is_a_bad_one(
    codec: JsonCodec | MsgpackCodec, deep: dict[str, Any]
) -> None:
    with pytest.raises(BadFrame):
        codec.decode(deep)


@pytest.mark.parametrize("codec", CODECS)
def test_a_bad_frame_says_which_message_it_was(codec: JsonCodec | MsgpackCodec) -> None:
    with pytest.raises(BadFrame) as error:
        codec.decode(event(codec, {"type": "send", "client_msg_id": "c7", "text": 1}))

    assert (error.value.ref, error.value.known) == ("c7", True)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (
            {"type": "send", "client_msg_id": "c7", "text": "a", "policy": "loud"},
            "policy: Invalid enum value 'loud'; one of interrupt, merge, queue, reject",
        ),
        (
            {"type": "hello", "device": {"installation_id": "p", "platform": "tv"}},
            "device.platform: Invalid enum value 'tv'; one of android, cli, ios, web",
        ),
        (
            {"type": "send", "client_msg_id": 7, "text": "a"},
            "client_msg_id: Expected `str`, got `int`",
        ),
        ({"type": "send", "text": "a"}, "Object missing required field `client_msg_id`"),
    ],
)
def test_a_bad_frame_says_what_is_allowed_there(
    codec: JsonCodec | MsgpackCodec, frame: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadFrame) as error:
        codec.decode(event(codec, frame))

    assert error.value.message == told


def test_the_same_frame_means_the_same_in_both() -> None:
    data = '{"type":"pong","nonce":"낮🌙","at":"2026-11-23T09:00:00Z"}'.encode()

    text = JsonCodec().encode(data)
    packed = MsgpackCodec().encode(data)

    assert msgspec.msgpack.decode(packed) == msgspec.json.decode(text)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], "ion.v2.1.json"),
        (["ion.v2.1.msgpack"], "ion.v2.1.msgpack"),
        (["graphql-ws", "ion.v2.1.msgpack", "ion.v2.1.json"], "ion.v2.1.msgpack"),
        (["graphql-ws"], "ion.v2.1.json"),
    ],
)
def test_the_first_subprotocol_we_speak_is_chosen(offered: list[str], chosen: str) -> None:
    assert choose_codec(offered).subprotocol == chosen
