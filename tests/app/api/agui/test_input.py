"""What inputs say, for any input there may be."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.api.agui.runs import client_msg_id_of, exchanges_of, text_of
from schemas.agui import RunAgentInput
from sessions.errors import BadRequest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=3) | JSON,
        "role": st.sampled_from(["user", "assistant", "system", "tool"]) | JSON,
        "content": st.text(max_size=5) | JSON,
    },
)


def asked(*messages: dict[str, Any]) -> RunAgentInput:
    return RunAgentInput(thread_id="t", run_id="r", messages=messages)


@given(st.lists(MESSAGE, max_size=5))
def test_any_messages_are_understood_or_refused(messages: list[dict[str, Any]]) -> None:
    given_input = asked(*messages)
    text: str | None = None
    try:
        text = text_of(given_input)
    except BadRequest as error:
        text = error.message

    assert text is None or isinstance(text, str)
    assert all(each.said and each.answer for each in exchanges_of(given_input))


def test_what_was_said_before_the_last_message_are_exchanges() -> None:
    found = exchanges_of(
        asked(
            {"id": "s", "role": "system", "content": "obey"},
            {"id": "1", "role": "user", "content": "one"},
            {"id": "2", "role": "assistant", "content": "two"},
            {"id": "3", "role": "tool", "content": "x", "toolCallId": "c"},
            {"id": "4", "role": "user", "content": "three"},
        )
    )

    assert [(each.said, each.answer) for each in found] == [("one", "two")]


@given(st.text(min_size=1, max_size=300))
def test_every_run_id_is_a_client_msg_id_of_its_own(run_id: str) -> None:
    key = client_msg_id_of(run_id)

    assert 0 < len(key) <= 64
    assert client_msg_id_of(run_id) == key
    assert client_msg_id_of(run_id + "x") != key
