"""The OpenAI wire format, without a network."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.resources import Usage
from sessions.errors import ProviderError, ProviderRejected, ProviderUnavailable
from sessions.llm.sse import Event
from sessions.llm.wire import Dialect, WireAnswer, adapted, encode_request, refusal
from tests.prompts import make_prompt

_DATE = "Mon, 23 Nov 2026 09:00:00 GMT"
_KEYS = st.sampled_from(
    ["choices", "delta", "content", "finish_reason", "usage", "error", "index", "model", "code"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=8,
)


def _event(**fields: Any) -> Event:
    return Event(data=json.dumps(fields))


def _choice(content: str | None = None, finish_reason: str | None = None, index: int = 0) -> Event:
    choice = {"index": index, "delta": {"content": content}, "finish_reason": finish_reason}
    return _event(choices=[choice])


def test_text_of_other_choices_is_not_mixed_in() -> None:
    answer = WireAnswer("m")

    assert answer.take(_choice("a")) == "a"
    assert answer.take(_choice("b", index=1)) == ""


def test_an_answer_without_a_model_name_is_the_asked_models() -> None:
    answer = WireAnswer("asked")
    answer.take(_choice("a", "stop"))
    assert answer.last().model == "asked"

    answer = WireAnswer("asked")
    answer.take(_event(model="served", choices=None))
    answer.take(_choice("a", "stop"))
    assert answer.last().model == "served"


def test_the_last_usage_counts_and_an_empty_one_does_not() -> None:
    answer = WireAnswer("m")
    answer.take(_event(usage={"prompt_tokens": 5, "completion_tokens": 1}))
    answer.take(_event(usage={"prompt_tokens": None, "completion_tokens": 2}))
    answer.take(_event(usage={}))
    answer.take(_choice("a", "stop"))

    assert answer.last().usage == Usage(prompt_tokens=0, completion_tokens=2)


def test_the_last_event_ends_an_answer_that_has_words_and_no_other() -> None:
    begun, empty = WireAnswer("m"), WireAnswer("m")
    begun.take(_choice("a"))
    for answer in (begun, empty):
        answer.take(Event(data=" [DONE] "))
        assert answer.take(_choice("too late")) == ""

    assert begun.last().finish_reason == "stop"
    with pytest.raises(ProviderUnavailable):
        empty.last()


def test_empty_events_say_nothing() -> None:
    answer = WireAnswer("m")

    assert answer.take(Event(data="")) == ""
    assert answer.take(Event(data="{}", name="ping")) == ""
    assert not answer.begun


@pytest.mark.parametrize(
    ("error", "raised", "status"),
    [
        ({"code": 401, "message": "secret"}, ProviderRejected, "401"),
        ({"code": 429}, ProviderUnavailable, "429"),
        ({"code": "rate_limit_exceeded", "type": "tokens"}, ProviderUnavailable, ""),
        ({"type": "invalid_request_error"}, ProviderRejected, ""),
        ({"type": ["odd"]}, ProviderUnavailable, ""),
        ("secret", ProviderUnavailable, ""),
        (["secret"], ProviderUnavailable, ""),
    ],
)
def test_an_error_in_the_stream_means_what_its_code_or_type_says(
    error: object, raised: type[ProviderError], status: str
) -> None:
    with pytest.raises(raised) as caught:
        WireAnswer("m").take(_event(error=error))

    assert status in caught.value.message
    assert "secret" not in caught.value.message


def test_an_event_called_error_is_one() -> None:
    with pytest.raises(ProviderUnavailable):
        WireAnswer("m").take(Event(data='{"type": "overloaded"}', name="error"))


@given(st.lists(st.builds(json.dumps, _JSON) | st.text(max_size=20), max_size=6))
def test_whatever_comes_gives_text_or_a_provider_error(lines: list[str]) -> None:
    answer, texts = WireAnswer("m"), []
    with suppress(ProviderError):
        for line in lines:
            texts.append(answer.take(Event(data=line)))
        assert answer.last().finish_reason is not None

    assert answer.begun == any(texts)


def test_endless_nesting_is_no_answer() -> None:
    with pytest.raises(ProviderUnavailable):
        WireAnswer("m").take(Event(data='{"error": ' + "[" * 100_000))


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2000),
        ({"retry-after": "0.25"}, 250),
        ({"retry-after": "2", "retry-after-ms": "120.5"}, 121),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e300"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:05 GMT", "date": _DATE}, 5000),
        ({"retry-after": "Mon, 23 Nov 2026 08:00:05 GMT", "date": _DATE}, 0),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:05 GMT"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 09:00:05", "date": _DATE}, None),
    ],
)
def test_the_time_to_come_back_is_read_in_all_its_spellings(
    headers: dict[str, str], wait_ms: int | None
) -> None:
    assert refusal(503, headers).retry_after_ms == wait_ms


def test_a_complaint_changes_what_it_names_once() -> None:
    plain = Dialect()
    limit = adapted(plain, "'max_tokens' is not supported, use 'max_completion_tokens'")
    assert limit == Dialect(limit="max_completion_tokens")
    assert adapted(limit, "max_completion_tokens") == Dialect(
        limit="max_completion_tokens", usage=False
    )
    assert adapted(plain, "temperature must be 1") == Dialect(temperature=False)
    assert adapted(plain, "something is wrong") == Dialect(usage=False)
    assert adapted(Dialect(usage=False), "something is wrong") is None


def test_a_request_says_only_what_the_server_understands() -> None:
    dialect = Dialect(usage=False, temperature=False, limit="max_completion_tokens")
    body = json.loads(encode_request(make_prompt(max_tokens=9), model="m", dialect=dialect))

    assert set(body) == {"model", "messages", "stream", "max_completion_tokens"}
    assert body["max_completion_tokens"] == 9
