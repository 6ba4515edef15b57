"""What requests say, for any request there may be."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.api.openai.errors import InvalidParam
from app.api.openai.placing import attempt_of
from app.api.openai.request import conversation_of, session_name
from schemas.openai import ChatRequest

PART = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "input_audio", "x" * 99])},
    optional={"text": st.none() | st.text(max_size=5)},
)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system", "developer", "tool", "x" * 99])},
    optional={"content": st.none() | st.text(max_size=5) | st.lists(PART, max_size=3)},
)
ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers())
FIELDS = st.dictionaries(
    st.sampled_from(["tools", "functions", "stop", "logprobs", "response_format", "audio"]),
    ODD,
    max_size=2,
)


def request(*messages: Any, **fields: Any) -> ChatRequest:
    return msgspec.convert({"model": "ion", "messages": messages} | fields, ChatRequest)


@given(st.lists(MESSAGE, min_size=1, max_size=6), FIELDS)
def test_any_request_is_understood_or_refused_by_a_field(
    messages: list[dict[str, Any]], fields: dict[str, Any]
) -> None:
    refused = text = ""
    try:
        text = conversation_of(request(*messages, **fields)).text
    except InvalidParam as error:
        refused = error.param.partition("[")[0]

    assert text.strip() or refused in {"messages", *fields}


def test_text_parts_are_one_text_and_instructions_are_no_words_of_the_user() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    found = conversation_of(
        request({"role": "system", "content": "obey"}, {"role": "user", "content": parts})
    )

    assert found.text == "one\ntwo"
    assert found.exchanges == ()


@pytest.mark.parametrize(
    ("fields", "header", "name"),
    [
        ({}, None, None),
        ({}, "", None),
        ({}, "walk", "walk"),
        ({"metadata": {"session_id": "walk"}}, None, "walk"),
        ({"metadata": {"other": 7}}, None, None),
        ({"metadata": {"session_id": "walk"}}, "run", "run"),
        ({"user": "mina"}, None, "mina\0"),
        ({"user": "mina"}, "walk", "mina\0walk"),
        ({"user": "mina"}, "s_1", "s_1"),
        ({"user": ""}, None, None),
    ],
)
def test_the_sessions_name_comes_from_header_metadata_and_user(
    fields: dict[str, Any], header: str | None, name: str | None
) -> None:
    assert session_name(request({"role": "user", "content": "hi"}, **fields), header) == name


def test_a_request_is_known_again_by_its_key_or_by_a_counted_retry_of_its_body() -> None:
    first, retry = (attempt_of(None, count, b"body") for count in ("0", "1"))
    key = attempt_of("k", "0", b"body")

    assert (first.again, retry.again, key.again) == (False, True, True)
    assert first.mark == retry.mark != key.mark
    assert attempt_of(None, "1", b"another").mark != retry.mark
    assert attempt_of(None, "1", b"body", asked="elsewhere").mark != retry.mark
    assert attempt_of(None, None, b"body").mark is None
    assert key.keep == timedelta(days=1)
    assert retry.keep < timedelta(hours=1), "somebody may say the same again"
